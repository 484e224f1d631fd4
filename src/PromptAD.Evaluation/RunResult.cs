namespace PromptAD.Evaluation;

/// <summary>The figures of one method with one number of shots and one seed on one category. Figures lie in [0, 1].</summary>
public sealed record RunResult
{
    /// <summary>How the test set was treated; null for a finished detector, of which that is not known.</summary>
    public required EvaluationProtocol? Protocol { get; init; }

    /// <summary>Name of the category.</summary>
    public required string Category { get; init; }

    /// <summary>Name of the method.</summary>
    public required string Method { get; init; }

    /// <summary>The number of good pictures learned from.</summary>
    public required int Shots { get; init; }

    /// <summary>The seed.</summary>
    public required int Seed { get; init; }

    /// <summary>How well picture scores tell defective pictures from good ones.</summary>
    public required RankingMetrics Image { get; init; }

    /// <summary>95 % bootstrap intervals of <see cref="Image"/>.</summary>
    public required RankingIntervals ImageIntervals { get; init; }

    /// <summary>How well maps point out defective pixels; null where no defective pixel is known.</summary>
    public PixelFigures? Pixel { get; init; }

    /// <summary>What the detector's verdicts are worth; null for one without limits, as those of a benchmark are.</summary>
    public VerdictFigures? Verdicts { get; init; }

    /// <summary>The image AUROC after each epoch, where the epoch was picked on the test set (mark Q7); empty otherwise.</summary>
    public IReadOnlyList<double> ImageAurocByEpoch { get; init; } = [];

    /// <summary>The pixel AUROC after each epoch, where the epoch was picked on the test set (mark Q7); empty otherwise.</summary>
    public IReadOnlyList<double> PixelAurocByEpoch { get; init; } = [];

    /// <summary>The pictures learned from, relative to the category.</summary>
    public required IReadOnlyList<string> LearnedFrom { get; init; }

    /// <summary>Whether these are the pictures of the published runs.</summary>
    public bool UsesPublishedShots { get; init; }

    /// <summary>The test pictures with their scores.</summary>
    public required IReadOnlyList<ScoredPicture> Pictures { get; init; }

    /// <summary>Test pictures that could not be judged, or whose mask could not be read; no figure counts them.</summary>
    public IReadOnlyList<UnjudgedPicture> LeftOut { get; init; } = [];

    /// <summary>
    /// Warnings of pictures that were taken all the same, as <see cref="Prediction.Warnings"/>.
    /// </summary>
    public IReadOnlyList<Diagnostic> Warnings { get; init; } = [];

    /// <summary>Pictures to look at: the worst misses and false alarms, in one run of each category and method.</summary>
    public IReadOnlyList<PictureTriple> Gallery { get; init; } = [];

    /// <summary>Seconds that learning took; 0 where an earlier run had learned the same prompts.</summary>
    public double LearnSeconds { get; init; }

    /// <summary>Seconds that scoring the test set took.</summary>
    public double ScoreSeconds { get; init; }

    /// <summary>A hash of all that the run depends on.</summary>
    public required string Fingerprint { get; init; }
}

/// <summary>Figures over the pixels of all test pictures whose defects are known.</summary>
/// <param name="Ranking">Pixel AUROC, average precision and best F1.</param>
/// <param name="Intervals">95 % bootstrap intervals of <paramref name="Ranking"/>.</param>
/// <param name="Aupro30">Area under the per-region-overlap curve up to a false-positive rate of 0.30.</param>
/// <param name="Aupro05">The same up to 0.05.</param>
/// <param name="Aupro30Interval">95 % bootstrap interval of <paramref name="Aupro30"/>.</param>
/// <param name="Aupro05Interval">95 % bootstrap interval of <paramref name="Aupro05"/>.</param>
/// <param name="PublishedAupro">AUPRO up to 0.30 as the published program computes it, in 200 steps; null for 0/0.</param>
public sealed record PixelFigures(
    RankingMetrics Ranking,
    RankingIntervals Intervals,
    double Aupro30,
    double Aupro05,
    Interval Aupro30Interval,
    Interval Aupro05Interval,
    double? PublishedAupro)
{
    // A benchmark has hundreds of runs, and three hundred draws settle the ends of an interval to about a tenth of its width.
    private static readonly BootstrapOptions Bootstrap = new() { Resamples = 300 };

    /// <summary>Measures everything added; null where no defective or no normal pixel is known.</summary>
    internal static PixelFigures? Of(PixelScores pixels)
    {
        if (pixels.DefectPixels == 0 || pixels.NormalPixels == 0) return null;
        PixelMetrics metrics = pixels.Measure();
        PixelIntervals intervals = pixels.MeasureIntervals(Bootstrap);
        return new PixelFigures(
            metrics.Ranking, intervals.Ranking, metrics.Aupro[0].Value, metrics.Aupro[1].Value, intervals.Aupro[0],
            intervals.Aupro[1], pixels.MeasurePublishedAupro());
    }
}

/// <summary>One test picture and how it was judged.</summary>
/// <param name="Path">Its path relative to the category.</param>
/// <param name="DefectType">What is wrong with it; "good" for nothing.</param>
/// <param name="Score">Its score, 0 to 1.</param>
/// <param name="TextScore">The words' part; null for a method without words.</param>
/// <param name="VisualScore">The memory's part; null for a method without memory.</param>
/// <param name="MapPeak">The highest value of its map: the picture's score in the pixel task of the published program.</param>
public sealed record ScoredPicture(string Path, string DefectType, double Score, double? TextScore, double? VisualScore, double MapPeak)
{
    /// <summary>
    /// The score on a scale of 0 to 1 that is the same for all detectors, with 0.5 at the NG limit; null for a detector without limits.
    /// </summary>
    public double? NormalizedScore { get; init; }

    /// <summary>OK, Review or NG, as the detector's limits have it; null for one without.</summary>
    public Verdict? Verdict { get; init; }

    /// <summary>Whether a finished detector had seen the picture before: learned from it, kept it or found its limits with it.</summary>
    public bool IsKnown { get; init; }

    internal bool IsDefective => DefectType != TestPicture.Good;
}

/// <summary>A test picture that no figure counts.</summary>
/// <param name="Path">Its path relative to the category.</param>
/// <param name="Reason">Why, in one line.</param>
public sealed record UnjudgedPicture(string Path, string Reason)
{
    /// <summary>Refuses to measure where damage has left no good or no defective picture.</summary>
    /// <exception cref="PromptADException">It has; the details name all that cannot be judged.</exception>
    internal static void RefuseNothingLeft(bool hasGood, bool hasDefective, IReadOnlyList<UnjudgedPicture> leftOut)
    {
        // What was missing before is told where figures are measured.
        if (leftOut.Count == 0 || (hasGood && hasDefective)) return;
        string missing = hasGood ? "defective" : hasDefective ? "good" : "test";
        throw new PromptADException(
            Problem.Missing,
            $"No {missing} picture is left to measure with: {leftOut.Count} cannot be judged, the first because: {leftOut[0].Reason}")
        {
            Details = [.. leftOut.Select(picture => picture.Reason)],
        };
    }
}

/// <summary>A picture three times as small JPEG files: as it is, with the outline of its mask, and with its heat map.</summary>
/// <param name="Path">Its path relative to the category.</param>
/// <param name="DefectType">What is wrong with it; "good" for nothing.</param>
/// <param name="Score">Its score.</param>
/// <param name="Picture">The picture.</param>
/// <param name="Outline">The picture with its mask's outline; null where the mask is unknown or empty.</param>
/// <param name="Heat">The picture under its heat map.</param>
public sealed record PictureTriple(string Path, string DefectType, double Score, byte[] Picture, byte[]? Outline, byte[] Heat);
