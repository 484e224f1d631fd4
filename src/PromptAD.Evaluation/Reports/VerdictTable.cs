using PromptAD.Wording;

namespace PromptAD.Evaluation.Reports;

/// <summary>The verdicts of a detector in a small table, the same in every report that people read.</summary>
public static class VerdictTable
{
    /// <summary>How the table is to be read.</summary>
    public const string Note =
        "NG and REVIEW are false rejects among good pictures, and finds among defective ones. In brackets: the 95 % interval of a rate "
        + "(Clopper and Pearson), and what the rate expected of good pictures rests on. A guarantee holds on average over calibrations.";

    /// <summary>The names of the columns.</summary>
    public static IReadOnlyList<string> Header { get; } = ["pictures", "good", "expected", "defective"];

    /// <summary>How many pictures got each verdict, and which part of them lies above each limit.</summary>
    public static IReadOnlyList<(string Name, IReadOnlyList<VerdictCell> Cells)> Rows(VerdictFigures verdicts)
    {
        (Limits limits, VerdictCounts good, VerdictCounts defective) = verdicts;
        return
        [
            (VerdictText.Of(Verdict.OK), Counts(good.OK, defective.OK)),
            (VerdictText.Of(Verdict.Review), Counts(good.Review, defective.Review)),
            (VerdictText.Of(Verdict.NG), Counts(good.NG, defective.NG)),
            ("NG rate", Rates(good.AboveNG, limits.NG, defective.AboveNG)),
            ("not-OK rate", Rates(good.AboveReview, limits.Review, defective.AboveReview)),
        ];
    }

    private static IReadOnlyList<VerdictCell> Counts(int good, int defective) => [new($"{good}"), new(""), new($"{defective}")];

    private static IReadOnlyList<VerdictCell> Rates(Proportion good, Limit expected, Proportion defective) =>
        [CellOf(good), CellOf(expected), CellOf(defective)];

    private static VerdictCell CellOf(Proportion part) => part is { Value: { } value, Interval: { } interval }
        ? new VerdictCell($"{100 * value:F1} %", $"{100 * interval.Lower:F1} to {100 * interval.Upper:F1}")
        : new VerdictCell("–");

    private static VerdictCell CellOf(Limit limit) => limit.Rate is { } rate
        ? new VerdictCell(VerdictText.Percent(rate), VerdictText.Of(limit.Basis))
        : new VerdictCell("–", "set by hand");
}

/// <summary>A cell of the table.</summary>
/// <param name="Value">A count or a rate.</param>
/// <param name="Detail">What belongs to it in brackets; null for nothing.</param>
public readonly record struct VerdictCell(string Value, string? Detail = null)
{
    /// <summary>The value, and what belongs to it in brackets.</summary>
    public override string ToString() => Detail is null ? Value : $"{Value} ({Detail})";
}
