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

    /// <summary>A finished detector's run: its good picture is OK, and of its two defective ones one goes to REVIEW and one is NG.</summary>
    public static RunResult Judged(Limits limits)
    {
        ScoredPicture[] pictures =
        [
            Picture("test/good/<1>.png", TestPicture.Good, 0.2f), Picture("test/hole/2.png", "hole", 0.7f), Picture("test/hole/3.png", "hole", 0.55f),
        ];
        return Run("bolt", "detector", 1, 0, 0.9, null, protocol: null) with { Pictures = pictures, Verdicts = VerdictFigures.Of(limits, pictures) };

        ScoredPicture Picture(string path, string type, float score) => new(path, type, score, 0.3f, 0.4f, 0.6f)
        {
            NormalizedScore = limits.Normalize(score),
            Verdict = limits.Judge(score),
        };
    }

    public static Report Report(EvaluationProtocol? protocol, params RunResult[] runs) =>
        new(runs, new ReportFacts(
            "parts & more", protocol, "small", "abcdef", false, [("Maps", "400 x 400")], ["bolt: no masks"], "promptad benchmark", DateTimeOffset.UnixEpoch));

    public static string Text(Action<Report, TextWriter> write, Report report)
    {
        using var writer = new StringWriter { NewLine = "\n" };
        write(report, writer);
        return writer.ToString();
    }
}
