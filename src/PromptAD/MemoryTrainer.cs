using PromptAD.Decisions;
using PromptAD.Encoders;
using PromptAD.Imaging;
using PromptAD.Memory;
using PromptAD.Words;

namespace PromptAD;

/// <summary>
/// Trains a detector without words for one product: add pictures of good parts, then call <see cref="Train(CancellationToken)"/>. It judges
/// by its memory of good patches alone, and needs no libtorch. <c>PromptTrainer</c> learns words, too. Not for several threads at once.
/// </summary>
public sealed partial class MemoryTrainer
{
    private readonly Backbone backbone;
    private readonly MemoryTrainingOptions options;
    private readonly Preprocessor preprocessor;
    private readonly ScoringOptions scoring;
    private readonly PictureMask? mask;
    private readonly InspectedPatches? inspected;
    private MemoryBuilder memory;

    /// <param name="backbone">The backbone; stays with the caller and must outlive the trainer and its detectors.</param>
    /// <param name="objectName">What the product is called, such as "metal nut".</param>
    /// <param name="options">How to train; null for the defaults.</param>
    /// <exception cref="PromptADException">An option is out of range, or the name is empty.</exception>
    public MemoryTrainer(Backbone backbone, string objectName, MemoryTrainingOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(backbone);
        ArgumentNullException.ThrowIfNull(objectName);
        this.backbone = backbone;
        this.options = options ?? new MemoryTrainingOptions();
        this.options.Validate();
        ObjectName = objectName.Trim();
        if (ObjectName.Length == 0)
            throw new PromptADException(Problem.OutOfRange, "The object name is empty; give words, such as \"metal nut\".");
        preprocessor = new Preprocessor(backbone.Encoder.InputSize, this.options.Preprocessing);
        depth = new BitDepth(this.options.Preprocessing.SignificantBits, Measures: true);
        scoring = this.options.Scoring.For(backbone.ScoringDefaults);
        memory = NewMemory();
    }

    /// <summary>What the product is called.</summary>
    public string ObjectName { get; }

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
            {
                throw new PromptADException(
                    Problem.InvalidArgument, "A mask stays in its place when poses turn pictures; use a mask or poses, not both.");
            }
            if (value is not null && options.Tiles is not null)
                throw new PromptADException(Problem.InvalidArgument, "A mask does not go with tiles; use a mask or tiles, not both.");
            // As the detector file will have it, so that learning and judging see the same.
            mask = value?.OnSquare(scoring.MapSize);
            inspected = mask is null ? null : new InspectedPatches(mask, backbone.Encoder, scoring.MapSize);
            memory = NewMemory();
        }
    }

    /// <summary>The features of what was added, inspected patches alone: picture after picture, and region after region of each.</summary>
    /// <exception cref="PromptADException">No picture was added.</exception>
    public IReadOnlyList<PictureFeatures> Features
    {
        get
        {
            CheckShots();
            return [.. memory.Regions.Select(region => region.Itself)];
        }
    }

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
        Kind = options.Memory,
        ExplainedVariance = options.ExplainedVariance ?? MemoryTrainingOptions.UsualExplainedVariance,
        Poses = options.Poses,
        Inspected = inspected,
        Tiles = options.Tiles,
        MostRows = options.MemoryRows ?? MemoryTrainingOptions.UsualMemoryRows,
        QueryChannels = options.Preprocessing.QueryChannels,
        JudgedPictures = options.Limits is null ? 0 : LeftOutPictures.MostSources,
        KeepsVariations = options.Tiles is null, // of tiles there may be hundreds
    });

    /// <summary>Returns the detector. It depends on the pictures and the options alone.</summary>
    /// <param name="cancellation">Stops within half a second, whatever is being done.</param>
    /// <exception cref="PromptADException">No picture was added, or the backbone is two.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public AnomalyDetector Train(CancellationToken cancellation = default)
    {
        if (backbone.MemoryBackbone is { } memoryAlone)
        {
            throw new PromptADException(
                Problem.InvalidArgument, $"A detector without words has one backbone; train it with '{memoryAlone.Id}' alone.");
        }
        return Finish(words: null, BuildMemory(cancellation), options.Limits, painter: null, cancellation);
    }

    /// <summary>The memory of each region, of all pictures added so far: one region, or one for each tile.</summary>
    /// <param name="cancellation">Stops within half a second, whatever is being done.</param>
    /// <exception cref="PromptADException">No picture was added.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public IReadOnlyList<RegionMemory> BuildMemory(CancellationToken cancellation = default)
    {
        CheckShots();
        return memory.Build(cancellation);
    }

    /// <summary>Returns the detector that words make with a memory.</summary>
    /// <param name="words">Words that were learned from <see cref="Features"/>.</param>
    /// <param name="regions">What <see cref="BuildMemory"/> has made of the same pictures.</param>
    /// <param name="limits">Where the limits of verdicts are to lie; null for none.</param>
    /// <param name="painter">
    /// Paints the defects that words are weighed by, where <see cref="ScoringOptions.TextWeight"/> is null on a common scale; null to leave
    /// their weight to the backbone.
    /// </param>
    /// <param name="cancellation">Stops within half a second, whatever is being done.</param>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public AnomalyDetector Train(
        LearnedWords words,
        IReadOnlyList<RegionMemory> regions,
        LimitOptions? limits,
        IDefectPainter? painter = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(words);
        ArgumentNullException.ThrowIfNull(regions);
        return Finish(words, regions, limits, painter, cancellation);
    }

    private void CheckShots()
    {
        if (Shots > 0) return;
        throw new PromptADException(
            Problem.Missing, "No picture of a good part was added; add at least one, one to four are usual.");
    }
}
