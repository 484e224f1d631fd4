using CsCheck;
using PromptAD.Evaluation.Reports;

namespace PromptAD.Evaluation.Tests.Reports;

public sealed class CurvesTests
{
    [Fact]
    public void Draws_a_tie_as_one_slanted_step()
    {
        ScoredPicture[] pictures = [Picture(0.9, true), Picture(0.5, true), Picture(0.5, false), Picture(0.1, false)];
        Assert.Equal([(0, 0), (0, 0.5), (0.5, 1), (1, 1)], Curves.Roc(pictures));
        Assert.Equal([(0, 1), (0.5, 1), (0.5, 2 / 3.0), (1, 2 / 3.0), (1, 0.5), (1, 0.5)], Curves.PrecisionRecall(pictures));
    }

    [Fact]
    public void Areas_under_the_curves_are_the_figures() =>
        Gen.Select(Gen.Int[0, 6], Gen.Bool).Array[2, 40].Sample(items =>
        {
            ScoredPicture[] pictures = [Picture(3, true), Picture(3, false), .. items.Select(item => Picture(item.Item1, item.Item2))];
            RankingMetrics expected = RankingMetrics.Measure(
                [.. pictures.Select(picture => picture.Score)], [.. pictures.Select(picture => picture.IsDefective)]);
            Assert.Equal(expected.Auroc, Area(Curves.Roc(pictures)), 1e-12);
            Assert.Equal(expected.AveragePrecision, Area(Curves.PrecisionRecall(pictures)), 1e-12);
        });

    private static double Area(IReadOnlyList<(double X, double Y)> curve) =>
        curve.Zip(curve.Skip(1), (a, b) => (b.X - a.X) * (a.Y + b.Y) / 2).Sum();

    private static ScoredPicture Picture(double score, bool defective) => new("p", defective ? "hole" : TestPicture.Good, score, null, null, score);
}
