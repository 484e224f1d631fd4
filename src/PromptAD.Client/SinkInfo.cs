namespace PromptAD.Client;

/// <summary>Where results go by themselves, such as a webhook; counts are since the service started.</summary>
public sealed record SinkInfo
{
    /// <summary>Its name in the settings.</summary>
    public string Name { get; init; } = "";

    /// <summary>What it is: webhook or mqtt; none where the settings do not have it any more.</summary>
    public string Kind { get; init; } = "";

    /// <summary>How many results wait for it.</summary>
    public long Waiting { get; init; }

    /// <summary>How many results it has taken.</summary>
    public long Sent { get; init; }

    /// <summary>How often something went wrong; what it did not take is sent again.</summary>
    public long Errors { get; init; }

    /// <summary>What went wrong last, one line; null for nothing.</summary>
    public string? LastError { get; init; }

    /// <summary>When that was, UTC; null for never.</summary>
    public DateTimeOffset? LastErrorAt { get; init; }
}
