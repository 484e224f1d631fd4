namespace PromptAD.Evaluation.Reports;

/// <summary>Runs, put together for people to read.</summary>
/// <param name="Runs">All runs.</param>
/// <param name="Facts">How they were made.</param>
internal sealed record Report(IReadOnlyList<RunResult> Runs, ReportFacts Facts)
{
    public static Report Of(IReadOnlyList<RunResult> runs, ReportFacts facts) => new(runs, facts);

    public IReadOnlyList<string> Categories { get; } = [.. Runs.Select(run => run.Category).Distinct()];

    public IReadOnlyList<string> Methods { get; } = [.. Runs.Select(run => run.Method).Distinct()];

    public IReadOnlyList<int> Shots { get; } = [.. Runs.Select(run => run.Shots).Distinct().Order()];

    /// <summary>The paper's figures for this data set, if it is one of the paper's.</summary>
    public PublishedResults? Published { get; } = PublishedResults.TryFind([.. Runs.Select(run => run.Category).Distinct()]);

    /// <summary>The runs of one row of a table; of all categories where none is named.</summary>
    public FigureSummary Summary(string method, int shots, string? category = null) =>
        FigureSummary.Of(
            [.. Runs.Where(run => run.Method == method && run.Shots == shots && (category is null || run.Category == category))]);
}

/// <summary>
/// Mean and deviation over seeds. Over several categories each seed's mean is taken first, as the paper's tables have it: the deviation is
/// that of the means.
/// </summary>
internal sealed record FigureSummary(int Seeds, Spread Image, Spread ImagePrecision, Spread? Pixel, Spread? Aupro)
{
    public static FigureSummary Of(IReadOnlyList<RunResult> runs)
    {
        RunResult[][] bySeed = [.. runs.GroupBy(run => run.Seed).Select(seed => seed.ToArray())];
        Spread Over(Func<RunResult, double> figure) => Spread.Of([.. bySeed.Select(seed => seed.Average(figure))]);
        Spread? OverPixels(Func<PixelFigures, double> figure)
        {
            double[] means = [.. bySeed.Select(seed => seed.Where(run => run.Pixel is not null).ToArray()).Where(seed => seed.Length > 0)
                .Select(seed => seed.Average(run => figure(run.Pixel!)))];
            return means.Length == 0 ? null : Spread.Of(means);
        }

        return new FigureSummary(
            bySeed.Length, Over(run => run.Image.Auroc), Over(run => run.Image.AveragePrecision),
            OverPixels(pixel => pixel.Ranking.Auroc), OverPixels(pixel => pixel.Aupro30));
    }
}

/// <summary>Mean and sample deviation of some figures.</summary>
/// <param name="Mean">The mean.</param>
/// <param name="Deviation">The sample deviation; null for a single figure.</param>
internal sealed record Spread(double Mean, double? Deviation)
{
    public static Spread Of(double[] values)
    {
        double mean = values.Average(), squares = values.Sum(value => (value - mean) * (value - mean));
        return new Spread(mean, values.Length < 2 ? null : Math.Sqrt(squares / (values.Length - 1)));
    }

    /// <summary>In per cent, as the paper's tables have it: "94.6 ± 1.2".</summary>
    public override string ToString() => Deviation is { } deviation ? $"{100 * Mean:F1} ± {100 * deviation:F1}" : $"{100 * Mean:F1}";

    /// <summary>As <see cref="ToString"/>, a dash for what could not be measured.</summary>
    public static string Text(Spread? spread) => spread?.ToString() ?? "–";
}
