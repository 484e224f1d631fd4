namespace PromptAD.Client;

/// <summary>Which inspections to list. What is null does not restrict.</summary>
public sealed record InspectionFilter
{
    /// <summary>Of one product.</summary>
    public string? Product { get; init; }

    /// <summary>From one station.</summary>
    public string? Station { get; init; }

    /// <summary>Of one part.</summary>
    public string? Part { get; init; }

    /// <summary>With one of these verdicts; none does not restrict.</summary>
    public IReadOnlyList<InspectionVerdict> Verdicts { get; init; } = [];

    /// <summary>In one state.</summary>
    public InspectionState? State { get; init; }

    /// <summary>Whether a person has looked.</summary>
    public bool? Reviewed { get; init; }

    /// <summary>With that score or a higher one.</summary>
    public double? Lowest { get; init; }

    /// <summary>With that score or a lower one.</summary>
    public double? Highest { get; init; }

    /// <summary>Received at that time or later.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>Received before that time.</summary>
    public DateTimeOffset? To { get; init; }

    /// <summary>With a lower number; for the next page.</summary>
    public long? Before { get; init; }

    /// <summary>How many at most, 1 to 500; null for 50.</summary>
    public int? Limit { get; init; }
}
