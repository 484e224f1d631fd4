using System.Numerics.Tensors;
using System.Security.Cryptography;
using PromptAD.Decisions;
using PromptAD.Detectors;
using PromptAD.Encoders;
using PromptAD.Imaging;
using PromptAD.Memory;
using PromptAD.Scoring;

namespace PromptAD;

/// <content>Learning from good parts that were rejected.</content>
public sealed partial class AnomalyDetector
{
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(50); // between two looks at whether a wait is cancelled

    private const double FarthestOnAverage = 1.25; // deviations; the same product was at 1.0 at most, others mostly above 1.3

    /// <summary>What the detector has learned from feedback, the earliest first.</summary>
    public IReadOnlyList<FeedbackEntry> FeedbackHistory => model.Metadata.History ?? [];

    /// <summary>
    /// Learns from a good part that was rejected: what is new in its picture is remembered as good. The limits stay where they are; since a
    /// memory that grows only lowers scores, they promise no less than before. All kept pictures are judged before and after.
    /// <see cref="Save(string)"/> keeps what was learned.
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
            MemoryBank larger = bank.With(bank.Of(Channels.Pick(features.Memory, chosen, bank.Widths), cancellation));
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
}
