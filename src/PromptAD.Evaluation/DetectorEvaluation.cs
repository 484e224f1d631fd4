using System.Diagnostics;
using PromptAD.Evaluation.Reports;
using PromptAD.Imaging;

namespace PromptAD.Evaluation;

/// <summary>Measures a finished detector on the test pictures of a category. Needs no libtorch.</summary>
public static class DetectorEvaluation
{
    private const string Method = "detector";

    /// <summary>Judges every test picture and measures scores and maps.</summary>
    /// <param name="detector">The detector; stays with the caller.</param>
    /// <param name="category">
    /// Test pictures, good and defective ones. Pictures that the detector has learned from must not be among them.
    /// </param>
    /// <param name="progress">Told the part of the pictures that is judged, 0 to 1.</param>
    /// <param name="cancellation">Stops within a picture.</param>
    /// <returns>
    /// The figures. A picture that cannot be judged, or whose mask cannot be read, is among <see cref="RunResult.LeftOut"/>.
    /// </returns>
    /// <exception cref="PromptADException">
    /// Good or defective pictures are missing, or none of them can be judged; <see cref="PromptADException.Details"/> names those.
    /// </exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static RunResult Run(
        AnomalyDetector detector, Category category, IProgress<double>? progress = null, CancellationToken cancellation = default)
    {
        long start = Stopwatch.GetTimestamp();
        var pixels = new PixelScores();
        var pictures = new List<ScoredPicture>();
        var judged = new List<TestPicture>();
        var leftOut = new List<UnjudgedPicture>();
        var warnings = new List<Diagnostic>();
        foreach (TestPicture picture in category.Test)
        {
            string name = category.Relative(picture.Path);
            try
            {
                Prediction found = detector.Predict(picture.Path, cancellation);
                pictures.Add(Judge(detector, found, picture, name, pixels));
                warnings.AddRange(found.Warnings);
                judged.Add(picture);
            }
            catch (PromptADException e)
            {
                leftOut.Add(new UnjudgedPicture(name, e.Message));
            }
            progress?.Report((double)(pictures.Count + leftOut.Count) / category.Test.Count);
        }
        UnjudgedPicture.RefuseNothingLeft(
            pictures.Any(picture => !picture.IsDefective), pictures.Any(picture => picture.IsDefective), leftOut);

        // Of many pictures they take seconds, and leave nothing behind when they are left.
        (RankingMetrics image, RankingIntervals intervals, PixelFigures? pixel) =
            Task.Run(() => Figures(pictures, pixels), CancellationToken.None).WaitAsync(cancellation).GetAwaiter().GetResult();
        return new RunResult
        {
            Protocol = null,
            Category = category.Name,
            Method = Method,
            Shots = detector.Info.Shots,
            Seed = detector.Info.Seed,
            Image = image,
            ImageIntervals = intervals,
            Pixel = pixel,
            Verdicts = detector.Limits is { } limits ? VerdictFigures.Of(limits, pictures) : null,
            LearnedFrom = [],
            Pictures = pictures,
            LeftOut = leftOut,
            Warnings = warnings,
            Gallery = Gallery(detector, judged, pictures, cancellation),
            ScoreSeconds = Stopwatch.GetElapsedTime(start).TotalSeconds,
            Fingerprint = detector.Info.BackboneHash,
        };
    }

    private static (RankingMetrics Image, RankingIntervals Intervals, PixelFigures? Pixel) Figures(
        List<ScoredPicture> pictures, PixelScores pixels)
    {
        double[] scores = [.. pictures.Select(picture => picture.Score)];
        bool[] defective = [.. pictures.Select(picture => picture.IsDefective)];
        return (
            RankingMetrics.Measure(scores, defective), RankingMetrics.MeasureIntervals(scores, defective), PixelFigures.Of(pixels));
    }

    private static ScoredPicture Judge(
        AnomalyDetector detector, Prediction found, TestPicture picture, string name, PixelScores pixels)
    {
        (int width, int height) = (found.Map.Width, found.Map.Height);
        if (picture.ReadMask(width, height) is { } mask) pixels.Add(found.Map.Values.Span, mask.Pixels, width, height);
        return new ScoredPicture(name, picture.DefectType, found.Score, found.TextScore, found.VisualScore, found.Map.Max)
        {
            NormalizedScore = found.HasVerdict ? found.NormalizedScore : null,
            Verdict = found.HasVerdict ? found.Verdict : null,
            IsKnown = detector.Knows(found),
        };
    }

    private static PictureTriple[] Gallery(
        AnomalyDetector detector, List<TestPicture> judged, List<ScoredPicture> pictures, CancellationToken cancellation)
    {
        var small = new OverlayOptions { MaxSide = TripleDrawing.MaxSide };
        return
        [
            .. TripleDrawing.Choose(pictures).Select(i =>
            {
                Prediction found = detector.Predict(judged[i].Path, cancellation);
                return TripleDrawing.Draw(
                    judged[i], pictures[i].Path, pictures[i].Score, picture => found.RenderOverlay(picture.Frame, small),
                    detector.MaxPicturePixels, new BitDepth(detector.SignificantBits), cancellation);
            }),
        ];
    }
}
