using System.Text.Json.Serialization;

namespace PromptAD.Client;

/// <summary>What moved limits would have said of the latest inspections, before anything is changed.</summary>
public sealed record LimitPreview
{
    /// <summary>How many inspections were looked at: the latest with scores of this version or of one that has only other limits.</summary>
    public int Inspections { get; init; }

    /// <summary>The limits of the version; null where it has none.</summary>
    public LimitScores? LimitsNow { get; init; }

    /// <summary>The limits as they would be.</summary>
    public LimitScores LimitsThen { get; init; } = new(0, 0, 0);

    /// <summary>All inspections.</summary>
    public VerdictChange All { get; init; } = new(new(), new());

    /// <summary>Those reviewed as good: all that are not OK are false rejects.</summary>
    public VerdictChange ReviewedGood { get; init; } = new(new(), new());

    /// <summary>Those reviewed as a defect: all that are OK are missed.</summary>
    public VerdictChange ReviewedDefect { get; init; } = new(new(), new());

    /// <summary>How many inspections would have another verdict.</summary>
    public int Changed { get; init; }

    /// <summary>The latest of them, 200 at most.</summary>
    public IReadOnlyList<ChangedVerdict> Changes { get; init; } = [];
}

/// <summary>Verdicts now and then.</summary>
/// <param name="Now">By the limits of the version.</param>
/// <param name="Then">By the limits as they would be.</param>
public sealed record VerdictChange(VerdictCounts Now, VerdictCounts Then);

/// <summary>How many parts have which verdict.</summary>
/// <param name="OK">Good.</param>
/// <param name="Review">To be looked at.</param>
/// <param name="NG">Bad.</param>
/// <param name="None">Without a verdict, since there are no limits.</param>
public sealed record VerdictCounts(
    [property: JsonPropertyName("ok")] int OK = 0, int Review = 0, [property: JsonPropertyName("ng")] int NG = 0, int None = 0);

/// <summary>An inspection that would have another verdict.</summary>
/// <param name="Id">The inspection.</param>
/// <param name="Score">Its score.</param>
/// <param name="Now">The verdict by the limits of the version; null where it has none.</param>
/// <param name="Then">The verdict as it would be.</param>
/// <param name="Review">What a person has said; null where nobody has looked.</param>
public sealed record ChangedVerdict(long Id, float Score, InspectionVerdict? Now, InspectionVerdict Then, ReviewedAs? Review);

/// <summary>How stored scores are spread, ready to be drawn.</summary>
public sealed record ScoreHistogram
{
    /// <summary>The version whose scores they are; those of versions that have only other limits are the same.</summary>
    public int Version { get; init; }

    /// <summary>The limits of the version; null where it has none.</summary>
    public LimitScores? Limits { get; init; }

    /// <summary>How many inspections were looked at, the latest.</summary>
    public int Inspections { get; init; }

    /// <summary>The lowest score; null where there is none.</summary>
    public float? Lowest { get; init; }

    /// <summary>The highest score; null where there is none.</summary>
    public float? Highest { get; init; }

    /// <summary>Bins of one width from the lowest score to the highest; none where there are no scores.</summary>
    public IReadOnlyList<ScoreBin> Bins { get; init; } = [];
}

/// <summary>Scores from one value to another.</summary>
/// <param name="From">The lowest score that belongs to it.</param>
/// <param name="To">The score from which on the next bin begins; the last bin has its own.</param>
/// <param name="Unreviewed">Inspections that nobody has looked at.</param>
/// <param name="Good">Inspections reviewed as good.</param>
/// <param name="Defect">Inspections reviewed as a defect.</param>
public sealed record ScoreBin(double From, double To, int Unreviewed, int Good, int Defect);
