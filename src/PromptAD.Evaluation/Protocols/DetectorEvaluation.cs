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
    /// <param name="cancellation">Stops between two pictures.</param>
    /// <exception cref="PromptADException">
    /// Pictures or masks cannot be read, which the message or <see cref="PromptADException.Details"/> name all, or good or defective
    /// pictures are missing.
    /// </exception>
    public static RunResult Run(
        AnomalyDetector detector, Category category, IProgress<double>? progress = null, CancellationToken cancellation = default)
    {
        long start = Stopwatch.GetTimestamp();
        var pixels = new PixelScores();
        var pictures = new List<ScoredPicture>();
        foreach ((int i, TestPicture picture) in category.Test.Index())
        {
            cancellation.ThrowIfCancellationRequested();
            try
            {
                pictures.Add(Judge(detector, picture, category.Relative(picture.Path), pixels));
            }
            catch (PromptADException e)
            {
                throw WithAllDamaged(category.Test, i, e, detector, cancellation);
            }
            progress?.Report((double)pictures.Count / category.Test.Count);
        }

        double[] scores = [.. pictures.Select(picture => picture.Score)];
        bool[] defective = [.. pictures.Select(picture => picture.IsDefective)];
        return new RunResult
        {
            Protocol = null,
            Category = category.Name,
            Method = Method,
            Shots = detector.Info.Shots,
            Seed = detector.Info.Seed,
            Image = RankingMetrics.Measure(scores, defective),
            ImageIntervals = RankingMetrics.MeasureIntervals(scores, defective),
            Pixel = PixelFigures.Of(pixels),
            Verdicts = detector.Limits is { } limits ? VerdictFigures.Of(limits, pictures) : null,
            LearnedFrom = [],
            Pictures = pictures,
            Gallery = Gallery(detector, category, pictures),
            ScoreSeconds = Stopwatch.GetElapsedTime(start).TotalSeconds,
            Fingerprint = detector.Info.BackboneHash,
        };
    }

    private static ScoredPicture Judge(
        AnomalyDetector detector, TestPicture picture, string name, PixelScores pixels)
    {
        Prediction found = detector.Predict(picture.Path);
        (int width, int height) = (found.Map.Width, found.Map.Height);
        if (picture.ReadMask(width, height) is { } mask) pixels.Add(found.Map.Values.Span, mask.Pixels, width, height);
        return new ScoredPicture(name, picture.DefectType, found.Score, found.TextScore, found.VisualScore, found.Map.Max)
        {
            NormalizedScore = found.HasVerdict ? found.NormalizedScore : null,
            Verdict = found.HasVerdict ? found.Verdict : null,
            IsKnown = detector.Knows(found),
        };
    }

    /// <summary>The error with all pictures that cannot be read, so that they can be mended at once; the others are read alone.</summary>
    private static PromptADException WithAllDamaged(
        IReadOnlyList<TestPicture> test, int first, PromptADException reason, AnomalyDetector detector, CancellationToken cancellation)
    {
        List<string> damaged = [Named(test[first], reason)];
        foreach (TestPicture picture in test.Skip(first + 1))
        {
            cancellation.ThrowIfCancellationRequested();
            try
            {
                PictureDecoder.Decode(picture.Path, detector.PixelLimit, detector.Depth).Dispose();
                picture.ReadMask(1, 1);
            }
            catch (PromptADException e)
            {
                damaged.Add(Named(picture, e));
            }
        }
        return damaged.Count == 1
            ? new PromptADException(damaged[0], reason)
            : new PromptADException($"{damaged.Count} of {test.Count} test pictures cannot be judged: {damaged[0]}", reason)
            {
                Details = damaged,
            };
    }

    private static string Named(TestPicture picture, PromptADException reason) =>
        reason.Message.Contains(picture.Path, StringComparison.Ordinal) ? reason.Message : $"{picture.Path}: {reason.Message}";

    private static PictureTriple[] Gallery(AnomalyDetector detector, Category category, List<ScoredPicture> pictures)
    {
        var small = new OverlayOptions { MaxSide = TripleDrawing.MaxSide };
        return
        [
            .. TripleDrawing.Choose(pictures).Select(i =>
            {
                Prediction found = detector.Predict(category.Test[i].Path);
                return TripleDrawing.Draw(
                    category.Test[i], pictures[i].Path, pictures[i].Score, picture => found.RenderOverlay(picture.Frame, small),
                    detector.PixelLimit, detector.Depth);
            }),
        ];
    }
}
