using PromptAD.Evaluation.Features;
using PromptAD.Evaluation.Methods;
using PromptAD.Scoring;
using PromptAD.Words;

namespace PromptAD.Evaluation.Tests;

public sealed class WindowScorerTests
{
    private static readonly Prototypes Words = new([1, 0], [0, 1]);

    // A grid of 2 x 2 patches has one window, of all four.
    private static readonly WindowFeatures Query = new([[0.6f, 0.8f]], [1, 0, 1, 0, 1, 0, 0, 1]);
    private static readonly float[] Cls = [0.8f, 0.6f];

    // Logits anomalous - normal are -0.2 and 0.2 times the temperature.
    private static readonly double Picture = 1 / (1 + Math.Exp(1)), Window = 1 / (1 + Math.Exp(-1));

    [Fact]
    public void Takes_the_harmonic_mean_over_the_scales()
    {
        PictureScores scores = new WindowScorer(Words, temperature: 5, grid: 2, width: 2, references: []).Score(Cls, Query);

        Assert.Equal(Picture, scores.Image, 1e-6);
        Assert.All(scores.FusedMap, value => Assert.Equal(2 / ((1 / Picture) + (1 / Window)), value, 1e-6));
    }

    [Fact]
    public void Averages_words_and_the_association_with_good_pictures()
    {
        WindowFeatures[] good = [new([[0.8f, -0.6f]], [1, 0, 1, 0, 1, 0, 1, 0])]; // its window is at right angles to the query's

        PictureScores scores = new WindowScorer(Words, temperature: 5, grid: 2, width: 2, good).Score(Cls, Query);

        double text = 2 / ((1 / Picture) + (1 / Window)), most = (0.5 + 0.5) / 2, least = (0 + 0.5) / 2; // patches and windows
        Assert.Equal((Picture + most) / 2, scores.Image, 1e-6);
        Assert.Equal((text + least) / 2, scores.FusedMap[0], 1e-6);
        Assert.Equal((text + most) / 2, scores.FusedMap[3], 1e-6);
    }

    [Fact]
    public void Finds_nothing_strange_in_a_good_picture_itself() =>
        Assert.Equal(Picture / 2, new WindowScorer(Words, temperature: 5, grid: 2, width: 2, [Query]).Score(Cls, Query).Image, 1e-6);
}
