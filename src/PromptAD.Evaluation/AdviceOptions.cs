using PromptAD.Training;
using PromptAD.Training.Prompts;
using PromptAD.Validation;

namespace PromptAD.Evaluation;

/// <summary>What an <see cref="Advisor"/> tries, and with how much.</summary>
public sealed record AdviceOptions
{
    /// <summary>The fewest pictures that can be looked at.</summary>
    public const int LeastPictures = 4;

    /// <summary>The most that <see cref="Most"/> may be.</summary>
    public const int LargestMost = 200;

    internal const int LargestShots = 64;

    /// <summary>Numbers of good pictures to learn from. Those that leave fewer than two pictures to test with are left out.</summary>
    /// <value>1 to 64 each; 1, 2 and 4 by default.</value>
    public IReadOnlyList<int> Shots { get; init; } = [1, 2, 4];

    /// <summary>The most pictures that are looked at; of more, so many are drawn by the seed.</summary>
    /// <value>4 to 200; 20 by default.</value>
    public int Most { get; init; } = 20;

    /// <summary>Seed of the draw, of the painted defects and of the first prompts.</summary>
    /// <value>0 by default.</value>
    public int Seed { get; init; }

    /// <summary>What the product is called in a sentence.</summary>
    /// <value>"part" by default.</value>
    public string ObjectName { get; init; } = "part";

    /// <summary>Whether remembering quarter turns is tried, also on turned copies of the test pictures.</summary>
    /// <value>true by default.</value>
    public bool TriesPoses { get; init; } = true;

    /// <summary>Whether tiles are tried: 2 x 2, and 4 x 4 where pictures are longer than 1000 pixels.</summary>
    /// <value>true by default.</value>
    public bool TriesTiles { get; init; } = true;

    /// <summary>Whether remembering the pictures moved by half a patch is tried, where the backbone does not recommend it anyway.</summary>
    /// <value>true by default.</value>
    public bool TriesMemoryShifts { get; init; } = true;

    /// <summary>How detectors are trained otherwise; its seed, poses and tiles are not used.</summary>
    /// <value><see cref="TrainingOptions.Recommended"/> by default.</value>
    public TrainingOptions Training { get; init; } = TrainingOptions.Recommended;

    internal void Validate()
    {
        if (Shots.Count == 0) throw new PromptADException(
            Problem.InvalidArgument,
            "No number of shots was asked for; give at least one, such as 1,2,4.");
        foreach (int shots in Shots) Check.Range(shots, 1, LargestShots, "Shots");
        PromptWords.ValidateObject(ObjectName);
        Check.Range(Most, LeastPictures, LargestMost, nameof(Most));
        Training.Validate();
    }
}
