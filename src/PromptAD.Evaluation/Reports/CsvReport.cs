using PromptAD.Wording;

namespace PromptAD.Evaluation.Reports;

/// <summary>One line a run; figures in [0, 1]. What verdicts are worth is left empty where there are none.</summary>
public static class CsvReport
{
    private static readonly (string Name, Func<RunResult, object?> Value)[] Columns =
    [
        ("category", run => run.Category),
        ("method", run => run.Method),
        ("shots", run => run.Shots),
        ("seed", run => run.Seed),
        ("protocol", run => ProtocolName(run)),
        ("picked_on_test_set", run => IsPicked(run)),
        ("image_auroc", run => run.Image.Auroc),
        ("image_auroc_low", run => run.ImageIntervals.Auroc.Lower),
        ("image_auroc_high", run => run.ImageIntervals.Auroc.Upper),
        ("image_average_precision", run => run.Image.AveragePrecision),
        ("image_average_precision_low", run => run.ImageIntervals.AveragePrecision.Lower),
        ("image_average_precision_high", run => run.ImageIntervals.AveragePrecision.Upper),
        ("image_best_f1", run => run.Image.BestF1),
        ("image_best_f1_low", run => run.ImageIntervals.BestF1.Lower),
        ("image_best_f1_high", run => run.ImageIntervals.BestF1.Upper),
        ("image_best_f1_threshold", run => run.Image.BestF1Threshold),
        ("pixel_auroc", run => run.Pixel?.Ranking.Auroc),
        ("pixel_auroc_low", run => run.Pixel?.Intervals.Auroc.Lower),
        ("pixel_auroc_high", run => run.Pixel?.Intervals.Auroc.Upper),
        ("pixel_average_precision", run => run.Pixel?.Ranking.AveragePrecision),
        ("pixel_average_precision_low", run => run.Pixel?.Intervals.AveragePrecision.Lower),
        ("pixel_average_precision_high", run => run.Pixel?.Intervals.AveragePrecision.Upper),
        ("pixel_best_f1", run => run.Pixel?.Ranking.BestF1),
        ("pixel_best_f1_low", run => run.Pixel?.Intervals.BestF1.Lower),
        ("pixel_best_f1_high", run => run.Pixel?.Intervals.BestF1.Upper),
        ("pixel_best_f1_threshold", run => run.Pixel?.Ranking.BestF1Threshold),
        ("aupro_30", run => run.Pixel?.Aupro30),
        ("aupro_30_low", run => run.Pixel?.Aupro30Interval.Lower),
        ("aupro_30_high", run => run.Pixel?.Aupro30Interval.Upper),
        ("aupro_05", run => run.Pixel?.Aupro05),
        ("aupro_05_low", run => run.Pixel?.Aupro05Interval.Lower),
        ("aupro_05_high", run => run.Pixel?.Aupro05Interval.Upper),
        ("aupro_30_published_steps", run => run.Pixel?.PublishedAupro),
        ("learn_seconds", run => Math.Round(run.LearnSeconds, 2)),
        ("score_seconds", run => Math.Round(run.ScoreSeconds, 2)),
        .. LimitColumns("review", limits => limits.Review),
        .. LimitColumns("ng", limits => limits.NG),
        .. CountColumns("good", verdicts => verdicts.Good),
        .. CountColumns("defective", verdicts => verdicts.Defective),
        .. RateColumns("false_rejects_ng", verdicts => verdicts.Good.AboveNG),
        .. RateColumns("false_rejects_ng_or_review", verdicts => verdicts.Good.AboveReview),
        .. RateColumns("found_ng", verdicts => verdicts.Defective.AboveNG),
        .. RateColumns("found_ng_or_review", verdicts => verdicts.Defective.AboveReview),
    ];

    /// <summary>Writes the report: a line a run.</summary>
    /// <param name="report">The report.</param>
    /// <param name="output">Where it goes; stays open.</param>
    public static void Write(Report report, TextWriter output)
    {
        WriteLine(output, Columns.Select(column => column.Name));
        foreach (RunResult run in report.Runs) WriteLine(output, Columns.Select(column => column.Value(run)));
    }

    /// <summary>Writes one line; nothing for null.</summary>
    internal static void WriteLine(TextWriter output, IEnumerable<object?> cells) =>
        output.WriteLine(string.Join(',', cells.Select(cell => Quote(Text(cell)))));

    /// <summary>The same columns, for JSON.</summary>
    internal static IEnumerable<(string Name, object? Value)> Fields(RunResult run) =>
        Columns.Select(column => (column.Name, column.Value(run)));

    private static (string Name, Func<RunResult, object?> Value)[] LimitColumns(string name, Func<Limits, Limit> limit) =>
    [
        ($"{name}_limit", run => run.Verdicts is { } verdicts ? limit(verdicts.Limits).Score : null),
        ($"{name}_limit_rate", run => run.Verdicts is { } verdicts ? limit(verdicts.Limits).Rate : null),
        ($"{name}_limit_basis", run => run.Verdicts is { } verdicts ? VerdictText.Of(limit(verdicts.Limits).Basis) : null),
    ];

    private static (string Name, Func<RunResult, object?> Value)[] CountColumns(string name, Func<VerdictFigures, VerdictCounts> counts) =>
    [
        ($"{name}_ok", run => run.Verdicts is { } verdicts ? counts(verdicts).OK : null),
        ($"{name}_review", run => run.Verdicts is { } verdicts ? counts(verdicts).Review : null),
        ($"{name}_ng", run => run.Verdicts is { } verdicts ? counts(verdicts).NG : null),
    ];

    private static (string Name, Func<RunResult, object?> Value)[] RateColumns(string name, Func<VerdictFigures, Proportion> rate) =>
    [
        (name, run => run.Verdicts is { } verdicts ? rate(verdicts).Value : null),
        ($"{name}_low", run => run.Verdicts is { } verdicts ? rate(verdicts).Interval?.Lower : null),
        ($"{name}_high", run => run.Verdicts is { } verdicts ? rate(verdicts).Interval?.Upper : null),
    ];

    private static string ProtocolName(RunResult run) => run.Protocol is { } protocol ? $"{protocol}".ToLowerInvariant() : "detector";

    private static bool IsPicked(RunResult run) => run.Protocol == EvaluationProtocol.Published;

    private static string Text(object? value) => value is bool truth ? truth ? "true" : "false" : $"{value}";

    private static string Quote(string text) =>
        text.AsSpan().ContainsAny(",\"\r\n") ? $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : text;
}
