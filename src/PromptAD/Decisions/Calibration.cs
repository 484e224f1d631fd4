using PromptAD.Imaging;
using PromptAD.Scoring;

namespace PromptAD.Decisions;

/// <summary>Finds a detector's limits from further good pictures, and moves them.</summary>
internal static class Calibration
{
    // What a picture that is in the memory is from itself by rounding. Whitened rows are long, so that little is left of small differences.
    private const float NoDistance = 1e-5f, NoWhitenedDistance = 2e-3f;

    // In deviations from what good places are on average. Of eight products, pictures learned from and saved again as JPEG of quality 75
    // were at -0.40 at most, other good pictures at -0.36 at least.
    private const double NearestOnAverage = -0.38;

    /// <summary>What is wrong with a detector without limits.</summary>
    public static Diagnostic Wanted(string what) => new(Problem.NotCalibrated, what)
    {
        Remedy = "Find limits from good pictures that it has not learned from with {0}.",
        Option = $"{nameof(AnomalyDetector)}.{nameof(AnomalyDetector.Calibrate)}",
    };

    /// <summary>The detector with these scores of good pictures, and the limits that the options ask for.</summary>
    /// <exception cref="PromptADException">
    /// An option is out of its range, the limits are crossed, or there is no score to find them from.
    /// </exception>
    public static Detector WithLimits(Detector detector, GoodScores good, LimitOptions options) =>
        detector with { Metadata = detector.Metadata with { Limits = LimitFitting.Fit(good, options), GoodScores = good } };

    /// <summary>What further pictures of good parts say.</summary>
    /// <param name="predictor">The detector.</param>
    /// <param name="good">What it predicts of the pictures; asked for one after the other.</param>
    /// <param name="cancellation">Stops between two pictures.</param>
    /// <exception cref="PromptADException">A picture has one colour all over, or no picture is left.</exception>
    public static (IReadOnlyList<GoodScore> Scores, CalibrationReport Report) Read(
        Predictor predictor, IEnumerable<Prediction> good, CancellationToken cancellation)
    {
        var seen = new HashSet<(float, float?, float)>();
        var scores = new List<GoodScore>();
        List<int> near = [], far = [];
        bool tellsCopies = predictor.Detector.Memory is { Subspaces: null }; // all good pictures lie near a plane, not copies alone
        MeanAndDeviation? usual = predictor.Detector.Memory is null ? null : predictor.GoodDistance(cancellation);
        foreach ((int i, Prediction one) in good.Index())
        {
            cancellation.ThrowIfCancellationRequested();
            CheckVersion(predictor.Detector, one);
            if (one.PlainName is { } plain) throw FrameRows.RefusalOfPlain(plain);
            if (IsTaught(predictor.Detector, one) || !seen.Add((one.Score, one.TextScore, one.Map.Max))) continue;
            scores.Add(new GoodScore(scores.Count, one.Score, one.Map.Max));
            float? distance = usual?.Standardize(one.MeanDistance);
            if (distance < NearestOnAverage && tellsCopies) near.Add(i);
            if (distance > Predictor.FarthestOnAverage) far.Add(i);
        }
        cancellation.ThrowIfCancellationRequested(); // it may have been while the last picture was judged
        if (scores.Count > 0) return (scores, new CalibrationReport(scores.Count, near, far));
        throw new PromptADException(
            Problem.Missing,
            "No picture is left to calibrate with: pictures that were learned from say nothing of others. Give other pictures of "
            + "good parts.");
    }

    /// <summary>
    /// Refuses what was predicted with feedback that the detector has not learned from, or not any more: good parts score higher without
    /// it, and limits would promise too much. Feedback that came since only lowers scores.
    /// </summary>
    /// <exception cref="PromptADException">It was.</exception>
    private static void CheckVersion(Detector detector, Prediction one)
    {
        if (IsKnown(one.Feedbacks, detector)) return;
        throw new PromptADException(
            Problem.Conflict,
            "The pictures were predicted with feedback that the detector has forgotten since, so they say nothing of what it scores now. "
            + "Predict them again.");
    }

    /// <summary>Whether a detector still knows all feedback of an earlier version.</summary>
    private static bool IsKnown(IReadOnlyList<FeedbackEntry> earlier, Detector detector) =>
        earlier.SequenceEqual(detector.FeedbackHistory.Take(earlier.Count));

    /// <summary>The detector calibrated with what <see cref="Read"/> has found.</summary>
    /// <param name="detector">The detector as it is by now.</param>
    /// <param name="scores">The scores.</param>
    /// <param name="options">Where the limits are to lie; null for the rates that the detector has.</param>
    /// <param name="read">The detector as it was when they were read.</param>
    /// <exception cref="PromptADException">Feedback was undone meanwhile.</exception>
    public static Detector With(Detector detector, IReadOnlyList<GoodScore> scores, LimitOptions? options, Detector read)
    {
        if (!IsKnown(read.FeedbackHistory, detector))
        {
            throw new PromptADException(
                Problem.Conflict, "Feedback was undone while the detector was calibrated, so nothing was changed. Calibrate it again.");
        }
        var good = new GoodScores(detector.GoodScores.Shots, scores) { Feedbacks = read.FeedbackHistory.Count };
        return WithLimits(detector, good, options ?? LimitOptions.ToFindAgain(detector.Limits));
    }

    /// <summary>
    /// Whether the detector has learned from this very picture, keeps it, or found its limits with it. (A calibration is known by scores,
    /// which feedback changes; of its pictures, those that are references are known all the same.)
    /// </summary>
    /// <param name="detector">The detector.</param>
    /// <param name="one">What it predicts of the picture.</param>
    public static bool Knows(Detector detector, Prediction one) =>
        IsTaught(detector, one)
        || one.IsReference
        || detector.GoodScores.Further.Any(score => score.Score == one.Score && score.Peak == one.Map.Max);

    /// <summary>Whether the picture is in the memory: learned from by training or by feedback.</summary>
    private static bool IsTaught(Detector detector, Prediction one) =>
        one.IsLearned
        || (detector.Memory is { Subspaces: null } bank && one.VisualScore < (bank.Whitenings is null ? NoDistance : NoWhitenedDistance));
}
