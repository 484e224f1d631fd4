using PromptAD.Evaluation.Metrics;

namespace PromptAD.Evaluation.Protocols;

/// <summary>The pictures to learn from, and where the choice comes from.</summary>
/// <param name="Paths">Full paths, k of them.</param>
/// <param name="IsPublished">Whether they are those of the published runs and not drawn.</param>
internal sealed record ShotDraw(IReadOnlyList<string> Paths, bool IsPublished)
{
    /// <summary>
    /// k good pictures drawn by seed: the same on every machine, and the pictures of fewer shots are among those of more.
    /// </summary>
    public static ShotDraw BySeed(Category category, int shots, int seed)
    {
        string[] pictures = [.. category.TrainGood];
        if (shots > pictures.Length)
        {
            throw new PromptADException(
                Problem.OutOfRange,
                $"{category.Name} has {pictures.Length} good pictures to learn from, fewer than the {shots} shots asked for. "
                + "Ask for fewer or add pictures.");
        }
        var random = new SplitMix64(seed, stream: 0);
        for (int i = 0; i < shots; i++)
        {
            int other = i + random.Next(pictures.Length - i);
            (pictures[i], pictures[other]) = (pictures[other], pictures[i]);
        }
        return new ShotDraw(pictures[..shots], IsPublished: false);
    }

    /// <summary>The published list where the category is known and whole, else a draw by seed.</summary>
    public static ShotDraw Published(Category category, int shots, int seed) =>
        PublishedShots.TryFind(category.Name, shots, category.TrainGood.Count) is { } places
            ? new ShotDraw([.. places.Select(place => category.TrainGood[place])], IsPublished: true)
            : BySeed(category, shots, seed);
}
