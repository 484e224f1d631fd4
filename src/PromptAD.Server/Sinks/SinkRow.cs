namespace PromptAD.Server.Sinks;

/// <summary>A sink that was set up through the interface.</summary>
internal sealed class SinkRow
{
    public const int LongestKind = 16;

    public required string Name { get; init; }

    public required string Kind { get; init; }

    /// <summary>How it is set up, as JSON, without its secret.</summary>
    public required string Settings { get; set; }

    /// <summary>Its secret, protected with the keys of the data folder; null for none.</summary>
    public string? Secret { get; set; }

    /// <summary>Counts changes.</summary>
    public int Revision { get; set; } = 1;
}
