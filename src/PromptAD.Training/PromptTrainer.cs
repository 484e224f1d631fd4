using System.Reflection;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using PromptAD.Decisions;
using PromptAD.Detectors;
using PromptAD.Encoders;
using PromptAD.Imaging;
using PromptAD.Memory;
using PromptAD.Scoring;
using PromptAD.Training.Prompts;
using PromptAD.Words;

namespace PromptAD.Training;

/// <summary>
/// Trains a detector for one product from one or more pictures of good parts: add the pictures, then call <see cref="Train"/>. Not for
/// several threads at once.
/// </summary>
public sealed partial class PromptTrainer
{
    private readonly Backbone backbone;
    private readonly TrainingOptions options;
    private readonly Preprocessor preprocessor;
    private readonly FeatureRows features;
    private readonly ScoringOptions scoring;
    private readonly PictureMask? mask;
    private readonly InspectedPatches? inspected;
    private readonly ShotEncoder shotEncoder;
    private readonly HashSet<string> added = []; // hashes of the good pictures' pixels
    private readonly List<PictureFeatures> good = [];
    private readonly List<PictureFeatures> moved = []; // other views of each good picture, for the memory
    private readonly List<PictureFeatures> varied = []; // the good pictures in other places and lights, for the scale
    private readonly List<PictureFeatures[]> gentle = []; // gentle variations of each good picture, for the memory's whitening
    private readonly List<PictureFeatures[]> judged = []; // the good pictures and gentle variations as they would be judged, for the limits

    /// <param name="backbone">The frozen backbone; stays with the caller and must outlive the trainer and its detectors.</param>
    /// <param name="objectName">What the product is called in a sentence, such as "metal nut"; English works best with CLIP.</param>
    /// <param name="options">How to train; null for <see cref="TrainingOptions.Recommended"/>.</param>
    /// <exception cref="PromptADException">
    /// An option is out of range, the name is empty or too long, or the application lacks libtorch; the message names the package to add.
    /// </exception>
    public PromptTrainer(Backbone backbone, string objectName, TrainingOptions? options = null)
    {
        this.backbone = backbone;
        this.options = options ?? TrainingOptions.Recommended;
        this.options.Validate();
        ObjectName = PromptWords.ValidateObject(objectName);
        NativeLibraries.Load(); // what is missing is told before the first picture is encoded
        preprocessor = new Preprocessor(backbone.Encoder.InputSize, this.options.Preprocessing);
        depth = new BitDepth(this.options.Preprocessing.SignificantBits, Measures: true);
        scoring = this.options.Scoring.For(backbone.Configuration.Scoring);
        shotEncoder = new ShotEncoder(backbone, this.options, inspected: null);
        features = new FeatureRows();
        tiles = [.. Enumerable.Range(0, this.options.Tiles?.Count ?? 0).Select(_ => new TileShots())];
        poses = this.options.Poses is { } asked ? new PoseMemory(asked, backbone.Encoder) : null;
    }

    /// <summary>What the product is called.</summary>
    public string ObjectName { get; }

    /// <summary>The anomaly states, {} for the object. Replace them, or add words of your own with <see cref="AddState"/>.</summary>
    public IList<string> States { get; } = [.. PublishedPrompts.CommonStates];

    /// <summary>The number of different pictures added so far: k, the shotEncoder.</summary>
    public int Shots => features.Images / Math.Max(1, tiles.Length);

    /// <summary>Which places of pictures are inspected; all of them by default. The pictures must have the mask's shape.</summary>
    /// <exception cref="PromptADException">
    /// The mask leaves no patch to inspect, or poses are asked for, which turn it away from its place, or tiles.
    /// </exception>
    public PictureMask? Mask
    {
        get => mask;
        init
        {
            if (value is not null && poses is not null)
                throw new PromptADException(
                    Problem.InvalidArgument,
                    "A mask stays in its place when poses turn pictures; use a mask or poses, not both.");
            if (value is not null && tiles.Length > 0)
                throw new PromptADException(Problem.InvalidArgument, "A mask does not go with tiles; use a mask or tiles, not both.");
            // As the detector file will have it, so that learning and judging see the same.
            mask = value?.OnSquare(scoring.MapSize);
            inspected = mask is null
                ? null
                : new InspectedPatches(mask, backbone.Encoder, scoring.MapSize);
            shotEncoder = new ShotEncoder(backbone, options, inspected);
        }
    }

    /// <summary>
    /// Rates the detector that a level's prompts would make after an epoch; needed by <see cref="EpochSelection.Best"/> (mark Q7) and asked
    /// after every epoch. While the image level is learned, its prompts stand in for those of the pixel level.
    /// </summary>
    public Func<AnomalyDetector, PromptLevel, double>? EpochScore { get; set; }

    /// <summary>Where the contexts' first values come from; by default N(0, 0.02²) from the seed.</summary>
    internal InitialContexts? Contexts { get; set; }

    /// <summary>Adds an anomaly state in words: "scratch" means "{} with scratch"; {} stands for the object, as in "bent {}".</summary>
    /// <exception cref="PromptADException">The words are empty or not fit for a prompt.</exception>
    public void AddState(string state) => States.Add(PromptWords.CompleteState(state));

    /// <summary>Adds a picture file of a good part.</summary>
    /// <param name="path">The file.</param>
    /// <param name="cancellation">Stops as of a raw frame; a file that is being read or decoded is left behind.</param>
    /// <returns>As of a raw frame.</returns>
    /// <exception cref="PromptADException">
    /// The file cannot be read, is no picture, is damaged, or has too many pixels; or as of a raw frame.
    /// </exception>
    /// <exception cref="OperationCanceledException">The token was cancelled, and nothing was added.</exception>
    public bool AddGood(string path, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(path);
        return AddGood(
            (depth, stop) => PictureDecoder.Decode(path, options.Preprocessing.MaxPicturePixels, depth, stop), isHeld: false, cancellation);
    }

    /// <summary>Adds an encoded picture of a good part, from the stream's position to its end. The stream stays open.</summary>
    /// <param name="stream">The stream; it need not be able to seek.</param>
    /// <param name="cancellation">Stops as of a raw frame; a read that is under way in the stream is waited for.</param>
    /// <returns>As of a raw frame.</returns>
    /// <exception cref="PromptADException">The stream cannot be read or holds no picture that can be; or as of a raw frame.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled, and nothing was added.</exception>
    public bool AddGood(Stream stream, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(stream);
        return AddGood(PictureDecoder.ReadAll(stream, options.Preprocessing.MaxPicturePixels, cancellation), cancellation);
    }

    /// <summary>Adds an encoded picture of a good part.</summary>
    /// <param name="encoded">The bytes of a picture file.</param>
    /// <param name="cancellation">Stops as of a raw frame.</param>
    /// <returns>As of a raw frame.</returns>
    /// <exception cref="PromptADException">The bytes hold no picture that can be read; or as of a raw frame.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled, and nothing was added.</exception>
    public bool AddGood(ReadOnlySpan<byte> encoded, CancellationToken cancellation = default)
    {
        cancellation.ThrowIfCancellationRequested();
        return AddGood(kept: encoded.ToArray(), cancellation);
    }

    /// <summary>Adds a raw camera frame of a good part.</summary>
    /// <param name="frame">The frame.</param>
    /// <param name="cancellation">Stops within half a second, in the middle of an encoding if need be.</param>
    /// <returns>
    /// false where the very same picture was added before, pixel by pixel as the encoder sees it: it counts once, because it would say of
    /// itself that good parts do not differ at all.
    /// </returns>
    /// <exception cref="PromptADException">
    /// It has one colour all over, another shape than the mask, fewer than 8 pixels along a side or other significant bits than the others,
    /// or is too small for the tiles.
    /// </exception>
    /// <exception cref="OperationCanceledException">The token was cancelled, and nothing was added.</exception>
    public bool AddGood(in CameraFrame frame, CancellationToken cancellation = default)
    {
        cancellation.ThrowIfCancellationRequested();
        using Picture? plain = BayerFrames.ToPicture(frame);
        return Add(plain is null ? frame : plain.Frame, depth.With(frame), source: null, cancellation);
    }

    private bool Learn(in CameraFrame frame, CancellationToken cancellation)
    {
        if (tiles.Length > 0) return AddTiles(frame, cancellation);
        byte[] image = new byte[preprocessor.Length]; // (3, size, size)
        preprocessor.PrepareReference(frame, image);
        // Painted before it is moved, so that nothing from outside the mask comes into the memory or the limits.
        byte[] seen = shotEncoder.Painted(image);
        string hash = HashOf(seen);
        if (added.Contains(hash)) return false;
        PictureFeatures encoded = shotEncoder.Encode(seen, cancellation), picture = shotEncoder.Keep(encoded);
        // All is computed before anything is kept, so that a picture is added as a whole or not at all.
        PictureFeatures[] shifted = shotEncoder.Shifted(seen, cancellation);
        PictureFeatures[] variations = scoring.Fusion == ScoreFusion.CommonScale ? shotEncoder.Varied(image, cancellation) : [];
        bool isSource = options.Limits is not null && judged.Count < LeftOutScores.MostSources;
        double aspect = (double)frame.Width / frame.Height;
        PictureFeatures[] changed = scoring.WhitenMemory == true ? shotEncoder.Gentle(seen, cancellation) : [];
        PictureFeatures[] alike = [.. changed.Select(shotEncoder.Keep)];
        PictureFeatures[] queries = isSource ? shotEncoder.Judged(seen, encoded, aspect, changed, cancellation) : [];
        PictureFeatures? others =
            poses?.Choose(picture, [.. shifted, .. alike], Views(seen, aspect, cancellation), cancellation);
        good.Add(picture);
        features.Add(picture);
        moved.AddRange([.. shifted, .. alike]);
        if (others is not null) posed.Add(others);
        varied.AddRange(variations);
        gentle.Add(alike);
        if (isSource) judged.Add(queries);
        return added.Add(hash);
    }

    /// <summary>
    /// Learns the prompts of both levels and returns the detector. The result depends on the pictures, the options and the seed alone.
    /// </summary>
    /// <param name="progress">Told after every epoch.</param>
    /// <param name="cancellation">Stops within half a second, whatever is being done.</param>
    /// <exception cref="PromptADException">No picture was added, a prompt is too long, or the loss diverged.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public AnomalyDetector Train(IProgress<TrainingProgress>? progress = null, CancellationToken cancellation = default)
    {
        if (Shots == 0) throw new PromptADException(
            Problem.Missing,
            "No picture of a good part was added; add at least one, one to four are usual.");
        if (States.Count == 0) throw new PromptADException(
            Problem.InvalidArgument,
            "There is no anomaly state; add at least one, such as \"damaged {}\".");
        if (options.EpochSelection == EpochSelection.Best && EpochScore is null)
            throw new PromptADException(
                Problem.InvalidArgument,
                "EpochSelection is Best, which needs EpochScore; set it, or use EpochSelection.Last.");
        using var encoder = new TextEncoder(backbone.Configuration, backbone.TextWeightsPath, cancellation);
        float temperature = encoder.Temperature(options.Scoring.LogitScale);
        InitialContexts contexts = Contexts ?? InitialContext.Random(options.Seed);
        var run = new TrainingRun(backbone, encoder, options, contexts, ObjectName, [.. States], features.Images, temperature);
        if (tiles.Length > 0)
        {
            (Prototypes ofImages, Prototypes ofPixels) = run.Learn(features.Cls(), features.Tokens(), null, progress, cancellation);
            return FinishTiles(ofImages, ofPixels, temperature, cancellation);
        }
        IReadOnlyList<Whitening>? whitenings =
            scoring.WhitenMemory == true ? MemoryFitting.Whiten(good, gentle, Widths, cancellation) : null;
        MemoryBank bank = MemoryFitting.Fit(good, Remembered, Widths, whitenings, TapWeights, cancellation);
        // Other poses of a picture are the picture itself, from which nothing is to be learned about distances to others.
        MemoryBank unturned = poses is null ? bank : MemoryFitting.With(bank, [.. good, .. moved], cancellation);
        float[] tokens = features.Tokens();
        AnomalyDetector Detector(Prototypes image, Prototypes pixel)
        {
            ScoreScale? scale =
                varied.Count > 0 ? PictureScorer.ScaleOf(image, pixel, unturned, temperature, varied, cancellation) : null;
            var scorer = new PictureScorer(Grid, image, pixel, temperature, scoring, scale, inspected);
            float peak = scorer.GoodPeak(tokens, Shots, bank, cancellation);
            var learned = new WordPrototypes(image, pixel);
            return new(new PromptAD.Detector(Describe(temperature, peak, scale), learned, [bank]), backbone, ownsBackbone: false);
        }

        double Rate(Prototypes image, Prototypes pixel, PromptLevel level) => EpochScore!(Detector(image, pixel), level);
        bool best = options.EpochSelection == EpochSelection.Best;
        (Prototypes image, Prototypes pixel) = run.Learn(features.Cls(), tokens, best ? Rate : null, progress, cancellation);
        AnomalyDetector detector = Detector(image, pixel);
        if (options.Limits is { } limits)
        {
            detector.SetLimits(new GoodScores(LeftOut().Of(judged, detector.Scorer, bank, cancellation), []), limits);
        }
        return detector;
    }

    private static string HashOf(ReadOnlySpan<byte> pixels) => Convert.ToHexStringLower(SHA256.HashData(pixels));

    private LeftOutScores LeftOut() => new(good, Remembered, inspected);

    private IReadOnlyList<float>? TapWeights => backbone.Encoder.Weights;

    private IReadOnlyList<int> Widths => backbone.Encoder.Widths;

    private PatchGrid Grid => backbone.Encoder.Grid;

    private DetectorMetadata Describe(float temperature, float goodPeak, ScoreScale? scale)
    {
        DetectorMetadata metadata = MetadataOf(temperature, goodPeak, scale);
        return metadata with { Format = metadata.LowestFormat };
    }

    private DetectorMetadata MetadataOf(float temperature, float goodPeak, ScoreScale? scale) => new()
    {
        Format = DetectorMetadata.FirstFormat,
        BackboneId = backbone.Id,
        BackboneHash = backbone.Hash,
        GeneratedBackbone = backbone.IsGenerated,
        ObjectName = ObjectName,
        States = [.. States],
        Shots = Shots,
        Seed = options.Seed,
        Temperature = temperature,
        GoodPeak = goodPeak,
        Preprocessing = options.Preprocessing with { SignificantBits = depth.Bits },
        Scoring = scoring,
        Scale = scale,
        Tiles = options.Tiles,
        Mask = mask is null ? null : MaskRecord.Of(mask, scoring.MapSize),
        Training = JsonSerializer.SerializeToElement(options, TrainingJson.Default.TrainingOptions),
        Created = DateTimeOffset.UtcNow,
        Program = $"PromptAD {Version}",
    };

    private static string? Version =>
        typeof(PromptTrainer).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion;
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, UseStringEnumConverter = true)]
[JsonSerializable(typeof(TrainingOptions))]
internal sealed partial class TrainingJson : JsonSerializerContext;
