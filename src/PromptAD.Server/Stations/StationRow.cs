namespace PromptAD.Server.Stations;

/// <summary>What is kept of a station; all else that it shows follows from its inspections.</summary>
internal sealed class StationRow
{
    public const int LongestName = 64;

    public required string Name { get; init; }

    /// <summary>The product that was asked for; null where none was.</summary>
    public string? Recipe { get; set; }

    /// <summary>Whether results are shown one after the other.</summary>
    public bool InTurn { get; set; }

    /// <summary>The latest inspection whose result was taken; 0 for none.</summary>
    public long Acknowledged { get; set; }
}
