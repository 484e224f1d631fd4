using System.Collections.Concurrent;
using System.Diagnostics;
using PromptAD.Decisions;
using PromptAD.Encoders;
using PromptAD.Imaging;
using PromptAD.Scoring;

namespace PromptAD;

/// <summary>
/// Finds defects in pictures of one product: a <see cref="PromptAD.Detector"/> on its encoder. Made by <c>PromptTrainer</c> or loaded from
/// a file. Safe to use from several threads at once: a prediction judges from the version of the detector that is current when it begins,
/// and never mixes two. Dispose it when done: predictions under way finish, later ones throw <see cref="ObjectDisposedException"/>. Picture
/// files may be PNG, JPEG, BMP, WebP, GIF (first frame) or TIFF (first full page, 8 or 16 bit); the orientation that a camera noted (EXIF)
/// is applied.
/// </summary>
public sealed partial class AnomalyDetector : IDisposable
{
    private volatile Predictor predictor; // replaced as a whole when the detector changes
    private readonly Backbone backbone;
    private readonly bool ownsBackbone;
    private readonly ConcurrentBag<PictureFeatures> spare = []; // as many as predictions ever ran at once
    private long maxPicturePixels;
    private int significantBits; // 0 for none
    private volatile bool disposed;

    internal AnomalyDetector(Detector detector, Backbone backbone, bool ownsBackbone)
    {
        this.backbone = backbone;
        this.ownsBackbone = ownsBackbone;
        predictor = new Predictor(detector, backbone.Encoder);
        maxPicturePixels = detector.Info.Preprocessing.MaxPicturePixels;
        significantBits = detector.Info.Preprocessing.SignificantBits ?? 0;
    }

    /// <summary>
    /// The detector as it is now, a value that does not change: calibration, feedback and moved limits put another in its place.
    /// </summary>
    public Detector Detector => predictor.Detector;

    /// <summary>What the detector is and how it was made.</summary>
    public DetectorInfo Info => Detector.Info;

    internal PictureScorer Scorer => predictor.Scorer;

    /// <summary>How the vision weights of its backbone are stored and computed with.</summary>
    public BackbonePrecision Precision => backbone.Precision;

    /// <summary>Judges a picture file: PNG, JPEG, BMP, WebP, GIF or TIFF.</summary>
    /// <exception cref="PromptADException">
    /// The file cannot be read, is no picture, is damaged or has too many pixels; or as of a raw frame.
    /// </exception>
    public Prediction Predict(string path) => Predict(path, CancellationToken.None);

    /// <summary>The same, until it is cancelled.</summary>
    /// <param name="path">A picture file.</param>
    /// <param name="cancellation">Stops within half a second, whatever is being done.</param>
    /// <exception cref="PromptADException">As above.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public Prediction Predict(string path, CancellationToken cancellation)
    {
        using PreparedPicture prepared = Prepare(path, cancellation);
        return Judge(prepared, cancellation);
    }

    /// <summary>Judges an encoded picture from the stream's position to its end. The stream stays open.</summary>
    /// <exception cref="PromptADException">
    /// The stream cannot be read or holds no picture that can be; or as of a raw frame.
    /// </exception>
    public Prediction Predict(Stream stream) => Predict(stream, CancellationToken.None);

    /// <summary>The same, until it is cancelled; a read that is under way in the stream is waited for.</summary>
    /// <param name="stream">The stream; it need not be able to seek.</param>
    /// <param name="cancellation">Stops within half a second.</param>
    /// <exception cref="PromptADException">As above.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public Prediction Predict(Stream stream, CancellationToken cancellation)
    {
        using PreparedPicture prepared = Prepare(stream, cancellation);
        return Judge(prepared, cancellation);
    }

    /// <summary>Judges an encoded picture in memory.</summary>
    /// <exception cref="PromptADException">The bytes hold no picture that can be read; or as of a raw frame.</exception>
    public Prediction Predict(ReadOnlySpan<byte> encoded)
    {
        long start = Stopwatch.GetTimestamp();
        using Picture picture = PictureDecoder.Decode(encoded, MaxPicturePixels, Depth);
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

    /// <summary>The same, until it is cancelled.</summary>
    /// <param name="frame">The frame.</param>
    /// <param name="cancellation">Stops between two operators of the encoder.</param>
    /// <exception cref="PromptADException">As above.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public Prediction Predict(in CameraFrame frame, CancellationToken cancellation)
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
        using Picture picture = PictureDecoder.Decode(path, MaxPicturePixels, Depth, cancellation);
        return Prepare(picture.Frame, start, picture.Warning, cancellation);
    }

    private PreparedPicture Prepare(Stream stream, CancellationToken cancellation)
    {
        long start = Stopwatch.GetTimestamp();
        using Picture picture = PictureDecoder.Decode(stream, MaxPicturePixels, Depth, cancellation);
        return Prepare(picture.Frame, start, picture.Warning, cancellation);
    }

    /// <param name="frame">The picture.</param>
    /// <param name="start">When its decoding began.</param>
    /// <param name="warning">What its file should be warned of; null for nothing.</param>
    /// <param name="cancellation">Stops between two tiles.</param>
    private PreparedPicture Prepare(
        in CameraFrame frame, long start, Diagnostic? warning = null, CancellationToken cancellation = default)
    {
        ObjectDisposedException.ThrowIf(disposed, this);
        _ = Depth.With(frame);
        return predictor.Prepare(frame, start, warning, cancellation);
    }

    private EncodedPicture Encode(PreparedPicture picture, CancellationToken cancellation)
    {
        long start = Stopwatch.GetTimestamp();
        TimeSpan encode = default;
        Predictor from = picture.Predictor;
        var regions = new PictureFeatures[from.Regions];
        try
        {
            for (int region = 0; region < regions.Length; region++)
            {
                long begun = Stopwatch.GetTimestamp();
                int length = from.Preprocessor.Length;
                ReadOnlySpan<byte> pixels = picture.Pixels.Slice(region * length, length);
                regions[region] = spare.TryTake(out PictureFeatures? features) ? features : PictureFeatures.Room(backbone.Encoder);
                backbone.OpenEncoder(cancellation).Encode(pixels, regions[region], cancellation);
                encode += Stopwatch.GetElapsedTime(begun);
            }
        }
        catch
        {
            GiveBack(regions);
            throw;
        }
        bool isLearned = FalseRejects.HasLearned(from.Detector, picture.Pixels);
        bool isReference = References.Has(from.Detector, picture.Pixels);
        var timings = new PredictionTimings(picture.Decode, picture.Prepare, encode, Stopwatch.GetElapsedTime(start) - encode);
        return new EncodedPicture(from, regions, picture.Width, picture.Height, timings, isLearned, isReference)
        {
            Warnings = picture.Warnings,
            PlainName = picture.PlainName,
        };
    }

    private Prediction Score(EncodedPicture picture, CancellationToken cancellation)
    {
        try
        {
            return picture.Predictor.Score(picture, cancellation) with { MaxPicturePixels = MaxPicturePixels, Depth = Depth };
        }
        finally
        {
            GiveBack(picture.Regions);
        }
    }

    private void GiveBack(PictureFeatures?[] regions)
    {
        foreach (PictureFeatures? features in regions) if (features is not null) spare.Add(features);
    }
}
