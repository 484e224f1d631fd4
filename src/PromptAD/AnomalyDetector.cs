using System.Buffers;
using System.Collections.Concurrent;
using System.Diagnostics;
using PromptAD.Detectors;
using PromptAD.Encoders;
using PromptAD.Imaging;
using PromptAD.Memory;
using PromptAD.Scoring;

namespace PromptAD;

/// <summary>
/// Finds defects in pictures of one product. Made by <c>PromptTrainer</c> or loaded from a file. Safe to use from several threads at once.
/// Dispose it when done: predictions under way finish, later ones throw <see cref="ObjectDisposedException"/>. Picture files may be PNG,
/// JPEG, BMP, WebP, GIF (first frame) or TIFF (first full page, 8 or 16 bit); the orientation that a camera noted (EXIF) is applied.
/// </summary>
public sealed partial class AnomalyDetector : IDisposable
{
    private volatile DetectorModel model; // replaced as a whole when limits change
    private readonly Backbone backbone;
    private readonly bool ownsBackbone;
    private readonly Preprocessor preprocessor;
    private readonly PictureScorer scorer;
    private readonly InspectedPatches? inspected;
    private readonly Tiling? tiling;
    private readonly TiledScorer? tiled; // null where pictures are judged as a whole
    private readonly ConcurrentBag<PictureFeatures> spare = []; // as many as predictions ever ran at once
    private long pixelLimit;
    private int significantBits; // 0 for none
    private volatile bool disposed;

    internal AnomalyDetector(DetectorModel model, Backbone backbone, bool ownsBackbone)
    {
        this.model = model;
        this.backbone = backbone;
        this.ownsBackbone = ownsBackbone;
        preprocessor = new Preprocessor(backbone.Encoder.InputSize, model.Metadata.Preprocessing);
        DetectorMetadata metadata = model.Metadata;
        PatchGrid grid = backbone.Encoder.Grid;
        inspected = metadata.Mask is { } mask
            ? new InspectedPatches(mask.ToMask(), backbone.Encoder, metadata.Scoring.MapSize)
            : null;
        scorer = new PictureScorer(grid, model.Image, model.Pixel, metadata.Temperature, metadata.Scoring, metadata.Scale, inspected);
        tiling = metadata.Tiles;
        tiled = tiling is null
            ? null
            : new TiledScorer(tiling, grid, model.Image, model.Pixel, metadata.Temperature, metadata.Scoring, metadata.Scale);
        pixelLimit = metadata.Preprocessing.PixelLimit;
        significantBits = metadata.Preprocessing.SignificantBits ?? 0;
    }

    /// <summary>What the detector is and how it was made.</summary>
    public DetectorInfo Info => DetectorInfo.From(model);

    internal PictureScorer Scorer => scorer;

    internal BackbonePrecision Precision => backbone.Precision;

    /// <summary>Judges a picture file: PNG, JPEG, BMP, WebP, GIF or TIFF.</summary>
    /// <exception cref="PromptADException">
    /// The file cannot be read, is no picture, is damaged or has too many pixels; or as of a raw frame.
    /// </exception>
    public Prediction Predict(string path) => Predict(path, CancellationToken.None);

    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    internal Prediction Predict(string path, CancellationToken cancellation)
    {
        using PreparedPicture prepared = Prepare(path, cancellation);
        return Judge(prepared, cancellation);
    }

    /// <summary>Judges an encoded picture from the stream's position to its end. The stream stays open.</summary>
    /// <exception cref="PromptADException">
    /// The stream cannot be read or holds no picture that can be; or as of a raw frame.
    /// </exception>
    public Prediction Predict(Stream stream)
    {
        using PreparedPicture prepared = Prepare(stream, CancellationToken.None);
        return Judge(prepared, CancellationToken.None);
    }

    /// <summary>Judges an encoded picture in memory.</summary>
    /// <exception cref="PromptADException">The bytes hold no picture that can be read; or as of a raw frame.</exception>
    public Prediction Predict(ReadOnlySpan<byte> encoded)
    {
        long start = Stopwatch.GetTimestamp();
        using Picture picture = PictureDecoder.Decode(encoded, PixelLimit, Depth);
        using PreparedPicture prepared = Prepare(picture.Frame, start, picture.Warning);
        return Judge(prepared, CancellationToken.None);
    }

    /// <summary>Judges a raw camera frame. Its pixels are resized straight from the caller's memory.</summary>
    /// <exception cref="PromptADException">
    /// It has fewer than 8 pixels along a side, another shape than the detector's mask or other significant bits than it was trained with,
    /// is too small for its tiles, or the encoder cannot be run.
    /// </exception>
    /// <exception cref="ObjectDisposedException">The detector has been disposed.</exception>
    public Prediction Predict(in CameraFrame frame) => Predict(frame, CancellationToken.None);

    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    internal Prediction Predict(in CameraFrame frame, CancellationToken cancellation)
    {
        using PreparedPicture prepared = Prepare(frame, Stopwatch.GetTimestamp(), warning: null, cancellation);
        return Judge(prepared, cancellation);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        disposed = true;
        if (ownsBackbone) backbone.Dispose();
    }

    private Prediction Judge(PreparedPicture prepared, CancellationToken cancellation) =>
        Score(Encode(prepared, cancellation), cancellation);

    private PreparedPicture Prepare(string path, CancellationToken cancellation)
    {
        long start = Stopwatch.GetTimestamp();
        using Picture picture = PictureDecoder.Decode(path, PixelLimit, Depth, cancellation);
        return Prepare(picture.Frame, start, picture.Warning, cancellation);
    }

    private PreparedPicture Prepare(Stream stream, CancellationToken cancellation)
    {
        long start = Stopwatch.GetTimestamp();
        using Picture picture = PictureDecoder.Decode(stream, PixelLimit, Depth, cancellation);
        return Prepare(picture.Frame, start, picture.Warning, cancellation);
    }

    /// <param name="given">The picture.</param>
    /// <param name="start">When its decoding began.</param>
    /// <param name="warning">What is to be said of its file; null for nothing.</param>
    /// <param name="cancellation">Stops between two tiles.</param>
    private PreparedPicture Prepare(
        in CameraFrame given, long start, string? warning = null, CancellationToken cancellation = default)
    {
        ObjectDisposedException.ThrowIf(disposed, this);
        _ = Depth.With(given);
        using Picture? plain = BayerFrames.ToPicture(given);
        CameraFrame frame = plain is null ? given : plain.Frame;
        long decoded = Stopwatch.GetTimestamp();
        inspected?.Mask.CheckShape(frame);
        int tiles = tiling?.Count ?? 1, length = preprocessor.Length;
        byte[] pixels = ArrayPool<byte>.Shared.Rent(tiles * length);
        try
        {
            for (int tile = 0; tile < tiles; tile++)
            {
                cancellation.ThrowIfCancellationRequested();
                Span<byte> input = pixels.AsSpan(tile * length, length); // (3, size, size)
                preprocessor.PrepareQuery(tiling is null ? frame : tiling.Cut(frame, tile), input);
                inspected?.Paint(input);
            }
        }
        catch
        {
            ArrayPool<byte>.Shared.Return(pixels);
            throw;
        }
        TimeSpan decode = Stopwatch.GetElapsedTime(start, decoded), prepare = Stopwatch.GetElapsedTime(decoded);
        return new PreparedPicture(pixels, tiles * length, frame.Width, frame.Height, decode, prepare)
        {
            Warning = warning,
            PlainName = FrameRows.IsPlain(frame) ? given.Name : null,
        };
    }

    private EncodedPicture Encode(PreparedPicture picture, CancellationToken cancellation)
    {
        long start = Stopwatch.GetTimestamp();
        TimeSpan encode = default;
        var tiles = new PictureFeatures[tiling?.Count ?? 1];
        try
        {
            for (int tile = 0; tile < tiles.Length; tile++)
            {
                long begun = Stopwatch.GetTimestamp();
                ReadOnlySpan<byte> pixels = picture.Pixels.Slice(tile * preprocessor.Length, preprocessor.Length);
                tiles[tile] = spare.TryTake(out PictureFeatures? features) ? features : PictureFeatures.Room(backbone.Encoder);
                backbone.OpenEncoder(cancellation).Encode(pixels, tiles[tile], cancellation);
                encode += Stopwatch.GetElapsedTime(begun);
            }
        }
        catch
        {
            GiveBack(tiles);
            throw;
        }
        var timings = new PredictionTimings(picture.Decode, picture.Prepare, encode, Stopwatch.GetElapsedTime(start) - encode);
        return new EncodedPicture(tiles, picture.Width, picture.Height, timings, IsLearned(picture.Pixels), IsKept(picture.Pixels))
        {
            Warnings = picture.Warnings,
            PlainName = picture.PlainName,
        };
    }

    private void GiveBack(PictureFeatures?[] tiles)
    {
        foreach (PictureFeatures? features in tiles) if (features is not null) spare.Add(features);
    }

    private Prediction Score(EncodedPicture picture, CancellationToken cancellation)
    {
        long start = Stopwatch.GetTimestamp();
        try
        {
            (PictureScores scores, float distance, AnomalyMap map) =
                tiled is null ? ScoreWhole(picture.Tiles[0], cancellation) : ScoreTiles(picture.Tiles, tiled, cancellation);
            PredictionTimings timings = picture.Timings with { Score = picture.Timings.Score + Stopwatch.GetElapsedTime(start) };
            return new Prediction(scores.Image, scores.Textual!.Value, scores.Visual!.Value, map, picture.Width, picture.Height, timings)
            {
                GoodPeak = model.Metadata.GoodPeak,
                GoodLevel = model.Metadata.Scoring.Fusion == ScoreFusion.CommonScale ? 0.5f : 0,
                Limits = model.Metadata.Limits,
                IsLearned = picture.IsLearned,
                Inspected = inspected?.Map ?? default,
                IsKept = picture.IsKept,
                MeanDistance = distance,
                IsUnfamiliar = GoodDistances(model.Memory, cancellation).Standardize(distance) > FarthestOnAverage,
                PixelLimit = PixelLimit,
                Depth = Depth,
                Warnings = picture.Warnings,
                PlainName = picture.PlainName,
            };
        }
        finally
        {
            GiveBack(picture.Tiles);
        }
    }

    private (PictureScores Scores, float Distance, AnomalyMap Map) ScoreWhole(
        PictureFeatures features, CancellationToken cancellation)
    {
        PictureScores scores = scorer.Score(features, model.Memory.VisualMap(features.Memory, cancellation));
        int size = model.Metadata.Scoring.MapSize;
        return (scores, MeanDistance(scores.VisualMap!), new AnomalyMap(size, size, scorer.Map(scores)));
    }

    private (PictureScores Scores, float Distance, AnomalyMap Map) ScoreTiles(
        PictureFeatures[] tiles, TiledScorer reader, CancellationToken cancellation)
    {
        IReadOnlyList<MemoryBank> banks = model.Banks;
        PictureScores[] scores =
        [
            .. tiles.Select((features, tile) =>
                reader.Tile.Score(features, banks[tile].VisualMap(features.Memory, cancellation))),
        ];
        float distance = scores.Average(tile => MeanDistance(tile.VisualMap!));
        return (TiledScorer.Highest(scores), distance, new AnomalyMap(reader.Width, reader.Height, reader.Map(scores)));
    }

    /// <summary>A picture's features, one a tile, which go back to the spare ones when they are scored.</summary>
    private sealed record EncodedPicture(
        PictureFeatures[] Tiles, int Width, int Height, PredictionTimings Timings, bool IsLearned, bool IsKept)
    {
        public IReadOnlyList<string> Warnings { get; init; } = [];

        public string? PlainName { get; init; }
    }
}
