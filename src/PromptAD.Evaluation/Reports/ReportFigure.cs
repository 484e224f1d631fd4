namespace PromptAD.Evaluation.Reports;

/// <summary>A figure that has a table of its own in the paper's shape: methods by numbers of shots.</summary>
/// <param name="Title">What it is called.</param>
/// <param name="Of">Its value in a summary; null where it could not be measured.</param>
/// <param name="Published">The paper's value; null where the paper has no such table.</param>
public sealed record ReportFigure(string Title, Func<FigureSummary, SeedStatistics?> Of, Func<PublishedAuroc, double>? Published)
{
    /// <summary>AUROC of the images.</summary>
    public static ReportFigure Image { get; } = new("Image AUROC", summary => summary.Image, published => published.Image);

    /// <summary>AUROC of the pixels.</summary>
    public static ReportFigure Pixel { get; } = new("Pixel AUROC", summary => summary.Pixel, published => published.Pixel);

    /// <summary>AUPRO to a false positive rate of 0.30.</summary>
    public static ReportFigure Aupro { get; } = new("AUPRO to 0.30", summary => summary.Aupro, null);

    /// <summary>Those that a report can fill.</summary>
    internal static IReadOnlyList<ReportFigure> In(Report report) =>
        report.Runs.Any(run => run.Pixel is not null) ? [Image, Pixel, Aupro] : [Image];

    /// <summary>
    /// The paper's value with a number of shots, and how much PromptAD's mean over all categories here lies above it; null where there is
    /// none.
    /// </summary>
    public (double? Theirs, double? Difference) Compare(Report report, int shots)
    {
        if (Published is null || report.Published?.Of(shots) is not { } figures) return (null, null);
        double theirs = Published(figures);
        bool hasOurs = report.Methods.Contains(EvaluationMethod.PromptAD.Name);
        SeedStatistics? ours = hasOurs ? Of(report.Summary(EvaluationMethod.PromptAD.Name, shots)) : null;
        return (theirs, ours?.Mean - theirs);
    }

    /// <summary>A value in per cent, as the paper's tables have it; a dash for none.</summary>
    public static string Text(double? value) => value is { } number ? $"{100 * number:F1}" : "–";

    /// <summary>A difference in points with its sign; a dash for none.</summary>
    public static string Points(double? value) => value is { } number ? $"{100 * number:+0.0;−0.0;0.0}" : "–";
}
