using PromptAD.Wording;

namespace PromptAD.Evaluation.Reports;

/// <summary>Runs, put together for people to read.</summary>
/// <param name="runs">All runs; at least one.</param>
/// <param name="facts">How they were made.</param>
public sealed class Report(IReadOnlyList<RunResult> runs, ReportFacts facts)
{
    /// <summary>All runs.</summary>
    public IReadOnlyList<RunResult> Runs { get; } = runs;

    /// <summary>How they were made.</summary>
    public ReportFacts Facts { get; } = facts;

    /// <summary>The categories, in the runs' order.</summary>
    public IReadOnlyList<string> Categories { get; } = [.. runs.Select(run => run.Category).Distinct()];

    /// <summary>The names of the methods, in the runs' order.</summary>
    public IReadOnlyList<string> Methods { get; } = [.. runs.Select(run => run.Method).Distinct()];

    /// <summary>The numbers of shots, the fewest first.</summary>
    public IReadOnlyList<int> Shots { get; } = [.. runs.Select(run => run.Shots).Distinct().Order()];

    /// <summary>
    /// The paper's figures for this data set, if it is one of the paper's; none beside a finished detector, which is of one product.
    /// </summary>
    public PublishedResults? Published { get; } =
        facts.Protocol is null ? null : PublishedResults.TryFind([.. runs.Select(run => run.Category).Distinct()]);

    /// <summary>What has to be known before a figure is read.</summary>
    public IReadOnlyList<ReportNote> Notes { get; } = ReportNote.Of(runs, facts);

    /// <summary>To keep in mind when means are read: what the published ones are, and how many categories have pixel figures.</summary>
    public IReadOnlyList<string> Remarks => [.. PublishedRemarks(), .. PixelRemarks()];

    /// <summary>
    /// Why a finished detector has no verdicts; null where it has some, and for methods, of which nobody expects any.
    /// </summary>
    public string? MissingVerdicts =>
        Facts.Protocol is null && Runs.All(run => run.Verdicts is null) ? $"{Prediction.NoVerdict.What} {HowToCalibrate}" : null;

    private const string HowToCalibrate = "Calibrate it with further pictures of good parts to have some.";

    private IEnumerable<string> PublishedRemarks()
    {
        if (Published is not { } paper) yield break;
        yield return "Published figures are PromptAD's own in the paper: "
            + $"means over the {paper.Categories.Length} categories of {paper.Name}, picked on the test set.";
        string[] unlike =
        [
            .. Facts.Protocol == EvaluationProtocol.Published ? Array.Empty<string>() : ["were not picked"],
            .. Categories.Count == paper.Categories.Length
                ? Array.Empty<string>() : [$"cover {Categories.Count} of {paper.Categories.Length} categories"],
        ];
        if (unlike.Length > 0) yield return $"Ours {string.Join(" and ", unlike)}, so the difference is not like with like.";
    }

    private IEnumerable<string> PixelRemarks()
    {
        string[] without = [.. Categories.Where(category => Runs.First(run => run.Category == category).Pixel is null)];
        if (without.Length == 0 || without.Length == Categories.Count) yield break;
        int with = Categories.Count - without.Length;
        yield return $"Means of pixel figures are over the {with} of {Categories.Count} categories with masks.";
    }

    /// <summary>The head of a column: "1 shot", "4 shots".</summary>
    internal static string ShotsText(int shots) => Plural.Of(shots, "shot");

    /// <summary>The runs of one row of a table.</summary>
    /// <param name="method">One of <see cref="Methods"/>.</param>
    /// <param name="shots">One of <see cref="Shots"/>.</param>
    /// <param name="category">One of <see cref="Categories"/>; null for all of them.</param>
    public FigureSummary Summary(string method, int shots, string? category = null) =>
        FigureSummary.Of(
            [.. Runs.Where(run => run.Method == method && run.Shots == shots && (category is null || run.Category == category))]);
}

/// <summary>
/// Mean and deviation over seeds. Over several categories each seed's mean is taken first, as the paper's tables have it: the deviation is
/// that of the means.
/// </summary>
/// <param name="Seeds">How many seeds.</param>
/// <param name="Image">Image AUROC.</param>
/// <param name="ImagePrecision">Average precision of the images.</param>
/// <param name="ImageF1">The best F1 of the images.</param>
/// <param name="Pixel">Pixel AUROC; this and what follows is null where there are no masks.</param>
/// <param name="PixelPrecision">Average precision of the pixels.</param>
/// <param name="Aupro">AUPRO to a false positive rate of 0.30.</param>
/// <param name="Aupro05">AUPRO to 0.05.</param>
public sealed record FigureSummary(
    int Seeds,
    SeedStatistics Image,
    SeedStatistics ImagePrecision,
    SeedStatistics ImageF1,
    SeedStatistics? Pixel,
    SeedStatistics? PixelPrecision,
    SeedStatistics? Aupro,
    SeedStatistics? Aupro05)
{
    internal static FigureSummary Of(IReadOnlyList<RunResult> runs)
    {
        RunResult[][] bySeed = [.. runs.GroupBy(run => run.Seed).Select(seed => seed.ToArray())];
        SeedStatistics Over(Func<RunResult, double> figure) => SeedStatistics.Of([.. bySeed.Select(seed => seed.Average(figure))]);
        SeedStatistics? OverPixels(Func<PixelFigures, double> figure)
        {
            double[] means = [.. bySeed.Select(seed => seed.Where(run => run.Pixel is not null).ToArray()).Where(seed => seed.Length > 0)
                .Select(seed => seed.Average(run => figure(run.Pixel!)))];
            return means.Length == 0 ? null : SeedStatistics.Of(means);
        }

        return new FigureSummary(
            bySeed.Length, Over(run => run.Image.Auroc), Over(run => run.Image.AveragePrecision),
            Over(run => run.Image.BestF1), OverPixels(pixel => pixel.Ranking.Auroc), OverPixels(pixel => pixel.Ranking.AveragePrecision),
            OverPixels(pixel => pixel.Aupro30), OverPixels(pixel => pixel.Aupro05));
    }
}

/// <summary>Mean and sample deviation of some figures.</summary>
/// <param name="Mean">The mean.</param>
/// <param name="Deviation">The sample deviation; null for a single figure.</param>
public sealed record SeedStatistics(double Mean, double? Deviation)
{
    internal static SeedStatistics Of(double[] values)
    {
        double mean = values.Average(), squares = values.Sum(value => (value - mean) * (value - mean));
        return new SeedStatistics(mean, values.Length < 2 ? null : Math.Sqrt(squares / (values.Length - 1)));
    }

    /// <summary>In per cent, as the paper's tables have it: "94.6 ± 1.2".</summary>
    public override string ToString() => Deviation is { } deviation ? $"{100 * Mean:F1} ± {100 * deviation:F1}" : $"{100 * Mean:F1}";

    /// <summary>As <see cref="ToString"/>, a dash for what could not be measured.</summary>
    public static string Text(SeedStatistics? spread) => spread?.ToString() ?? "–";
}
