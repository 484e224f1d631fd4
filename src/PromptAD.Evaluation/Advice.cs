namespace PromptAD.Evaluation;

/// <summary>
/// What was measured on somebody's good pictures and on copies of them with painted defects. Painted defects are not the user's own: this
/// ranks options and is an estimate, not a promise.
/// </summary>
public sealed record Advice
{
    /// <summary>The good pictures that were looked at; of those that are the same pixel by pixel, the first.</summary>
    public required IReadOnlyList<string> Pictures { get; init; }

    /// <summary>Good pictures that stand apart from all others, the oddest first; left out of everything else.</summary>
    public required IReadOnlyList<OddPicture> Odd { get; init; }

    /// <summary>Which pictures to learn from, for each number of shots; those of fewer shots are among those of more.</summary>
    public required IReadOnlyList<ShotChoice> Choices { get; init; }

    /// <summary>The good pictures that no variant learned from.</summary>
    public required IReadOnlyList<string> TestPictures { get; init; }

    /// <summary>The sizes of painted defects, as parts of a picture's shorter side.</summary>
    public required IReadOnlyList<double> DefectSizes { get; init; }

    /// <summary>How many copies with a defect were judged.</summary>
    public required int Painted { get; init; }

    /// <summary>What was tried: the plain detector of most shots first.</summary>
    public required IReadOnlyList<VariantFigures> Variants { get; init; }

    /// <summary>The recommended one of <see cref="Variants"/>.</summary>
    public required VariantFigures Recommended { get; init; }

    /// <summary>What was not tried, or what to mind, a sentence each.</summary>
    public required IReadOnlyList<string> Remarks { get; init; }

    /// <summary>The pictures that a variant learns from.</summary>
    public ShotChoice ChoiceOf(AdviceVariant variant) => Choices.Single(choice => choice.Pictures.Count == variant.Shots);
}

/// <summary>A good picture that is far from all others: a defect that was overlooked, another product, or a picture gone wrong.</summary>
/// <param name="Path">The picture.</param>
/// <param name="Score">How anomalous it is to all others, 0 to 1.</param>
/// <param name="UsualScore">The median of that over all pictures.</param>
public sealed record OddPicture(string Path, double Score, double UsualScore);

/// <summary>Pictures to learn from.</summary>
/// <param name="Pictures">Their paths.</param>
/// <param name="Score">How anomalous the other good pictures are to them on average, 0 to 1; less is better.</param>
/// <param name="FirstScore">The same for the first pictures in the order given.</param>
/// <param name="DrawnScore">The mean of the same over pictures drawn at random.</param>
/// <param name="DrawnRange">What 90 % of the draws lie in.</param>
public sealed record ShotChoice(
    IReadOnlyList<string> Pictures, double Score, double FirstScore, double DrawnScore, Interval DrawnRange);

/// <summary>A way to train.</summary>
/// <param name="Shots">Pictures to learn from.</param>
/// <param name="Poses">Remembered poses, or null.</param>
/// <param name="Tiles">Tiles, or null.</param>
/// <param name="MemoryShifts">Steps along a side of a patch at which pictures are remembered; null for the backbone's own.</param>
public sealed record AdviceVariant(int Shots, PoseOptions? Poses = null, Tiling? Tiles = null, int? MemoryShifts = null)
{
    /// <summary>Whether nothing but the number of shots was chosen.</summary>
    public bool IsPlain => Poses is null && Tiles is null && MemoryShifts is null;
}

/// <summary>How one value differs from another that was measured on the same pictures.</summary>
/// <param name="Value">The difference.</param>
/// <param name="Interval">What 95 % of bootstrap resamples lie in: pictures, with all copies of them, are drawn again.</param>
public readonly record struct PairedDifference(double Value, Interval Interval);

/// <summary>What a variant reached and what it cost. AUROC in [0, 1].</summary>
/// <param name="Variant">What was tried.</param>
/// <param name="Image">Painted copies against good pictures.</param>
/// <param name="Gain">How much that is more than the plain detector of most shots has; null for that one itself.</param>
/// <param name="ImageBySize">The same for the defects of each size alone.</param>
/// <param name="FoundBySize">The part of the painted copies of each size that score above every good picture, in [0, 1].</param>
/// <param name="Pixel">Painted pixels against all others.</param>
/// <param name="Turned">As <paramref name="Image"/>, on copies turned by quarters; null where that was not measured.</param>
/// <param name="TurnedGain">How much that is more than the plain detector has; null as before.</param>
/// <param name="Training">
/// Processor time of training, all threads of this process added up, pictures and limits included. It grows less than the clock's
/// time when other programs keep the processor busy, and is longer where several cores work.
/// </param>
/// <param name="Prediction">Processor time of a prediction on average, without reading the file.</param>
/// <param name="FileBytes">The size of the detector file.</param>
public sealed record VariantFigures(
    AdviceVariant Variant,
    double Image,
    PairedDifference? Gain,
    IReadOnlyList<double> ImageBySize,
    IReadOnlyList<double> FoundBySize,
    double Pixel,
    double? Turned,
    PairedDifference? TurnedGain,
    TimeSpan Training,
    TimeSpan Prediction,
    long FileBytes);

/// <summary>How far the advice is.</summary>
/// <param name="Fraction">The part of the work that is done, 0 to 1, roughly.</param>
/// <param name="Variant">What is being tried; null while pictures are compared.</param>
public readonly record struct AdviceProgress(double Fraction, AdviceVariant? Variant);
