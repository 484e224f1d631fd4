using System.Numerics.Tensors;
using System.Security.Cryptography;
using PromptAD.Decisions;
using PromptAD.Detectors;
using PromptAD.Encoders;
using PromptAD.Imaging;
using PromptAD.Scoring;

namespace PromptAD;

/// <content>Learning from good parts that were rejected.</content>
public sealed partial class AnomalyDetector
{
    /// <summary>
    /// The most pictures that a detector keeps to be checked with; each takes the bytes of the encoder's input, 173 kB at 240 pixels.
    /// </summary>
    public const int MostKeptPictures = 256;

    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(50); // between two looks at whether a wait is cancelled

    private const double FarthestOnAverage = 1.25; // deviations; the same product was at 1.0 at most, others mostly above 1.3

    /// <summary>What the detector has learned from feedback, the earliest first.</summary>
    public IReadOnlyList<FeedbackEntry> FeedbackHistory => model.Metadata.History ?? [];

    /// <summary>The names of the pictures that every feedback is checked with, and whether they show good parts.</summary>
    public IReadOnlyList<(string Name, bool IsGood)> KeptPictures => [.. model.Kept.Select(kept => (kept.Name, kept.IsGood))];

    /// <summary>
    /// Keeps a picture, as the encoder sees it, so that every feedback can be checked with it: a defective part that has to stay rejected,
    /// or a good part. <see cref="Save"/> keeps it in the file. A picture that is kept already is not kept twice.
    /// </summary>
    /// <param name="path">A picture file.</param>
    /// <param name="isGood">Whether the part is good.</param>
    /// <param name="cancellation">Leaves the decoding; nothing is kept then.</param>
    /// <returns>false where it was kept already.</returns>
    /// <exception cref="PromptADException">
    /// The file is no picture, the detector takes pictures in tiles, or keeps too many already.
    /// </exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public bool KeepPicture(string path, bool isGood, CancellationToken cancellation = default)
    {
        RefuseTiles();
        using PreparedPicture prepared = Prepare(path, cancellation);
        return Keep(prepared, Path.GetFileName(path), isGood, cancellation);
    }

    /// <summary>
    /// The same of an encoded picture from the stream's position to its end, which is kept as a file with the same bytes is.
    /// </summary>
    /// <param name="stream">The stream; it need not be able to seek, and stays open: closing it is the caller's.</param>
    /// <param name="name">What the picture is called, as a file's name without its folder.</param>
    /// <param name="isGood">Whether the part is good.</param>
    /// <param name="cancellation">As above; a read that is under way in the stream is waited for.</param>
    /// <returns>false where it was kept already.</returns>
    /// <exception cref="PromptADException">As above.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public bool KeepPicture(Stream stream, string name, bool isGood, CancellationToken cancellation = default)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        RefuseTiles();
        using PreparedPicture prepared = Prepare(stream, cancellation);
        return Keep(prepared, name, isGood, cancellation);
    }

    /// <summary>
    /// As <see cref="KeepPicture(string, bool, CancellationToken)"/> and <see cref="Predict(string)"/>, but the picture is decoded and
    /// resized once for both. It is kept only once it is judged.
    /// </summary>
    internal (Prediction Prediction, bool IsNew) PredictAndKeep(string path, bool isGood, CancellationToken cancellation = default)
    {
        RefuseTiles();
        using PreparedPicture prepared = Prepare(path, cancellation);
        Prediction judged = Judge(prepared, cancellation);
        bool isNew = Keep(prepared, Path.GetFileName(path), isGood, cancellation);
        return (judged with { IsKept = true }, isNew);
    }

    /// <summary>
    /// Keeps a picture of a defect no longer, as one that was kept by mistake: feedback is not checked with it any more. Its pixels are
    /// forgotten, too; <see cref="KeepPicture(string, bool, CancellationToken)"/> keeps it again.
    /// </summary>
    /// <param name="name">Its name, as <see cref="KeptPictures"/> has it.</param>
    /// <returns>How many pictures of this name were kept.</returns>
    /// <exception cref="PromptADException">No picture of a defect of this name is kept.</exception>
    public int ForgetDefect(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        lock (limitsGate)
        {
            KeptPicture[] others = [.. model.Kept.Where(kept => kept.IsGood || kept.Name != name)];
            int forgotten = model.Kept.Count - others.Length;
            if (forgotten == 0)
            {
                throw new PromptADException(
                    $"The detector keeps no picture of a defect named '{name}'; give a name that 'promptad history <detector>' lists.");
            }
            model = model with { Kept = others };
            return forgotten;
        }
    }

    /// <summary>
    /// Learns from a good part that was rejected: what is new in its picture is remembered as good. The limits stay where they are; since a
    /// memory that grows only lowers scores, they promise no less than before. All kept pictures are judged before and after.
    /// <see cref="Save"/> keeps what was learned.
    /// </summary>
    /// <param name="path">A picture file of the part.</param>
    /// <param name="options">What is new; null for the defaults.</param>
    /// <param name="cancellation">Stops within half a second, whatever is being done; nothing has changed then.</param>
    /// <exception cref="PromptADException">
    /// The detector has no limits or takes pictures in tiles, the picture has one colour all over or looks like another product, or a kept
    /// picture of a defect would turn OK; the last two not with <see cref="FeedbackOptions.Force"/>. Nothing has changed then.
    /// </exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public FeedbackReport LearnFalseReject(
        string path, FeedbackOptions? options = null, CancellationToken cancellation = default) =>
        LearnFalseReject(() => Prepare(path, cancellation), Path.GetFileName(path), path, options, cancellation);

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
        return LearnFalseReject(() => Prepare(stream, cancellation), name, name, options, cancellation);
    }

    /// <param name="prepare">Reads the picture.</param>
    /// <param name="name">What the history calls it.</param>
    /// <param name="shown">What messages call it.</param>
    /// <param name="options">What is new; null for the defaults.</param>
    /// <param name="cancellation">Stops it.</param>
    private FeedbackReport LearnFalseReject(
        Func<PreparedPicture> prepare, string name, string shown, FeedbackOptions? options, CancellationToken cancellation)
    {
        options ??= new FeedbackOptions();
        options.Validate();
        RefuseTiles();
        Limits limits = Limits ?? throw new PromptADException(
            "The detector has no limits, so nothing is a false reject yet. Find them with 'promptad calibrate <detector> --good "
            + "<pictures>'.");
        PictureFeatures features;
        string pixels;
        IReadOnlyList<string> warnings;
        using (PreparedPicture prepared = prepare())
        {
            if (prepared.PlainName is { } plain) throw FrameRows.RefusalOfPlain(plain);
            warnings = prepared.Warnings;
            features = Read(prepared.Pixels, cancellation);
            pixels = HashOf(prepared.Pixels);
        }
        EnterChange(cancellation);
        try
        {
            MemoryBank bank = model.Memory;
            float[] distances = bank.VisualMap(features.Memory, cancellation);
            Spread good = GoodDistances(bank, cancellation);
            // Before all else: of another product, OK is as little worth as NG.
            if (!options.Force) RefuseOtherProduct(distances, good, shown);
            float before = scorer.Score(features, distances).Image;
            Verdict verdict = limits.Judge(before);
            if (verdict == Verdict.OK) return new FeedbackReport(null, verdict, verdict, []) { Warnings = warnings };
            float novel = good.Mean + ((float)options.Novelty * good.Deviation);
            IReadOnlyList<int> chosen = NewPatches.Choose(bank, features.Memory, inspected?.Places, novel, cancellation);
            if (chosen.Count == 0) return new FeedbackReport(null, verdict, verdict, []) { Warnings = warnings };
            MemoryBank larger = bank.With(bank.Of(NewPatches.Rows(features.Memory, chosen, bank.Widths), cancellation));
            IReadOnlyList<KeptPictureCheck> checks = CheckKept(bank, larger, limits, cancellation);
            if (!options.Force && checks.FirstOrDefault(check => check.IsLostDefect) is { } lost)
            {
                throw new PromptADException(
                    $"With '{name}' remembered as good, the kept defect '{lost.Name}' would turn from "
                    + $"{VerdictText.Of(lost.VerdictBefore)} to OK (score {lost.Before:F4} to {lost.After:F4}). "
                    + $"Look at both pictures; it can be learned all the same ({nameof(FeedbackOptions.Force)}).");
            }
            float after = ScoreOf(features, larger, cancellation);
            var entry = new FeedbackEntry(FeedbackHistory.Count + 1, name, chosen.Count, before, after, DateTimeOffset.UtcNow)
            {
                Pixels = pixels,
            };
            model = model with { Memory = larger, Metadata = model.Metadata with { History = [.. FeedbackHistory, entry] } };
            return new FeedbackReport(entry, verdict, limits.Judge(after), checks) { Warnings = warnings };
        }
        finally
        {
            limitsGate.Exit();
        }
    }

    /// <summary>
    /// Forgets what was learned from the latest feedback; the file is then what it was before, if nothing else was changed. Scores rise
    /// with it, so limits that were calibrated after the feedback are estimates from then on, until the detector is calibrated again.
    /// </summary>
    /// <returns>What was undone.</returns>
    /// <exception cref="PromptADException">There is nothing to undo.</exception>
    public FeedbackEntry UndoFeedback()
    {
        lock (limitsGate)
        {
            if (FeedbackHistory is not [.., var last])
                throw new PromptADException("The detector has not learned from any feedback; there is nothing to undo.");
            DetectorMetadata known = model.Metadata;
            bool isOutdated = known.GoodScores is { } good && good.Feedbacks >= FeedbackHistory.Count;
            IReadOnlyList<FeedbackEntry> earlier = [.. FeedbackHistory.SkipLast(1)];
            model = model with
            {
                Memory = model.Memory.Without(last.Patches),
                Metadata = known with
                {
                    History = earlier.Count > 0 ? earlier : null,
                    GoodScores = isOutdated ? known.GoodScores! with { IsOutdated = true } : known.GoodScores,
                    Limits = isOutdated ? known.Limits?.WithoutGuarantee() : known.Limits,
                },
            };
            return last;
        }
    }

    /// <summary>Keeps no good pictures any more; those of defects stay.</summary>
    internal void ForgetGoodPictures()
    {
        lock (limitsGate) model = model with { Kept = [.. model.Kept.Where(kept => !kept.IsGood)] };
    }

    private bool Keep(PreparedPicture picture, string name, bool isGood, CancellationToken cancellation)
    {
        if (isGood && picture.PlainName is { } plain) throw FrameRows.RefusalOfPlain(plain);
        byte[] pixels = picture.Pixels.ToArray();
        EnterChange(cancellation);
        try
        {
            if (model.Kept.Any(kept => kept.IsGood == isGood && kept.Pixels.AsSpan().SequenceEqual(pixels))) return false;
            if (model.Kept.Count >= MostKeptPictures)
            {
                throw new PromptADException(
                    $"The detector keeps {MostKeptPictures} pictures already, the most it can; forget some "
                    + $"({nameof(ForgetDefect)}).");
            }
            model = model with { Kept = [.. model.Kept, new KeptPicture(name, isGood) { Pixels = pixels }] };
            return true;
        }
        finally
        {
            limitsGate.Exit();
        }
    }

    /// <summary>Waits until no other change of the detector is under way; a feedback on another thread may take long.</summary>
    private void EnterChange(CancellationToken cancellation)
    {
        do cancellation.ThrowIfCancellationRequested();
        while (!limitsGate.TryEnter(Patience));
    }

    private static string HashOf(ReadOnlySpan<byte> pixels) => Convert.ToHexStringLower(SHA256.HashData(pixels));

    /// <summary>Whether feedback has learned from this very picture. Costs nothing where there was no feedback.</summary>
    private bool IsLearned(ReadOnlySpan<byte> pixels)
    {
        IReadOnlyList<FeedbackEntry> history = FeedbackHistory;
        if (history.Count == 0) return false;
        string hash = HashOf(pixels);
        return history.Any(entry => entry.Pixels == hash);
    }

    /// <summary>Whether the detector keeps this very picture, to be checked with after feedback.</summary>
    private bool IsKept(ReadOnlySpan<byte> pixels)
    {
        foreach (KeptPicture kept in model.Kept) if (pixels.SequenceEqual(kept.Pixels)) return true;
        return false;
    }

    private void RefuseTiles()
    {
        if (model.FurtherTiles.Count == 0) return;
        throw new PromptADException(
            "The detector takes pictures in tiles, which feedback cannot change and which keep no pictures; train it again with the "
            + "falsely rejected parts among the good ones, or without tiles.");
    }

    private PictureFeatures Read(ReadOnlySpan<byte> pixels, CancellationToken cancellation) =>
        backbone.OpenEncoder(cancellation).Encode(pixels, cancellation);

    private float ScoreOf(PictureFeatures features, MemoryBank bank, CancellationToken cancellation) =>
        scorer.Score(features, bank.VisualMap(features.Memory, cancellation)).Image;

    /// <summary>
    /// How far good patches are from the memory: as the scale has it, else how far the remembered ones are from each other.
    /// </summary>
    private Spread GoodDistances(MemoryBank bank, CancellationToken cancellation)
    {
        if (model.Metadata.Scale is { } scale) return scale.Memory;
        if (ownDistances is { } known && ReferenceEquals(known.Bank, bank)) return known.Spread;
        var found = new OwnDistances(bank, Spread.Of(bank.OwnMap(bank.Rows, cancellation)));
        ownDistances = found;
        return found.Spread;
    }

    /// <summary>How far the patches of a memory are from each other; kept, because it is dear and asked for with each picture.</summary>
    private sealed record OwnDistances(MemoryBank Bank, Spread Spread);

    private volatile OwnDistances? ownDistances;

    /// <summary>How far a picture's inspected patches are from the memory, on average.</summary>
    /// <param name="distances">Of all its patches.</param>
    private float MeanDistance(float[] distances)
    {
        float[] looked = inspected?.Keep(distances) ?? distances;
        return TensorPrimitives.Sum<float>(looked) / looked.Length;
    }

    private void RefuseOtherProduct(float[] distances, Spread good, string picture)
    {
        float far = good.Standardize(MeanDistance(distances));
        if (far <= FarthestOnAverage) return;
        throw new PromptADException(
            $"'{picture}' is far from all that the detector knows as good, {far:F2} deviations on average; at most {FarthestOnAverage} are "
            + "usual for the same product. Check that it is the right picture; it can be learned all the same "
            + $"({nameof(FeedbackOptions.Force)}).");
    }

    private IReadOnlyList<KeptPictureCheck> CheckKept(
        MemoryBank before, MemoryBank after, Limits limits, CancellationToken cancellation) =>
    [
        .. model.Kept.Select(kept =>
        {
            PictureFeatures features = Read(kept.Pixels, cancellation);
            (float old, float now) = (ScoreOf(features, before, cancellation), ScoreOf(features, after, cancellation));
            return new KeptPictureCheck(kept.Name, kept.IsGood, old, now, limits.Judge(old), limits.Judge(now));
        }),
    ];
}
