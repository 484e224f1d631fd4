using System.Text.Json.Serialization;
using PromptAD.Validation;

namespace PromptAD.Decisions;

/// <summary>What a detector says of one picture of a good part.</summary>
/// <param name="Source">Which part it shows, counted from 0: variations of one picture show the same.</param>
/// <param name="Score">The picture's score.</param>
/// <param name="Peak">The highest value of its map.</param>
public readonly record struct GoodScore(int Source, float Score, float Peak);

/// <summary>
/// The scores of good pictures, from which limits are found. They stay in the detector file, so that limits can change without pictures.
/// </summary>
/// <param name="Shots">
/// The pictures learned from and gentle variations of them, each scored against a memory that leaves its own source out.
/// </param>
/// <param name="Further">Further pictures, which the detector has not learned from; a source each.</param>
public sealed record GoodScores(IReadOnlyList<GoodScore> Shots, IReadOnlyList<GoodScore> Further)
{
    /// <summary>What is to be said of limits where <see cref="IsOutdated"/>; a sentence.</summary>
    public const string Outdated =
        "a feedback that the limits were calibrated after has been undone, so good parts score higher than they did then: calibrate again.";

    private const int Most = 100_000;

    /// <summary>How many feedbacks had been learned from when <see cref="Further"/> was judged.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int Feedbacks { get; init; }

    /// <summary>
    /// Whether one of those feedbacks was undone since: the memory has shrunk, pictures score higher than <see cref="Further"/> says.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool IsOutdated { get; init; }

    /// <summary>
    /// What says where the scores of good pictures lie: the further ones, or without any the shots. These lie elsewhere, since one that is
    /// left out is compared with fewer others, of the same batch.
    /// </summary>
    public IReadOnlyList<GoodScore> ForFit => Further.Count > 0 ? Further : Shots;

    /// <exception cref="PromptADException">A value cannot be used.</exception>
    internal void Validate()
    {
        Check.Range(Feedbacks, 0, int.MaxValue, "good_scores.feedbacks");
        foreach (IReadOnlyList<GoodScore> scores in (IReadOnlyList<GoodScore>[])[Shots, Further])
        {
            Check.Range(scores.Count, 0, Most, "the number of good scores");
            foreach (GoodScore score in scores)
            {
                Check.Range(score.Source, 0, Most, "good_scores.source");
                Check.Range(score.Score, 0, 1, "good_scores.score");
                Check.Range(score.Peak, 0, 1, "good_scores.peak");
            }
        }
    }
}
