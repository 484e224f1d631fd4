using PromptAD.Server.Inspections;

namespace PromptAD.Server.Sinks;

/// <summary>
/// A result that a sink is still to get. It is written in the transaction of its inspection, and removed once the sink has taken it. One
/// that the sink does not take is set aside, so that later ones go on, and stays until it is sent again or thrown away.
/// </summary>
internal sealed class OutboxRow
{
    public const int LongestSink = 64, LongestReason = 500;

    public long Id { get; init; }

    /// <summary>The sink's name.</summary>
    public required string Sink { get; init; }

    public long InspectionId { get; init; }

    public InspectionRow? Inspection { get; init; }

    /// <summary>Since when it waits; null where an earlier version wrote it.</summary>
    public DateTime? Since { get; init; }

    /// <summary>When it was set aside; null while it waits.</summary>
    public DateTime? SetAside { get; init; }

    /// <summary>Why it was set aside.</summary>
    public string? Reason { get; init; }
}
