namespace PromptAD.Client;

/// <summary>One thing that whoever listens is told: a result, what a station shows, a review, a version in force, or how the
/// connection is.</summary>
public sealed record LiveEvent
{
    /// <summary>The connection stands; from here on nothing is missed.</summary>
    public static LiveEvent Ready { get; } = new();

    /// <summary>The connection is lost, and is tried again.</summary>
    public static LiveEvent Lost { get; } = new() { IsLost = true };

    /// <summary>A result; null where it is something else.</summary>
    public InspectionResult? Inspection { get; init; }

    /// <summary>What a station shows; null where it is something else.</summary>
    public StationInfo? Station { get; init; }

    /// <summary>An inspection whose review was made, changed or taken back; null where it is something else.</summary>
    public InspectionResult? Reviewed { get; init; }

    /// <summary>A version that was put in force; null where it is something else.</summary>
    public VersionInForce? InForce { get; init; }

    /// <summary>Whether the connection is lost.</summary>
    public bool IsLost { get; init; }
}
