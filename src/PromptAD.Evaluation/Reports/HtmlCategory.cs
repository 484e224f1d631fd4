using PromptAD.Wording;

using static PromptAD.Evaluation.Reports.HtmlReport;

namespace PromptAD.Evaluation.Reports;

/// <summary>A category's part of the page: figures, curves, scores and pictures to look at.</summary>
internal static class HtmlCategory
{
    public static void Write(Report report, int index, TextWriter html)
    {
        string category = report.Categories[index];
        html.WriteLine($"<section><h2 id='c{index}'>{Text(category)}</h2>");
        WriteFigures(report, category, html);
        RunResult[] compared = [.. report.Methods.Select(method => Shown(report, category, method)).OfType<RunResult>()];
        WriteCharts(compared, html);
        WriteGallery(compared[0], html);
        html.WriteLine("</section>");
    }

    /// <summary>The run that stands for a method in charts: the most shots, the first seed.</summary>
    private static RunResult? Shown(Report report, string category, string method) => report.Runs
        .Where(run => run.Category == category && run.Method == method)
        .OrderByDescending(run => run.Shots).ThenBy(run => run.Seed).FirstOrDefault();

    private static void WriteFigures(Report report, string category, TextWriter html)
    {
        RunResult first = report.Runs.First(run => run.Category == category);
        int defective = first.Pictures.Count(picture => picture.IsDefective);
        html.WriteLine($"<p class='soft'>{first.Pictures.Count - defective} good and {defective} defective test pictures.");
        if (first.Pixel is null) html.WriteLine("No mask says which pixels are defective, so there are no pixel figures.");
        html.WriteLine("</p>");
        bool hasPixels = first.Pixel is not null, hasSeveralShots = report.Shots.Count > 1;
        IEnumerable<(string, IEnumerable<string>)> rows =
            from method in report.Methods
            from shots in report.Shots
            let summary = report.Summary(method, shots, category)
            let run = report.Runs.First(r => r.Category == category && r.Method == method && r.Shots == shots)
            select ("", (IEnumerable<string>)
            [
                Text(method), .. hasSeveralShots ? [$"{shots}"] : Array.Empty<string>(),
                Cell(summary.Image), Range(run.ImageIntervals.Auroc), Cell(summary.ImagePrecision), Cell(summary.ImageF1),
                .. hasPixels
                    ? [Cell(summary.Pixel), Cell(summary.PixelPrecision), Cell(summary.Aupro), Cell(summary.Aupro05)]
                    : Array.Empty<string>(),
            ]);
        html.WriteLine("<div class='wide'>");
        WriteTable(
            html,
            [
                "method", .. hasSeveralShots ? ["shots"] : Array.Empty<string>(), "image AUROC", "95 % interval", "image AP",
                "best F1", .. hasPixels ? ["pixel AUROC", "pixel AP", "AUPRO 0.30", "AUPRO 0.05"] : Array.Empty<string>(),
            ],
            rows);
        html.WriteLine($"</div><p class='fine'>Per cent. Intervals are drawn by bootstrap over the test pictures, with seed {first.Seed}. "
            + "The threshold of the best F1 is picked on the test set.</p>");
    }

    private static string Range(Interval interval) => $"<span class='range'>{100 * interval.Lower:F1} to {100 * interval.Upper:F1}</span>";

    private static void WriteCharts(RunResult[] runs, TextWriter html)
    {
        RunResult main = runs[0];
        html.WriteLine("<h3>Curves and scores</h3>");
        html.WriteLine($"<p class='fine'>{Report.ShotsText(main.Shots)}, seed {main.Seed}.</p><div class='charts'>");
        IReadOnlyList<(double, double)>[] rocs = [.. runs.Select(run => Curves.Roc(run.Pictures))];
        html.WriteLine($"<figure>{SvgChart.Curves("false-positive rate", "true-positive rate", rocs, hasDiagonal: true)}");
        html.WriteLine("<figcaption>ROC, pictures</figcaption></figure>");
        IReadOnlyList<(double, double)>[] precisions = [.. runs.Select(run => Curves.PrecisionRecall(run.Pictures))];
        html.WriteLine($"<figure>{SvgChart.Curves("recall", "precision", precisions, hasDiagonal: false)}");
        html.WriteLine("<figcaption>Precision and recall, pictures</figcaption></figure>");
        double[] Scores(bool defective) =>
            [.. main.Pictures.Where(picture => picture.IsDefective == defective).Select(picture => picture.Score)];
        double[] limits = main.Verdicts?.Limits is { } known ? [known.Review.Score, known.NG.Score] : [];
        html.WriteLine($"<figure>{SvgChart.Histogram(Scores(false), Scores(true), main.Image.BestF1Threshold, limits)}");
        string dotted = limits.Length > 0 ? "; dotted are the limits, REVIEW and NG" : "";
        html.WriteLine($"<figcaption>Scores of {Text(main.Method)}; F1 is best at the dashed line{dotted}</figcaption></figure></div>");
        if (runs.Length > 1) html.WriteLine(SvgChart.Legend([.. runs.Select(run => $"{run.Method} {100 * run.Image.Auroc:F1}")]));
    }

    private static void WriteGallery(RunResult run, TextWriter html)
    {
        if (run.Gallery.Count == 0) return;
        html.WriteLine("<h3>Worst misses: defective pictures with the lowest scores</h3><div class='triples'>");
        foreach (PictureTriple triple in run.Gallery.Where(triple => triple.DefectType != TestPicture.Good)) WriteTriple(run, triple, html);
        html.WriteLine("</div><h3>Worst false alarms: good pictures with the highest scores</h3><div class='triples'>");
        foreach (PictureTriple triple in run.Gallery.Where(triple => triple.DefectType == TestPicture.Good)) WriteTriple(run, triple, html);
        html.WriteLine(
            $"</div><p class='fine'>{Text(run.Method)}, {Report.ShotsText(run.Shots)}, seed {run.Seed}: picture, mask outline, heat map. "
            + $"{(run.Verdicts is null ? ScaleOfRun : ScaleOfLimits)}</p>");
    }

    private const string ScaleOfLimits =
        "The colours are those of 'predict': nothing is tinted below the detector's limit of regions, everything above it; outlined are "
        + "the regions.";

    private const string ScaleOfRun =
        "All heat maps of a category have one scale: nothing is tinted below what one good picture in twenty exceeds; the last colour is "
        + "the highest value of any picture.";

    private static void WriteTriple(RunResult run, PictureTriple triple, TextWriter html)
    {
        ScoredPicture? scored = run.Pictures.FirstOrDefault(picture => picture.Path == triple.Path);
        string normalised = scored?.NormalizedScore is { } normal ? $", normalised {normal:F4}" : "";
        string verdict = scored?.Verdict is { } known ? VerdictText.Of(known) : Call(run, triple);
        string missing = $"<span class='none'>{(triple.DefectType == TestPicture.Good ? "no defect" : "no mask")}</span>";
        string outline = triple.Outline is { } mask ? Image(mask, "mask outline") : missing;
        html.WriteLine($"<figure class='triple'><div>{Image(triple.Picture, "picture")}{outline}{Image(triple.Heat, "heat map")}</div>");
        html.WriteLine($"<figcaption>{Text(triple.Path)} · score {triple.Score:F4}{normalised} · {verdict}</figcaption></figure>");
    }

    /// <summary>At the best-F1 threshold, where there are no limits.</summary>
    private static string Call(RunResult run, PictureTriple triple)
    {
        bool called = triple.Score >= run.Image.BestF1Threshold, defective = triple.DefectType != TestPicture.Good;
        return (defective, called) switch
        {
            (true, true) => "found at the best-F1 threshold",
            (true, false) => "missed at the best-F1 threshold",
            (false, true) => "false alarm at the best-F1 threshold",
            (false, false) => "passed at the best-F1 threshold",
        };
    }

    private static string Image(byte[] jpeg, string what) =>
        $"<img alt='{what}' src='data:image/jpeg;base64,{Convert.ToBase64String(jpeg)}'>";
}
