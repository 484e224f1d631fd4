namespace PromptAD.Server.Sources;

/// <summary>A watched folder that was set up through the interface.</summary>
internal sealed class SourceRow
{
    public required string Name { get; init; }

    /// <summary>How it is set up, as JSON.</summary>
    public required string Settings { get; set; }

    /// <summary>Counts changes.</summary>
    public int Revision { get; set; } = 1;
}
