using PromptAD.Evaluation.Protocols;
using PromptAD.Training;
using PromptAD.Validation;

namespace PromptAD.Evaluation;

/// <summary>What a <see cref="Benchmark"/> runs: every method with every number of shots and every seed on every category.</summary>
public sealed record BenchmarkOptions
{
    /// <summary>The most that <see cref="Seeds"/> may be.</summary>
    public const int MostSeeds = 1000;

    private const int MostShots = 10_000;

    /// <summary>How the test set is treated.</summary>
    /// <value><see cref="EvaluationProtocol.Honest"/> by default.</value>
    public EvaluationProtocol Protocol { get; init; } = EvaluationProtocol.Honest;

    /// <summary>The methods to compare.</summary>
    /// <value><see cref="EvaluationMethod.PromptAD"/> alone by default.</value>
    public IReadOnlyList<EvaluationMethod> Methods { get; init; } = [EvaluationMethod.PromptAD];

    /// <summary>The numbers of good pictures to learn from.</summary>
    /// <value>1, 2 and 4 by default, as published.</value>
    public IReadOnlyList<int> Shots { get; init; } = [1, 2, 4];

    /// <summary>How many seeds, counted from 0; each draws other pictures and starts from other contexts.</summary>
    /// <value>1 to 1000; 5 by default.</value>
    public int Seeds { get; init; } = 5;

    /// <summary>Epochs of learning a level.</summary>
    /// <value>1 to 10 000; 100 by default, as published.</value>
    public int Epochs { get; init; } = 100;

    /// <summary>
    /// Mark Q8 in an honest run: adds the published states of a known category, which are named after its test set's defects. The published
    /// protocol always does.
    /// </summary>
    /// <value>false by default.</value>
    public bool CategoryStates { get; init; }

    /// <summary>How scores are read.</summary>
    /// <value>null by default: as the protocol's preset has it.</value>
    public ScoringOptions? Scoring { get; init; }

    /// <summary>Which other poses of the pictures learned from are remembered; <see cref="EvaluationMethod.WinClip"/> knows none.</summary>
    /// <value>null by default: the pictures as they are.</value>
    public PoseOptions? Poses { get; init; }

    /// <summary>How many low bits 16-bit pictures use, as <see cref="PreprocessingOptions.SignificantBits"/>.</summary>
    /// <value>8 to 16; null by default: what each category's pictures to learn from say.</value>
    public int? SignificantBits { get; init; }

    /// <summary>Other first contexts than random ones, for reference runs.</summary>
    internal InitialContexts? Contexts { get; init; }

    /// <summary>Another choice of pictures to learn from, for reference runs.</summary>
    internal Func<Category, int, ShotDraw>? Draw { get; init; }

    /// <summary>The published category that a category stands for, for reference runs.</summary>
    internal Func<string, string> PublishedName { get; init; } = name => name;

    /// <summary>The options of learning and scoring that the protocol asks for.</summary>
    /// <param name="seed">The run's seed, counted from 0.</param>
    public TrainingOptions Training(int seed)
    {
        TrainingOptions start = Protocol == EvaluationProtocol.Published ? TrainingOptions.Published : TrainingOptions.Recommended;
        return start with
        {
            Seed = seed,
            Optimizer = start.Optimizer with { Epochs = Epochs },
            Scoring = Scoring ?? start.Scoring,
            Preprocessing = start.Preprocessing with { SignificantBits = SignificantBits },
        };
    }

    internal BenchmarkOptions Validated()
    {
        Check.Known(Protocol, nameof(Protocol));
        if (Methods.Count == 0) throw new PromptADException(
            Problem.InvalidArgument,
            $"No method was given; use some of {string.Join(", ", EvaluationMethod.All)}.");
        if (Shots.Count == 0) throw new PromptADException(Problem.InvalidArgument, "No number of shots was given; 1, 2 and 4 are usual.");
        foreach (int shots in Shots) Check.Range(shots, 1, MostShots, nameof(Shots));
        Check.Range(Seeds, 1, MostSeeds, nameof(Seeds));
        Training(0).Validate();
        Poses?.Validate();
        return this with { Methods = [.. Methods.DistinctBy(m => m.Name)], Shots = [.. Shots.Distinct()] };
    }
}
