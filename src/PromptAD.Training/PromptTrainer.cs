using System.Text.Json.Serialization;
using PromptAD.Decisions;
using PromptAD.Encoders;
using PromptAD.Imaging;
using PromptAD.Memory;
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
    private readonly ScoringOptions scoring;
    private readonly PictureMask? mask;
    private readonly InspectedPatches? inspected;
    private MemoryBuilder memory;

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
        memory = NewMemory();
    }

    /// <summary>What the product is called.</summary>
    public string ObjectName { get; }

    /// <summary>The anomaly states, {} for the object. Replace them, or add words of your own with <see cref="AddState"/>.</summary>
    public IList<string> States { get; } = [.. PublishedPrompts.CommonStates];

    /// <summary>The number of different pictures added so far: k, the shots.</summary>
    public int Shots => memory.Pictures;

    /// <summary>Which places of pictures are inspected; all of them by default. The pictures must have the mask's shape.</summary>
    /// <exception cref="PromptADException">
    /// The mask leaves no patch to inspect, or poses are asked for, which turn it away from its place, or tiles.
    /// </exception>
    public PictureMask? Mask
    {
        get => mask;
        init
        {
            if (value is not null && options.Poses is not null)
                throw new PromptADException(
                    Problem.InvalidArgument,
                    "A mask stays in its place when poses turn pictures; use a mask or poses, not both.");
            if (value is not null && options.Tiles is not null)
                throw new PromptADException(Problem.InvalidArgument, "A mask does not go with tiles; use a mask or tiles, not both.");
            // As the detector file will have it, so that learning and judging see the same.
            mask = value?.OnSquare(scoring.MapSize);
            inspected = mask is null
                ? null
                : new InspectedPatches(mask, backbone.Encoder, scoring.MapSize);
            memory = NewMemory();
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

    private bool Learn(in CameraFrame frame, CancellationToken cancellation) =>
        memory.Add(GoodPicture.Of(frame, options.Tiles, preprocessor, cancellation), cancellation);

    private MemoryBuilder NewMemory() => new(backbone.DeferredEncoder, new MemoryOptions(scoring)
    {
        Poses = options.Poses,
        Inspected = inspected,
        Tiles = options.Tiles,
        QueryChannels = options.Preprocessing.QueryChannels,
        JudgedPictures = options.Limits is null ? 0 : LeftOutPictures.MostSources,
        KeepsVariations = options.Tiles is null, // of tiles there may be hundreds
    });

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
        PictureFeatures[] good = [.. memory.Regions.Select(region => region.Itself)];
        var run = new TrainingRun(backbone, encoder, options, contexts, ObjectName, [.. States], good.Length, temperature);
        IReadOnlyList<RegionMemory>? regions = null; // made after the prompts are learned, unless epochs are rated
        AnomalyDetector With(Prototypes image, Prototypes pixel, LimitOptions? limits) =>
            Finish(image, pixel, temperature, regions ??= memory.Build(cancellation), limits, cancellation);
        double Rate(Prototypes image, Prototypes pixel, PromptLevel level) => EpochScore!(With(image, pixel, limits: null), level);
        (Prototypes image, Prototypes pixel) = run.Learn(
            [.. good.SelectMany(one => one.Cls)], [.. good.SelectMany(one => one.Tokens)],
            options.EpochSelection == EpochSelection.Best ? Rate : null, progress, cancellation);
        return With(image, pixel, options.Limits);
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, UseStringEnumConverter = true)]
[JsonSerializable(typeof(TrainingOptions))]
internal sealed partial class TrainingJson : JsonSerializerContext;
