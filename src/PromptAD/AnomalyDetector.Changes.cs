using PromptAD.Decisions;
using PromptAD.Encoders;

namespace PromptAD;

/// <content>What puts another version of the detector in the place of the current one.</content>
public sealed partial class AnomalyDetector
{
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(50); // between two looks at whether a wait is cancelled

    private readonly Lock changeGate = new(); // one change at a time; predictions do not wait for it

    /// <summary>The limits of verdicts; null where the detector was never calibrated.</summary>
    public Limits? Limits => Detector.Limits;

    /// <summary>As <see cref="Detector.LimitWarnings"/>.</summary>
    public IReadOnlyList<string> LimitWarnings => Detector.LimitWarnings;

    /// <summary>What the detector has learned from feedback, the earliest first.</summary>
    public IReadOnlyList<FeedbackEntry> FeedbackHistory => Detector.FeedbackHistory;

    /// <summary>As <see cref="Detector.ReferencePictures"/>.</summary>
    public IReadOnlyList<(string Name, bool IsGood)> ReferencePictures => Detector.ReferencePictures;

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
    /// <returns>How many of the pictures were counted, and which of them look wrong.</returns>
    /// <exception cref="PromptADException">
    /// An option is out of range, a picture has one colour all over, or no picture is left.
    /// </exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public CalibrationReport Calibrate(
        IEnumerable<Prediction> good, LimitOptions? options = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(good);
        Predictor from = predictor;
        (IReadOnlyList<GoodScore> scores, CalibrationReport report) = Calibration.Read(from, good, cancellation);
        Change(detector => Calibration.With(detector, scores, options, from.Detector), cancellation);
        return report;
    }

    /// <summary>
    /// Whether the detector has seen a picture: learned from it, kept it as a reference picture or found its limits with it. What it says
    /// of such a picture tells little of others.
    /// </summary>
    /// <param name="one">What this detector predicts of the picture.</param>
    public bool Knows(Prediction one) => Calibration.Knows(Detector, one);

    /// <summary>Moves the limits, from the scores of good pictures that the detector keeps; no picture is needed.</summary>
    /// <param name="options">Where the limits are to lie.</param>
    /// <exception cref="PromptADException">An option is out of range, or the detector was never calibrated.</exception>
    public void SetLimits(LimitOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        Change(detector => detector.WithLimits(options));
    }

    /// <summary>
    /// Learns from a good part that was rejected: what is new in its picture is remembered as good. The limits stay where they are; since a
    /// memory that grows only lowers scores, they promise no less than before. All reference pictures are judged before and after.
    /// <see cref="Save(string)"/> keeps what was learned.
    /// </summary>
    /// <param name="path">A picture file of the part.</param>
    /// <param name="options">What is new; null for the defaults.</param>
    /// <param name="cancellation">Stops within half a second, whatever is being done; nothing has changed then.</param>
    /// <exception cref="PromptADException">
    /// The detector has no limits, no memory, or takes pictures in tiles; the picture has one colour all over or looks like another
    /// product, or a reference picture of a defect would turn OK; the last two not with <see cref="FeedbackOptions.Force"/>. Nothing has
    /// changed then.
    /// </exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public FeedbackReport LearnFalseReject(
        string path, FeedbackOptions? options = null, CancellationToken cancellation = default) =>
        LearnFalseReject(() => Prepare(path, cancellation), Path.GetFileName(path), options, cancellation);

    /// <summary>
    /// The same of an encoded picture from the stream's position to its end, from which is learned as from a file with the same bytes.
    /// </summary>
    /// <param name="stream">The stream; it need not be able to seek, and stays open: closing it is the caller's.</param>
    /// <param name="name">What the picture is called in <see cref="FeedbackHistory"/>, as a file's name without its folder.</param>
    /// <param name="options">What is new; null for the defaults.</param>
    /// <param name="cancellation">As above; a read that is under way in the stream is waited for.</param>
    /// <exception cref="PromptADException">As above.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public FeedbackReport LearnFalseReject(
        Stream stream, string name, FeedbackOptions? options = null, CancellationToken cancellation = default)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        return LearnFalseReject(() => Prepare(stream, cancellation), name, options, cancellation);
    }

    private FeedbackReport LearnFalseReject(
        Func<PreparedPicture> prepare, string name, FeedbackOptions? options, CancellationToken cancellation)
    {
        options ??= new FeedbackOptions();
        options.Validate();
        _ = FalseRejects.Needed(Detector);
        using PreparedPicture picture = prepare();
        PictureFeatures Encode(byte[] pixels) => backbone.OpenEncoder(cancellation).Encode(pixels, cancellation);
        return Change(_ => new FalseRejects(predictor, Encode, options).Learn(picture, name, cancellation), cancellation);
    }

    /// <summary>
    /// Forgets what was learned from the latest feedback; the file is then what it was before, if nothing else was changed. Scores rise
    /// with it, so limits that were calibrated after the feedback are estimates from then on, until the detector is calibrated again.
    /// </summary>
    /// <returns>What was undone.</returns>
    /// <exception cref="PromptADException">There is nothing to undo.</exception>
    public FeedbackEntry UndoFeedback() => Change(detector => (detector.WithoutLastFeedback(), detector.FeedbackHistory[^1]));

    /// <summary>
    /// Adds a reference picture, as the encoder sees it, so that every feedback can be checked with it: a defective part that has to stay
    /// rejected, or a good part. <see cref="Save(string)"/> keeps it in the file. The same picture is not added twice.
    /// </summary>
    /// <param name="path">A picture file.</param>
    /// <param name="isGood">Whether the part is good.</param>
    /// <param name="cancellation">Leaves the decoding; nothing is added then.</param>
    /// <returns>false where the detector had it already.</returns>
    /// <exception cref="PromptADException">
    /// The file is no picture, the detector takes pictures in tiles, or has <see cref="Detector.MaxReferencePictures"/> already.
    /// </exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public bool AddReferencePicture(string path, bool isGood, CancellationToken cancellation = default)
    {
        References.RefuseTiles(Detector);
        using PreparedPicture prepared = Prepare(path, cancellation);
        return Add(prepared, Path.GetFileName(path), isGood, cancellation);
    }

    /// <summary>
    /// The same of an encoded picture from the stream's position to its end, which is kept as a file with the same bytes is.
    /// </summary>
    /// <param name="stream">The stream; it need not be able to seek, and stays open: closing it is the caller's.</param>
    /// <param name="name">What the picture is called, as a file's name without its folder.</param>
    /// <param name="isGood">Whether the part is good.</param>
    /// <param name="cancellation">As above; a read that is under way in the stream is waited for.</param>
    /// <returns>false where the detector had it already.</returns>
    /// <exception cref="PromptADException">As above.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public bool AddReferencePicture(Stream stream, string name, bool isGood, CancellationToken cancellation = default)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        References.RefuseTiles(Detector);
        using PreparedPicture prepared = Prepare(stream, cancellation);
        return Add(prepared, name, isGood, cancellation);
    }

    /// <summary>
    /// As <see cref="AddReferencePicture(string, bool, CancellationToken)"/> and <see cref="Predict(string)"/>, but the picture is decoded
    /// and resized once for both. It is added only once it is judged.
    /// </summary>
    /// <returns>What the detector says of it, and whether it is new among the reference pictures.</returns>
    public (Prediction Prediction, bool IsNew) PredictAndReference(string path, bool isGood, CancellationToken cancellation = default)
    {
        References.RefuseTiles(Detector);
        using PreparedPicture prepared = Prepare(path, cancellation);
        Prediction judged = Judge(prepared, cancellation);
        bool isNew = Add(prepared, Path.GetFileName(path), isGood, cancellation);
        return (judged with { IsReference = true }, isNew);
    }

    /// <summary>
    /// Removes the reference pictures of defects that have a name, such as one that was added by mistake: feedback is not checked with them
    /// any more. Their pixels are forgotten, too.
    /// </summary>
    /// <param name="name">The name, as <see cref="ReferencePictures"/> has it.</param>
    /// <returns>How many pictures had this name.</returns>
    /// <exception cref="PromptADException">There is no reference picture of a defect of this name.</exception>
    public int RemoveReferenceDefect(string name) => Change(detector =>
    {
        Detector fewer = detector.WithoutReferenceDefect(name);
        return (fewer, detector.References.Count - fewer.References.Count);
    });

    /// <summary>Removes the reference pictures of good parts; those of defects stay.</summary>
    public void RemoveGoodReferences() => Change(detector => detector.WithoutGoodReferences());

    private bool Add(PreparedPicture picture, string name, bool isGood, CancellationToken cancellation) => Change(
        detector =>
        {
            Detector more = References.With(detector, picture, name, isGood);
            return (more, !ReferenceEquals(more, detector));
        },
        cancellation);

    private void Change(Func<Detector, Detector> change, CancellationToken cancellation = default) =>
        Change(detector => (change(detector), true), cancellation);

    /// <summary>
    /// Makes the next version of the detector from the current one, once no other change is under way; a feedback on another thread may
    /// take long. Whatever the change throws, the detector stays as it was.
    /// </summary>
    private T Change<T>(Func<Detector, (Detector Next, T Result)> change, CancellationToken cancellation = default)
    {
        do cancellation.ThrowIfCancellationRequested();
        while (!changeGate.TryEnter(Patience));
        try
        {
            (Detector next, T result) = change(Detector);
            if (!ReferenceEquals(next, Detector)) predictor = predictor.With(next);
            return result;
        }
        finally
        {
            changeGate.Exit();
        }
    }
}
