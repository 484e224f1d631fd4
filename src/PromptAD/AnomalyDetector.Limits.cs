using PromptAD.Decisions;
using PromptAD.Imaging;
using PromptAD.Scoring;

namespace PromptAD;

public sealed partial class AnomalyDetector
{
    // What a picture that is in the memory is from itself by rounding. Whitened rows are long, so that little is left of small differences.
    private const float NoDistance = 1e-5f, NoWhitenedDistance = 2e-3f;

    // In deviations from what good places are on average. Of eight products, pictures learned from and saved again as JPEG of quality 75
    // were at -0.40 at most, other good pictures at -0.36 at least.
    private const double NearestOnAverage = -0.38;

    private readonly Lock limitsGate = new();

    /// <summary>The limits of verdicts; null where the detector was never calibrated.</summary>
    public Limits? Limits => model.Metadata.Limits;

    /// <summary>
    /// What is to be said of the limits: which of them are estimates, and how many pictures would make them a guarantee. A sentence each.
    /// </summary>
    public IReadOnlyList<string> LimitWarnings => Limits is { } limits ? LimitFitting.Warnings(GoodScores, limits) : [];

    /// <summary>What good pictures score; empty where the detector was never calibrated.</summary>
    internal GoodScores GoodScores => model.Metadata.GoodScores ?? new GoodScores([], []);

    /// <summary>
    /// Finds the limits from further pictures of good parts, not learned from: for a rate a and n pictures with n at least
    /// 1/a - 1, at most the part a of good parts will be above the limit, on average over the choice of the pictures. With fewer, a fit
    /// gives an estimate. Takes the place of earlier further pictures. <see cref="Save(string)"/> keeps the limits.
    /// </summary>
    /// <param name="good">What this detector predicts of the pictures, such as <c>files.Select(detector.Predict)</c>; at least one.</param>
    /// <param name="options">
    /// Where the limits are to lie; null to keep the rates and the minimum area that the detector has, 5 % above review, 1 % above NG and
    /// 5 % with a region where it has none. A limit that was set as a score is then found anew, from these rates.
    /// </param>
    /// <param name="cancellation">Stops between two pictures; the limits stay as they were then.</param>
    /// <returns>How many of the pictures were counted: pictures that were learned from, and repeated ones, are left out.</returns>
    /// <exception cref="PromptADException">
    /// An option is out of range, a picture has one colour all over, or no picture is left.
    /// </exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public int Calibrate(IEnumerable<Prediction> good, LimitOptions? options = null, CancellationToken cancellation = default) =>
        CalibrateAndCompare(good, options, cancellation).Counted;

    /// <summary>
    /// The same, and says which of the counted pictures are nearly the same as one that was learned from, such as a copy that was saved
    /// again: these say little of other parts, and lower the limits. Those of another product are far from all, and raise them.
    /// </summary>
    /// <returns>
    /// How many were counted, and the numbers of the near copies and of the far ones, in the order of the pictures, from 0.
    /// </returns>
    internal (int Counted, IReadOnlyList<int> NearCopies, IReadOnlyList<int> Far) CalibrateAndCompare(
        IEnumerable<Prediction> good, LimitOptions? options = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(good);
        var seen = new HashSet<(float, float, float)>();
        var further = new List<GoodScore>();
        var near = new List<int>();
        var far = new List<int>();
        Spread usual = GoodDistances(model.Memory, cancellation);
        foreach ((int i, Prediction one) in good.Index())
        {
            cancellation.ThrowIfCancellationRequested();
            if (one.PlainName is { } plain) throw FrameRows.RefusalOfPlain(plain);
            if (WasTaught(one) || !seen.Add((one.Score, one.TextScore, one.Map.Max))) continue;
            further.Add(new GoodScore(further.Count, one.Score, one.Map.Max));
            float distance = usual.Standardize(one.MeanDistance);
            if (distance < NearestOnAverage) near.Add(i);
            if (distance > FarthestOnAverage) far.Add(i);
        }
        cancellation.ThrowIfCancellationRequested(); // it may have been while the last picture was judged
        if (further.Count == 0)
        {
            throw new PromptADException(
                "No picture is left to calibrate with: pictures that were learned from say nothing of others. Give other pictures of "
                + "good parts.");
        }
        var scores = new GoodScores(GoodScores.Shots, further) { Feedbacks = FeedbackHistory.Count };
        SetLimits(scores, options ?? LimitOptions.ToFindAgain(Limits));
        return (further.Count, near, far);
    }

    /// <summary>
    /// Whether the detector has learned from this very picture, keeps it, or found its limits with it. (A calibration is known by scores,
    /// which feedback changes; of its pictures, those that are kept are known all the same.)
    /// </summary>
    /// <param name="one">What this detector predicts of the picture.</param>
    internal bool Knows(Prediction one) =>
        WasTaught(one) || one.IsKept || GoodScores.Further.Any(score => score.Score == one.Score && score.Peak == one.Map.Max);

    /// <summary>Whether the picture is in the memory: learned from by training or by feedback.</summary>
    private bool WasTaught(Prediction one) =>
        one.IsLearned || one.VisualScore < (model.Memory.Whitenings is null ? NoDistance : NoWhitenedDistance);

    /// <summary>Moves the limits, from the scores of good pictures that the detector has kept; no picture is needed.</summary>
    /// <param name="options">Where the limits are to lie.</param>
    /// <exception cref="PromptADException">An option is out of range, or the detector was never calibrated.</exception>
    public void SetLimits(LimitOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        SetLimits(GoodScores, options);
    }

    /// <summary>Finds the limits from these scores and keeps both.</summary>
    internal void SetLimits(GoodScores good, LimitOptions options)
    {
        Limits limits = LimitFitting.Fit(good, options);
        lock (limitsGate) model = model with { Metadata = model.Metadata with { Limits = limits, GoodScores = good } };
    }
}
