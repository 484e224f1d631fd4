using System.Text.Json;
using System.Text.Json.Serialization;
using PromptAD.Validation;

namespace PromptAD.Training;

/// <summary>
/// Everything that can be chosen about training. <see cref="Published"/> repeats the published program, <see cref="Recommended"/> is for
/// products; they differ where a re-run and a product must (marks Q5 to Q8), and in how scores are read from the features.
/// </summary>
public sealed record TrainingOptions
{
    /// <summary>
    /// The published run: every mark as the authors' program has it, except Q7, which needs a test set and so is the caller's choice.
    /// </summary>
    public static TrainingOptions Published { get; } = new()
    {
        Preprocessing = new PreprocessingOptions { Resize = ResizeMode.Through1024, QueryChannels = ChannelOrder.Bgr },
        Scoring = new ScoringOptions { ClassToken = true, TextWeight = 1, WhitenMemory = false, MemoryShifts = 1 },
    };

    /// <summary>
    /// What we recommend: pictures resized directly, because the detour over 1024 pixels aliases (Q5); test pictures read as RGB like those
    /// taught (Q6); the last epoch, because picking one needs defective pictures (Q7); the common states and the user's own (Q8). Words and
    /// memory are fused on a common scale, and a picture's score is the mean of its three most anomalous patches.
    /// </summary>
    public static TrainingOptions Recommended { get; } = new()
    {
        Scoring = new ScoringOptions { Fusion = ScoreFusion.CommonScale, TopPatches = 3 },
    };

    /// <summary>Counts and layout of the prompts.</summary>
    public PromptOptions Prompts { get; init; } = new();

    /// <summary>Loss terms.</summary>
    public LossOptions Losses { get; init; } = new();

    /// <summary>The gradient descent.</summary>
    public OptimizerOptions Optimizer { get; init; } = new();

    /// <summary>How pictures become input, in training and in prediction (Q5, Q6).</summary>
    public PreprocessingOptions Preprocessing { get; init; } = new();

    /// <summary>How scores and maps are read (Q3), in training and in prediction.</summary>
    public ScoringOptions Scoring { get; init; } = new();

    /// <summary>Which epoch's prompts make the detector (mark Q7).</summary>
    /// <value><see cref="EpochSelection.Last"/> by default.</value>
    public EpochSelection EpochSelection { get; init; } = EpochSelection.Last;

    /// <summary>
    /// Where the limits of verdicts are to lie. They are estimated from the pictures learned from, which costs ten more pictures to encode
    /// for each of the first 16; <see cref="AnomalyDetector.Calibrate"/> makes a guarantee of them.
    /// </summary>
    /// <value>5 % of good parts above review and 1 % above NG by default; null for a detector without limits.</value>
    public LimitOptions? Limits { get; init; } = new();

    /// <summary>Turned and mirrored views of the good pictures in the memory, for parts that come in any pose. Not with a mask.</summary>
    /// <value>null by default: the pictures are remembered as they are.</value>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] // so that detectors without have the bytes they always had
    public PoseOptions? Poses { get; init; }

    /// <summary>
    /// Tiles that pictures are cut into, for small defects in large pictures: so many times the work in training and prediction. Prompts
    /// are learned from all tiles. Not with a mask, with <see cref="Poses"/> or with <see cref="EpochSelection.Best"/>.
    /// </summary>
    /// <value>null by default: pictures are judged as a whole.</value>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public Tiling? Tiles { get; init; }

    /// <inheritdoc cref="MemoryTrainingOptions.MemoryRows"/>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? MemoryRows { get; init; }

    /// <inheritdoc cref="MemoryTrainingOptions.Memory"/>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public MemoryKind Memory { get; init; }

    /// <inheritdoc cref="MemoryTrainingOptions.ExplainedVariance"/>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? ExplainedVariance { get; init; }

    /// <summary>Seed of the contexts' first values.</summary>
    /// <value>0 by default.</value>
    public int Seed { get; init; }

    /// <summary>The part that concerns the memory, for training without words.</summary>
    public MemoryTrainingOptions ToMemory() => new()
    {
        Preprocessing = Preprocessing,
        Scoring = Scoring,
        Limits = Limits,
        Poses = Poses,
        Tiles = Tiles,
        MemoryRows = MemoryRows,
        Memory = Memory,
        ExplainedVariance = ExplainedVariance,
    };

    /// <summary>All options as one line of JSON, under the names that detector files note them by. Equal options give equal text.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, TrainingJson.Default.TrainingOptions);

    /// <summary>Refuses options that cannot be used.</summary>
    /// <exception cref="PromptADException">A value is out of its range, or two options do not go together.</exception>
    public void Validate()
    {
        Check.Known(EpochSelection, nameof(EpochSelection));
        ToMemory().Validate();
        Prompts.Validate();
        Losses.Validate();
        Optimizer.Validate();
        if (Tiles is not null && EpochSelection == EpochSelection.Best)
        {
            throw new PromptADException(
                Problem.InvalidArgument, "EpochSelection is Best, which does not go with tiles; use EpochSelection.Last.");
        }
    }
}

/// <summary>Mark Q7: which epoch's prompts make the detector.</summary>
public enum EpochSelection
{
    /// <summary>The last: no picture but the good ones is needed.</summary>
    Last,

    /// <summary>
    /// The one that the caller's <see cref="PromptTrainer.EpochScore"/> rates highest. The published evaluation rates by the AUROC on the
    /// test set, which makes its numbers optimistic.
    /// </summary>
    Best,
}

/// <summary>Counts and layout of the prompts (section 2 of the method).</summary>
public sealed record PromptOptions
{
    /// <summary>N at the image level.</summary>
    /// <value>1 to 64; 3 by default.</value>
    public int ImageContexts { get; init; } = 3;

    /// <summary>N at the pixel level.</summary>
    /// <value>1 to 64; 1 by default.</value>
    public int PixelContexts { get; init; } = 1;

    /// <summary>E_P, the vectors of one normal context.</summary>
    /// <value>1 to 32; 4 by default.</value>
    public int ContextLength { get; init; } = 4;

    /// <summary>
    /// L, the number of learnable anomaly contexts. Row i of the prompts pairs context i mod N with i mod L, so let N and L share no
    /// factor.
    /// </summary>
    /// <value>1 to 64; 4 by default.</value>
    public int AnomalyContexts { get; init; } = 4;

    /// <summary>E_A, the vectors of one anomaly context.</summary>
    /// <value>1 to 32; 1 by default.</value>
    public int AnomalyContextLength { get; init; } = 1;

    /// <summary>Mark Q2: where the anomaly context stands.</summary>
    /// <value><see cref="LearnedPromptOrder.ContextBeforeObject"/> by default, as published.</value>
    public LearnedPromptOrder LearnedOrder { get; init; } = LearnedPromptOrder.ContextBeforeObject;

    /// <summary>
    /// Whether anomaly prompts are concatenated with the normal contexts, as the method has it. Without, there are no manual anomaly
    /// prompts and the learned ones are "A obj." with contexts of their own: many-class prompt learning (CoOp), the baseline that the paper
    /// compares with.
    /// </summary>
    /// <value>true by default.</value>
    public bool Concatenation { get; init; } = true;

    internal void Validate()
    {
        Check.Known(LearnedOrder, nameof(LearnedOrder));
        Check.Range(ImageContexts, 1, 64, nameof(ImageContexts));
        Check.Range(PixelContexts, 1, 64, nameof(PixelContexts));
        Check.Range(ContextLength, 1, 32, nameof(ContextLength));
        Check.Range(AnomalyContexts, 1, 64, nameof(AnomalyContexts));
        Check.Range(AnomalyContextLength, 1, 32, nameof(AnomalyContextLength));
    }
}

/// <summary>Mark Q2: the layout of a learned anomaly prompt.</summary>
public enum LearnedPromptOrder
{
    /// <summary>P A obj: what the published program does.</summary>
    ContextBeforeObject,

    /// <summary>P obj A: what the paper writes.</summary>
    ObjectBeforeContext,
}

/// <summary>The loss terms (section 3): L = L_v2t + L_EAM + λ · L_align.</summary>
public sealed record LossOptions
{
    /// <summary>The margin of L_EAM.</summary>
    /// <value>0 or more; 0 by default.</value>
    public float Margin { get; init; }

    /// <summary>The weight of L_EAM. 0 leaves the explicit anomaly margin out, which the paper does for comparison.</summary>
    /// <value>0 or more; 1 by default, as published.</value>
    public float MarginWeight { get; init; } = 1;

    /// <summary>Mark Q4: how the pixel level takes the hinge of L_EAM.</summary>
    /// <value><see cref="PixelMargin.PerChannel"/> by default, as published.</value>
    public PixelMargin PixelMargin { get; init; } = PixelMargin.PerChannel;

    /// <summary>λ, the weight of L_align.</summary>
    /// <value>0 or more; 0.001 by default.</value>
    public float AlignmentWeight { get; init; } = 0.001f;

    internal void Validate()
    {
        Check.Known(PixelMargin, nameof(PixelMargin));
        Check.Range(Margin, 0, 100, nameof(Margin));
        Check.Range(MarginWeight, 0, 1000, nameof(MarginWeight));
        Check.Range(AlignmentWeight, 0, 1000, nameof(AlignmentWeight));
    }
}

/// <summary>Mark Q4: the hinge of the explicit anomaly margin at the pixel level.</summary>
public enum PixelMargin
{
    /// <summary>
    /// Squared differences summed over the tokens of an image, a hinge per channel, mean over images and channels: the published program.
    /// </summary>
    PerChannel,

    /// <summary>Squared differences summed over channels, a hinge per token, mean over tokens: the paper's equation.</summary>
    PerToken,
}

/// <summary>Stochastic gradient descent with momentum and cosine annealing, one batch of all images an epoch.</summary>
public sealed record OptimizerOptions
{
    /// <summary>The most that <see cref="Epochs"/> may be.</summary>
    public const int MostEpochs = 10_000;

    /// <summary>Passes over the images.</summary>
    /// <value>1 to 10 000; 100 by default.</value>
    public int Epochs { get; init; } = 100;

    /// <summary>The learning rate at the start.</summary>
    /// <value>Above 0; 0.002 by default.</value>
    public double LearningRate { get; init; } = 0.002;

    /// <summary>The learning rate that the cosine ends at.</summary>
    /// <value>0 up to the first rate; 1e-5 by default.</value>
    public double MinimumLearningRate { get; init; } = 1e-5;

    /// <summary>Momentum.</summary>
    /// <value>0 to below 1; 0.9 by default.</value>
    public double Momentum { get; init; } = 0.9;

    /// <summary>Weight decay.</summary>
    /// <value>0 or more; 5e-4 by default.</value>
    public double WeightDecay { get; init; } = 5e-4;

    /// <summary>The rate of an epoch, counted from 0: cosine annealing over all epochs.</summary>
    internal double RateAt(int epoch) =>
        MinimumLearningRate + ((LearningRate - MinimumLearningRate) * (1 + Math.Cos(Math.PI * epoch / Epochs)) / 2);

    internal void Validate()
    {
        Check.Range(Epochs, 1, MostEpochs, nameof(Epochs));
        Check.Range(LearningRate, 1e-12, 1000, nameof(LearningRate));
        Check.Range(MinimumLearningRate, 0, LearningRate, nameof(MinimumLearningRate));
        Check.Range(Momentum, 0, 0.999999, nameof(Momentum));
        Check.Range(WeightDecay, 0, 1000, nameof(WeightDecay));
    }
}
