using System.Text.Json.Serialization;
using PromptAD.Validation;

namespace PromptAD;

/// <summary>What can be chosen about a memory of good pictures.</summary>
public sealed record MemoryTrainingOptions
{
    /// <summary>How pictures become input, in training and in prediction (Q5, Q6).</summary>
    public PreprocessingOptions Preprocessing { get; init; } = new();

    /// <summary>How scores and maps are read, in training and in prediction.</summary>
    /// <value>By default on a common scale, the mean of the three most anomalous patches.</value>
    public ScoringOptions Scoring { get; init; } = new() { Fusion = ScoreFusion.CommonScale, TopPatches = 3 };

    /// <summary>
    /// Where the limits of verdicts are to lie. They are estimated from the pictures learned from, which costs ten more pictures to encode
    /// for each of the first 16; <see cref="AnomalyDetector.Calibrate"/> makes a guarantee of them.
    /// </summary>
    /// <value>5 % of good parts above review and 1 % above NG by default; null for a detector without limits.</value>
    public LimitOptions? Limits { get; init; } = new();

    /// <summary>Turned and mirrored views of the good pictures in the memory, for parts that come in any pose. Not with a mask.</summary>
    /// <value>null by default: the pictures are remembered as they are.</value>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public PoseOptions? Poses { get; init; }

    /// <summary>
    /// Tiles that pictures are cut into, for small defects in large pictures: so many times the work in training and prediction. Not with a
    /// mask or with <see cref="Poses"/>.
    /// </summary>
    /// <value>null by default: pictures are judged as a whole.</value>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public Tiling? Tiles { get; init; }

    /// <summary>
    /// The most rows of the memory bank where more than four pictures are learned from (of each tile's, with tiles). Rows are chosen so
    /// that no patch of the pictures is far from all of them; more rows cost time in each prediction.
    /// </summary>
    /// <value>100 to 1,000,000; null by default, which is 5000.</value>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? MemoryRows { get; init; }

    /// <summary>
    /// What is remembered of good patches. With <see cref="MemoryKind.Subspace"/> all pictures count alike, <see cref="MemoryRows"/> says
    /// nothing, and feedback is remembered as patches beside the plane.
    /// </summary>
    /// <value><see cref="MemoryKind.Bank"/> by default.</value>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] // so that detectors without have the bytes they always had
    public MemoryKind Memory { get; init; }

    /// <summary>
    /// The part of the good patches' variance that a subspace explains: more forgives more of what good patches differ in, and of defects.
    /// With <see cref="MemoryKind.Subspace"/> alone.
    /// </summary>
    /// <value>0.5 to 0.9999; null by default, which is 0.99.</value>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? ExplainedVariance { get; init; }

    /// <summary>The least that <see cref="ExplainedVariance"/> may be.</summary>
    public const double LeastExplainedVariance = 0.5;

    /// <summary>The most that <see cref="ExplainedVariance"/> may be; all of it would leave nothing to judge by.</summary>
    public const double MostExplainedVariance = 0.9999;

    internal const double UsualExplainedVariance = 0.99;

    internal const int UsualMemoryRows = 5000;

    /// <summary>The least that <see cref="MemoryRows"/> may be.</summary>
    public const int LeastMemoryRows = 100;

    /// <summary>The most that <see cref="MemoryRows"/> may be.</summary>
    public const int MostMemoryRows = 1_000_000;

    /// <summary>Refuses options that cannot be used.</summary>
    /// <exception cref="PromptADException">A value is out of its range, or two options do not go together.</exception>
    public void Validate()
    {
        Check.Range(MemoryRows ?? UsualMemoryRows, LeastMemoryRows, MostMemoryRows, nameof(MemoryRows));
        Check.Known(Memory, nameof(Memory));
        Check.Range(
            ExplainedVariance ?? UsualExplainedVariance, LeastExplainedVariance, MostExplainedVariance, nameof(ExplainedVariance));
        if (ExplainedVariance is not null && Memory == MemoryKind.Bank)
        {
            throw new PromptADException(new Diagnostic(
                Problem.InvalidArgument, "An explained variance was given for a memory that is a bank, which has none.")
            {
                Subject = nameof(ExplainedVariance),
                Remedy = "Leave it out, or choose a subspace with {0}.",
                Option = $"{nameof(MemoryTrainingOptions)}.{nameof(Memory)}",
            });
        }
        Preprocessing.Validate();
        Scoring.Validate();
        Limits?.Validate();
        Poses?.Validate();
        Tiles?.Validate();
        if (Tiles is not null && Poses is not null)
        {
            throw new PromptADException(
                Problem.InvalidArgument, "Poses turn a part from one tile into another; use tiles or poses, not both.");
        }
    }
}
