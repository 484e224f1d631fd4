using PromptAD.Evaluation.Reports;

namespace PromptAD.Evaluation.Tests.Reports;

/// <summary>Runs with made-up figures.</summary>
internal static class MadeRuns
{
    public static RunResult Run(string category, string method, int shots, int seed, double image, double? pixel, EvaluationProtocol? protocol) => new()
    {
        Protocol = protocol,
        Category = category,
        Method = method,
        Shots = shots,
        Seed = seed,
        Image = new RankingMetrics(image, 0.8, 0.7, 0.5),
        ImageIntervals = new RankingIntervals(new Interval(image - 0.1, image + 0.05), default, default),
        Pixel = pixel is { } auroc ? new PixelFigures(new RankingMetrics(auroc, 0.3, 0.4, 0.2), default, 0.6, 0.4, default, default, 0.61) : null,
        LearnedFrom = ["train/good/000.png"],
        Pictures =
        [
            new ScoredPicture("test/good/<1>.png", TestPicture.Good, 0.2, 0.3, 0.4, 0.2),
            new ScoredPicture("test/hole/2.png", "hole", 0.7, 0.3, 0.4, 0.6),
        ],
        Gallery =
        [
            new PictureTriple("test/hole/2.png", "hole", 0.7, [1, 2, 3], [4, 5, 6], [7, 8, 9]),
            new PictureTriple("test/good/<1>.png", TestPicture.Good, 0.2, [1, 2, 3], null, [7, 8, 9]),
        ],
        Fingerprint = "0123456789abcdef",
    };

    public static Report Report(EvaluationProtocol? protocol, params RunResult[] runs) =>
        PromptAD.Evaluation.Reports.Report.Of(runs, new ReportFacts(
            "parts & more", protocol, "small", "abcdef", false, [("Maps", "400 x 400")], ["bolt: no masks"], "promptad benchmark", DateTimeOffset.UnixEpoch));

    public static string Text(Action<Report, TextWriter> write, Report report)
    {
        using var writer = new StringWriter { NewLine = "\n" };
        write(report, writer);
        return writer.ToString();
    }
}
