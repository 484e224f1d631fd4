using System.Buffers;
using System.Diagnostics;
using System.Numerics.Tensors;
using PromptAD.Encoders;
using PromptAD.Imaging;
using PromptAD.Memory;
using PromptAD.Scoring;
using PromptAD.Words;

namespace PromptAD.Decisions;

/// <summary>
/// A detector made ready for its encoder: turns frames into the encoder's input, and features into a prediction. It belongs to one version
/// of the detector and never changes, so that a prediction that holds one cannot mix two versions.
/// </summary>
internal sealed class Predictor
{
    /// <summary>Deviations; the same product was at 1.0 at most, others mostly above 1.3.</summary>
    public const double FarthestOnAverage = 1.25;

    private readonly Preprocessor preprocessor;
    private readonly Tiling? tiling;
    private readonly TiledScorer? tiled; // null where pictures are judged as a whole
    private readonly GoodDistances? good; // null without a memory

    public Predictor(Detector detector, EncoderInfo encoder)
    {
        Detector = detector;
        DetectorInfo info = detector.Info;
        preprocessor = new Preprocessor(encoder.InputSize, info.Preprocessing);
        Inspected = info.Mask is { } mask ? new InspectedPatches(mask, encoder, detector.Scoring.MapSize) : null;
        (Prototypes? image, Prototypes? pixel) = (detector.Words?.Image, detector.Words?.Pixel);
        float temperature = detector.Metadata.Temperature;
        Scorer = new PictureScorer(encoder.Grid, image, pixel, temperature, detector.Scoring, detector.Scale, Inspected);
        tiling = info.Tiles;
        tiled = tiling is null
            ? null
            : new TiledScorer(tiling, encoder.Grid, image, pixel, temperature, detector.Scoring, detector.Scale);
        good = detector.Memory is { } bank ? new GoodDistances(bank, detector.Scale?.Memory) : null;
    }

    // What scores depend on does not change after training, but for the memory, which is asked for with each picture.
    private Predictor(Predictor earlier, Detector detector)
    {
        (Detector, preprocessor, Inspected) = (detector, earlier.preprocessor, earlier.Inspected);
        (Scorer, tiling, tiled) = (earlier.Scorer, earlier.tiling, earlier.tiled);
        good = ReferenceEquals(detector.Memory, earlier.Detector.Memory) || detector.Memory is null
            ? earlier.good
            : new GoodDistances(detector.Memory, detector.Scale?.Memory);
    }

    public Detector Detector { get; }

    public PictureScorer Scorer { get; }

    /// <summary>The places that are inspected; null for all.</summary>
    public InspectedPatches? Inspected { get; }

    public Preprocessor Preprocessor => preprocessor;

    /// <summary>How many inputs of the encoder a picture makes: one, or one a tile.</summary>
    public int Regions => tiling?.Count ?? 1;

    /// <summary>The same for another version of the detector.</summary>
    public Predictor With(Detector next) => new(this, next);

    /// <summary>Cuts and resizes a picture for the encoder.</summary>
    /// <param name="given">The picture.</param>
    /// <param name="start">When its decoding began.</param>
    /// <param name="warning">What its file should be warned of; null for nothing.</param>
    /// <param name="cancellation">Stops between two tiles.</param>
    /// <exception cref="PromptADException">It has another shape than the mask, or is too small.</exception>
    public PreparedPicture Prepare(in CameraFrame given, long start, Diagnostic? warning, CancellationToken cancellation)
    {
        using Picture? plain = BayerFrames.ToPicture(given);
        CameraFrame frame = plain is null ? given : plain.Frame;
        long decoded = Stopwatch.GetTimestamp();
        Inspected?.Mask.CheckShape(frame);
        int length = preprocessor.Length;
        byte[] pixels = ArrayPool<byte>.Shared.Rent(Regions * length);
        try
        {
            for (int region = 0; region < Regions; region++)
            {
                cancellation.ThrowIfCancellationRequested();
                Span<byte> input = pixels.AsSpan(region * length, length); // (3, size, size)
                preprocessor.PrepareQuery(tiling is null ? frame : tiling.Cut(frame, region), input);
                Inspected?.Paint(input);
            }
        }
        catch
        {
            ArrayPool<byte>.Shared.Return(pixels);
            throw;
        }
        TimeSpan decode = Stopwatch.GetElapsedTime(start, decoded), prepare = Stopwatch.GetElapsedTime(decoded);
        return new PreparedPicture(this, pixels, Regions * length, frame.Width, frame.Height, decode, prepare)
        {
            Warning = warning,
            PlainName = FrameRows.IsPlain(frame) ? given.Name : null,
        };
    }

    /// <summary>Scores a picture's features, one a region.</summary>
    public Prediction Score(EncodedPicture picture, CancellationToken cancellation)
    {
        long start = Stopwatch.GetTimestamp();
        (PictureScores scores, float? distance, AnomalyMap map) =
            tiled is null ? ScoreWhole(picture.Regions[0], cancellation) : ScoreTiles(picture.Regions, tiled, cancellation);
        bool isUnfamiliar = distance is { } far && good!.Get(cancellation).Standardize(far) > FarthestOnAverage;
        PredictionTimings timings = picture.Timings with { Score = picture.Timings.Score + Stopwatch.GetElapsedTime(start) };
        return new Prediction(scores.Image, scores.Textual, scores.Visual, map, picture.Width, picture.Height, timings)
        {
            GoodPeak = Detector.Metadata.GoodPeak,
            GoodLevel = Detector.Scoring.Fusion == ScoreFusion.CommonScale ? 0.5f : 0,
            Limits = Detector.Limits,
            Feedbacks = Detector.FeedbackHistory,
            IsLearned = picture.IsLearned,
            IsReference = picture.IsReference,
            Inspected = Inspected?.Map ?? default,
            MeanDistance = distance ?? 0,
            IsUnfamiliar = isUnfamiliar,
            Warnings = picture.Warnings,
            PlainName = picture.PlainName,
        };
    }

    /// <summary>The score that a picture has with another memory.</summary>
    public float ScoreWith(MemoryBank bank, PictureFeatures features, CancellationToken cancellation) =>
        Scorer.Score(features, bank.VisualMap(features.Memory, cancellation)).Image;

    /// <summary>
    /// How far good patches are from the memory: as the scale has it, else how far the remembered ones are from each other.
    /// </summary>
    /// <exception cref="InvalidOperationException">The detector has no memory.</exception>
    public MeanAndDeviation GoodDistance(CancellationToken cancellation) =>
        good is null ? throw new InvalidOperationException("The detector has no memory.") : good.Get(cancellation);

    /// <summary>How far a picture's inspected patches are from the memory, on average.</summary>
    /// <param name="distances">Of all its patches.</param>
    public float MeanDistance(float[] distances)
    {
        float[] looked = Inspected?.Select(distances) ?? distances;
        return TensorPrimitives.Sum<float>(looked) / looked.Length;
    }

    private (PictureScores Scores, float? Distance, AnomalyMap Map) ScoreWhole(
        PictureFeatures features, CancellationToken cancellation)
    {
        PictureScores scores = Scorer.Score(features, Detector.Memory?.VisualMap(features.Memory, cancellation));
        int size = Detector.Scoring.MapSize;
        float? distance = scores.VisualMap is { } distances ? MeanDistance(distances) : null;
        return (scores, distance, new AnomalyMap(size, size, Scorer.Map(scores)));
    }

    private (PictureScores Scores, float? Distance, AnomalyMap Map) ScoreTiles(
        PictureFeatures[] tiles, TiledScorer reader, CancellationToken cancellation)
    {
        IReadOnlyList<MemoryBank> banks = Detector.Banks;
        PictureScores[] scores =
        [
            .. tiles.Select((features, tile) =>
                reader.Tile.Score(features, banks.Count > 0 ? banks[tile].VisualMap(features.Memory, cancellation) : null)),
        ];
        float? distance = banks.Count > 0 ? scores.Average(tile => MeanDistance(tile.VisualMap!)) : null;
        return (TiledScorer.Highest(scores), distance, new AnomalyMap(reader.Width, reader.Height, reader.Map(scores)));
    }

    /// <summary>How far good patches are from a memory. Found once, because it is expensive and asked for with each picture.</summary>
    private sealed class GoodDistances(MemoryBank bank, MeanAndDeviation? known)
    {
        private volatile object? found = known;

        public MeanAndDeviation Get(CancellationToken cancellation)
        {
            object spread = found ?? MeanAndDeviation.Of(bank.OwnMap(bank.Rows, cancellation));
            found = spread;
            return (MeanAndDeviation)spread;
        }
    }
}
