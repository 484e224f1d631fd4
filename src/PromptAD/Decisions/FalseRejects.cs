using System.Security.Cryptography;
using PromptAD.Encoders;
using PromptAD.Imaging;
using PromptAD.Memory;
using PromptAD.Scoring;
using PromptAD.Wording;

namespace PromptAD.Decisions;

/// <summary>
/// Learns from a good part that was rejected: what is new in its picture is remembered as good. The limits stay where they are; since a
/// memory that grows only lowers scores, they promise no less than before.
/// </summary>
/// <param name="predictor">The detector.</param>
/// <param name="encode">Encodes a picture as the encoder reads it.</param>
/// <param name="options">What is new.</param>
internal sealed class FalseRejects(Predictor predictor, Func<byte[], PictureFeatures> encode, FeedbackOptions options)
{
    private readonly Detector detector = predictor.Detector;

    /// <summary>Learns from one picture.</summary>
    /// <param name="picture">The picture.</param>
    /// <param name="name">What the history calls it.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <returns>The detector that has learned, or the same one where there was nothing to learn; and what came of it.</returns>
    /// <exception cref="PromptADException">
    /// The detector has no limits, no memory, or tiles; or the picture has one colour all over, looks like another product, or would turn a
    /// reference picture of a defect OK; the last two not with <see cref="FeedbackOptions.Force"/>.
    /// </exception>
    public (Detector Detector, FeedbackReport Report) Learn(PreparedPicture picture, string name, CancellationToken cancellation)
    {
        (Limits limits, MemoryBank bank) = Needed(detector);
        if (picture.PlainName is { } plain) throw FrameRows.RefusalOfPlain(plain);
        PictureFeatures features = encode(picture.Pixels.ToArray());
        float[] distances = bank.VisualMap(features.Memory, cancellation);
        MeanAndDeviation good = predictor.GoodDistance(cancellation);
        // Before all else: of another product, OK is as little worth as NG.
        if (!options.Force) RefuseOtherProduct(predictor.MeanDistance(distances), good, name);
        float before = predictor.Scorer.Score(features, distances).Image;
        Verdict verdict = limits.Judge(before);
        var nothing = new FeedbackReport(null, verdict, verdict, []) { Warnings = picture.Warnings };
        if (verdict == Verdict.OK) return (detector, nothing);
        float novel = good.Mean + ((float)options.Novelty * good.Deviation);
        IReadOnlyList<int> chosen = NewPatches.Choose(bank, features.Memory, predictor.Inspected?.Places, novel, cancellation);
        if (chosen.Count == 0) return (detector, nothing);
        MemoryBank larger = bank.With(bank.Of(Channels.Pick(features.Memory, chosen, bank.Widths), cancellation));
        IReadOnlyList<ReferencePictureCheck> checks = CheckReferences(bank, larger, limits, cancellation);
        if (!options.Force && checks.FirstOrDefault(check => check.IsLostDefect) is { } lost) throw Loses(lost, name);
        float after = predictor.ScoreWith(larger, features, cancellation);
        int number = detector.FeedbackHistory.Count + 1;
        var entry = new FeedbackEntry(number, name, chosen.Count, before, after, DateTimeOffset.UtcNow) { Pixels = HashOf(picture.Pixels) };
        Detector learned = detector with
        {
            Banks = [larger],
            Metadata = detector.Metadata with { History = [.. detector.FeedbackHistory, entry] },
        };
        return (learned, new FeedbackReport(entry, verdict, limits.Judge(after), checks) { Warnings = picture.Warnings });
    }

    /// <summary>What feedback needs of a detector, before a picture is read.</summary>
    /// <exception cref="PromptADException">It is missing.</exception>
    public static (Limits Limits, MemoryBank Bank) Needed(Detector detector)
    {
        References.RefuseTiles(detector);
        MemoryBank bank = detector.Memory ?? throw new PromptADException(
            Problem.Unsupported, "The detector has no memory that feedback could add to; train one with a memory.");
        Limits limits = detector.Limits ?? throw new PromptADException(
            Calibration.Wanted("The detector has no limits, so nothing is a false reject yet."));
        return (limits, bank);
    }

    /// <summary>The detector without what it learned last.</summary>
    /// <exception cref="PromptADException">There is nothing to undo.</exception>
    public static Detector Undo(Detector detector)
    {
        if (detector is not { FeedbackHistory: [.., var last] history, Memory: { } bank })
            throw new PromptADException(Problem.Missing, "The detector has not learned from any feedback; there is nothing to undo.");
        GoodScores? good = detector.Metadata.GoodScores;
        bool isOutdated = good is not null && good.Feedbacks >= history.Count;
        return detector with
        {
            Banks = [bank.Without(last.Patches)],
            Metadata = detector.Metadata with
            {
                History = history.Count > 1 ? [.. history.SkipLast(1)] : null,
                GoodScores = isOutdated ? good! with { IsOutdated = true } : good,
                Limits = isOutdated ? detector.Limits?.WithoutGuarantee() : detector.Limits,
            },
        };
    }

    /// <summary>
    /// Whether feedback has learned from this very picture, or training where planes do not tell. Costs nothing where neither is noted.
    /// </summary>
    public static bool HasLearned(Detector detector, ReadOnlySpan<byte> pixels)
    {
        IReadOnlyList<string> learned = detector.Metadata.Learned ?? [];
        if (detector.FeedbackHistory.Count + learned.Count == 0) return false;
        string hash = HashOf(pixels);
        return learned.Contains(hash) || detector.FeedbackHistory.Any(entry => entry.Pixels == hash);
    }

    private IReadOnlyList<ReferencePictureCheck> CheckReferences(
        MemoryBank before, MemoryBank after, Limits limits, CancellationToken cancellation) =>
    [
        .. detector.References.Select(one =>
        {
            PictureFeatures features = encode(one.Pixels);
            float old = predictor.ScoreWith(before, features, cancellation), now = predictor.ScoreWith(after, features, cancellation);
            return new ReferencePictureCheck(one.Name, one.IsGood, old, now, limits.Judge(old), limits.Judge(now));
        }),
    ];

    private static void RefuseOtherProduct(float distance, MeanAndDeviation good, string picture)
    {
        float far = good.Standardize(distance);
        if (far <= Predictor.FarthestOnAverage) return;
        throw new PromptADException(Refusal(
            $"'{picture}' is far from all that the detector knows as good, {far:F2} deviations on average; at most "
            + $"{Predictor.FarthestOnAverage} are usual for the same product.",
            "Check that it is the right picture; it can be learned all the same with {0}."));
    }

    private static PromptADException Loses(ReferencePictureCheck lost, string name) => new(Refusal(
        $"With '{name}' remembered as good, the defect '{lost.Name}' among the reference pictures would turn from "
        + $"{VerdictText.Of(lost.VerdictBefore)} to OK (score {lost.Before:F4} to {lost.After:F4}).",
        "Look at both pictures; it can be learned all the same with {0}."));

    private static Diagnostic Refusal(string what, string remedy) => new(Problem.Refused, what)
    {
        Remedy = remedy,
        Option = $"{nameof(FeedbackOptions)}.{nameof(FeedbackOptions.Force)}",
    };

    private static string HashOf(ReadOnlySpan<byte> pixels) => Convert.ToHexStringLower(SHA256.HashData(pixels));
}
