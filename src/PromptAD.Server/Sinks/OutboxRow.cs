using PromptAD.Server.Inspections;

namespace PromptAD.Server.Sinks;

/// <summary>
/// A result that a sink is still to get. It is written in the transaction of its inspection, and removed once the sink has taken it.
/// </summary>
internal sealed class OutboxRow
{
    public const int LongestSink = 64;

    public long Id { get; init; }

    /// <summary>The sink's name, as the settings have it.</summary>
    public required string Sink { get; init; }

    public long InspectionId { get; init; }

    public InspectionRow? Inspection { get; init; }
}
