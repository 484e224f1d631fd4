namespace PromptAD.Client;

/// <summary>A source of pictures, such as a watched folder, since the service started.</summary>
public sealed record SourceInfo
{
    /// <summary>Its name in the settings.</summary>
    public string Name { get; init; } = "";

    /// <summary>The station that its pictures belong to.</summary>
    public string Station { get; init; } = "";

    /// <summary>The product that they show; null for the station's recipe.</summary>
    public string? Product { get; init; }

    /// <summary>How many pictures were taken.</summary>
    public long Pictures { get; init; }

    /// <summary>How often something went wrong.</summary>
    public long Errors { get; init; }

    /// <summary>What went wrong last, one line; null for nothing.</summary>
    public string? LastError { get; init; }

    /// <summary>When that was, UTC; null for never.</summary>
    public DateTimeOffset? LastErrorAt { get; init; }
}
