using PromptAD.Decisions;

namespace PromptAD.Evaluation.Reports;

/// <summary>The verdicts of a detector in a small table, the same in every report that people read.</summary>
internal static class VerdictTable
{
    /// <summary>How the table is to be read.</summary>
    public const string Note =
        "Good pictures that are NG or REVIEW are false rejects, defective ones are found. Beside each rate stands its 95 % interval after "
        + "Clopper and Pearson; what the limits promise of good pictures holds on average over calibrations.";

    /// <summary>The name of the row that holds no counts.</summary>
    public const string Promised = "promised";

    public static IReadOnlyList<string> Header { get; } = ["pictures", "OK", "REVIEW", "NG", "NG rate", "NG or REVIEW rate"];

    /// <summary>Good pictures, what the limits promise of them, and defective pictures.</summary>
    public static IReadOnlyList<IReadOnlyList<string>> Rows(VerdictFigures verdicts) =>
    [
        Row("good", verdicts.Good),
        [Promised, "", "", "", Promise(verdicts.Limits.NG), Promise(verdicts.Limits.Review)],
        Row("defective", verdicts.Defective),
    ];

    /// <summary>What a limit promises of good pictures, and whether it is a guarantee.</summary>
    public static string Promise(Limit limit) =>
        limit.Rate is { } rate ? $"at most {VerdictText.Percent(rate)}, {VerdictText.Of(limit.Basis)}" : "nothing: set by hand";

    private static string[] Row(string name, VerdictCounts counts) =>
        [name, $"{counts.OK}", $"{counts.Review}", $"{counts.NG}", Text(counts.AboveNG), Text(counts.AboveReview)];

    /// <summary>In per cent, with its interval: "2.5 % (0.1 to 13.2)"; a dash where there was no picture.</summary>
    private static string Text(Proportion part) => part is { Value: { } value, Interval: { } interval }
        ? $"{100 * value:F1} % ({100 * interval.Lower:F1} to {100 * interval.Upper:F1})"
        : "–";
}
