using System.Text.Json;
using System.Text.Json.Serialization;
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
public sealed class PromptTrainer
{
    private readonly Backbone backbone;
    private readonly TrainingOptions options;
    private readonly MemoryTrainer memory;

    /// <param name="backbone">The frozen backbone; stays with the caller and must outlive the trainer and its detectors.</param>
    /// <param name="objectName">What the product is called in a sentence, such as "metal nut"; English works best with CLIP.</param>
    /// <param name="options">How to train; null for <see cref="TrainingOptions.Recommended"/>.</param>
    /// <exception cref="PromptADException">
    /// An option is out of range, the name is empty or too long, or the application lacks libtorch; the message names the package to add.
    /// </exception>
    public PromptTrainer(Backbone backbone, string objectName, TrainingOptions? options = null)
    {
        this.backbone = backbone;
        _ = backbone.TextTower; // that there are no words is told before the first picture is encoded, too
        this.options = options ?? TrainingOptions.Recommended;
        this.options.Validate();
        ObjectName = PromptWords.ValidateObject(objectName);
        NativeLibraries.Load(); // likewise what is missing
        memory = new MemoryTrainer(backbone, ObjectName, this.options.ToMemory());
    }

    /// <summary>What the product is called.</summary>
    public string ObjectName { get; }

    /// <summary>The anomaly states, {} for the object. Replace them, or add words of your own with <see cref="AddState"/>.</summary>
    public IList<string> States { get; } = [.. PublishedPrompts.CommonStates];

    /// <summary>The number of different pictures added so far: k, the shots.</summary>
    public int Shots => memory.Shots;

    /// <summary>Which places of pictures are inspected; all of them by default. The pictures must have the mask's shape.</summary>
    /// <exception cref="PromptADException">
    /// The mask leaves no patch to inspect, or poses are asked for, which turn it away from its place, or tiles.
    /// </exception>
    public PictureMask? Mask
    {
        get => memory.Mask;
        init => memory = new MemoryTrainer(backbone, ObjectName, options.ToMemory()) { Mask = value };
    }

    /// <summary>As <see cref="MemoryTrainer.Warnings"/>.</summary>
    public IReadOnlyList<Diagnostic> Warnings => memory.Warnings;

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

    /// <inheritdoc cref="MemoryTrainer.AddGood(string, CancellationToken)"/>
    public bool AddGood(string path, CancellationToken cancellation = default) => memory.AddGood(path, cancellation);

    /// <inheritdoc cref="MemoryTrainer.AddGood(Stream, CancellationToken)"/>
    public bool AddGood(Stream stream, CancellationToken cancellation = default) => memory.AddGood(stream, cancellation);

    /// <inheritdoc cref="MemoryTrainer.AddGood(ReadOnlySpan{byte}, CancellationToken)"/>
    public bool AddGood(ReadOnlySpan<byte> encoded, CancellationToken cancellation = default) => memory.AddGood(encoded, cancellation);

    /// <inheritdoc cref="MemoryTrainer.AddGood(in CameraFrame, CancellationToken)"/>
    public bool AddGood(in CameraFrame frame, CancellationToken cancellation = default) => memory.AddGood(frame, cancellation);

    /// <summary>
    /// Learns the prompts of both levels and returns the detector. The result depends on the pictures, the options and the seed alone.
    /// </summary>
    /// <param name="progress">Told after every epoch.</param>
    /// <param name="cancellation">Stops within half a second, whatever is being done.</param>
    /// <exception cref="PromptADException">No picture was added, a prompt is too long, or the loss diverged.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public AnomalyDetector Train(IProgress<TrainingProgress>? progress = null, CancellationToken cancellation = default)
    {
        IReadOnlyList<PictureFeatures> good = memory.Features;
        if (States.Count == 0) throw new PromptADException(
            Problem.InvalidArgument,
            "There is no anomaly state; add at least one, such as \"damaged {}\".");
        if (options.EpochSelection == EpochSelection.Best && EpochScore is null)
            throw new PromptADException(
                Problem.InvalidArgument,
                "EpochSelection is Best, which needs EpochScore; set it, or use EpochSelection.Last.");
        using var encoder = new TextEncoder(backbone, cancellation);
        float temperature = encoder.Temperature(options.Scoring.LogitScale);
        InitialContexts contexts = Contexts ?? InitialContext.Random(options.Seed);
        var run = new TrainingRun(backbone, encoder, options, contexts, ObjectName, [.. States], good.Count, temperature);
        IReadOnlyList<RegionMemory>? regions = null; // made after the prompts are learned, unless epochs are rated
        JsonElement noted = JsonSerializer.SerializeToElement(options, TrainingJson.Default.TrainingOptions);
        AnomalyDetector With(Prototypes image, Prototypes pixel, LimitOptions? limits, IDefectPainter? painter)
        {
            var words = new LearnedWords(new WordPrototypes(image, pixel), temperature, [.. States], options.Seed, noted);
            return memory.Train(words, regions ??= memory.BuildMemory(cancellation), limits, painter, cancellation);
        }
        double Rate(Prototypes image, Prototypes pixel, PromptLevel level) =>
            EpochScore!(With(image, pixel, limits: null, painter: null), level);
        (Prototypes image, Prototypes pixel) = run.Learn(
            [.. good.SelectMany(one => one.Cls)], [.. good.SelectMany(one => one.Tokens)],
            options.EpochSelection == EpochSelection.Best ? Rate : null, progress, cancellation);
        return With(image, pixel, options.Limits, new CopyPainter());
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, UseStringEnumConverter = true)]
[JsonSerializable(typeof(TrainingOptions))]
internal sealed partial class TrainingJson : JsonSerializerContext;
