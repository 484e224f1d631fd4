using PromptAD.Words;

namespace PromptAD.Tests.Scoring;

public sealed class PrototypesTests
{
    [Theory]
    [InlineData(16, 4.6052f)]
    [InlineData(13, 4.6052f)]
    [InlineData(16, 100f)]
    public void The_score_is_the_softmax_of_both_cosines(int width, float scale)
    {
        var prototypes = new Prototypes(RandomFeatures.Rows(1, width, 1), RandomFeatures.Rows(1, width, 2));
        float[] rows = RandomFeatures.Rows(7, width, 3);
        float[] scores = prototypes.Score(rows, scale);
        for (int row = 0; row < 7; row++)
        {
            float[] z = rows[(row * width)..((row + 1) * width)];
            double normal = Math.Exp(scale * Dot(z, prototypes.Normal)), anomalous = Math.Exp(scale * Dot(z, prototypes.Anomalous));
            Assert.Equal(anomalous / (normal + anomalous), scores[row], 2e-6);
        }
    }

    [Fact]
    public void A_feature_as_near_to_both_scores_one_half() =>
        Assert.Equal([0.5f], new Prototypes([1, 0, 0], [0, 1, 0]).Score([0, 0, 1], 4.6052f));

    [Fact]
    public void Nearer_to_the_anomalous_prototype_is_higher()
    {
        var prototypes = new Prototypes([1, 0], [0, 1]);
        float[] angles = [.. Enumerable.Range(0, 10).Select(step => MathF.PI / 2 * step / 9)];
        float[] scores = prototypes.Score([.. angles.SelectMany(angle => (float[])[MathF.Cos(angle), MathF.Sin(angle)])], 4.6052f);
        Assert.Equal(scores.Order(), scores);
    }

    [Fact]
    public void A_temperature_beyond_all_exponentials_still_gives_numbers() =>
        Assert.Equal([0f, 1f], new Prototypes([1, 0], [0, 1]).Score([1, 0, 0, 1], 1e30f));

    private static double Dot(float[] a, float[] b) => a.Zip(b, (x, y) => (double)x * y).Sum();
}
