using PromptAD.Decisions;

namespace PromptAD.Tests.Decisions;

public sealed class ConformalLimitTests
{
    [Theory]
    [InlineData(0.05, 19)]
    [InlineData(0.01, 99)]
    [InlineData(0.1, 9)]
    [InlineData(0.5, 1)]
    [InlineData(0.03, 33)] // 1/0.03 - 1 = 32.3
    public void Says_how_many_pictures_a_rate_needs(double rate, int pictures)
    {
        Assert.Equal(pictures, ConformalLimit.PicturesFor(rate));
        float[] scores = [.. Enumerable.Range(0, pictures).Select(i => i / 1000f)];
        Assert.NotNull(ConformalLimit.Of(scores, rate));
        Assert.Null(ConformalLimit.Of(scores[1..], rate));
    }

    [Theory]
    [InlineData(19, 0.05, 19)]
    [InlineData(39, 0.05, 38)]
    [InlineData(100, 0.05, 96)]
    [InlineData(8, 1.0 / 9, 8)]
    public void Takes_the_score_of_that_rank(int count, double rate, int rank)
    {
        float[] scores = [.. Enumerable.Range(1, count).Select(i => i / 1000f)];
        new Random(1).Shuffle(scores);
        Assert.Equal(rank / 1000f, ConformalLimit.Of(scores, rate));
    }

    [Theory]
    [InlineData(8, 1.0 / 9)]
    [InlineData(19, 0.05)]
    [InlineData(60, 0.05)]
    public void Keeps_its_promise_whatever_the_distribution(int count, double rate)
    {
        // With continuous scores the next one is above with probability 1 - k/(n + 1), which is at most the rate.
        double expected = 1 - (ConformalLimit.RankFor(count, rate) / (count + 1.0));
        Assert.InRange(expected, 0, rate + 1e-9);
        var random = new Random(3);
        foreach (Func<double, double> distribution in (Func<double, double>[])[u => u, u => u * u * u, u => u < 0.9 ? u / 10 : u])
        {
            const int trials = 20_000;
            int above = 0;
            for (int trial = 0; trial < trials; trial++)
            {
                float limit = ConformalLimit.Of([.. Enumerable.Range(0, count).Select(_ => (float)distribution(random.NextDouble()))], rate)!.Value;
                if ((float)distribution(random.NextDouble()) > limit) above++;
            }
            double deviation = Math.Sqrt(expected * (1 - expected) / trials);
            Assert.InRange(above / (double)trials, expected - (4 * deviation), expected + (4 * deviation));
        }
    }

    [Fact]
    public void Says_how_far_one_calibration_may_be_from_the_rate()
    {
        // With k = n the rate follows Beta(1, n): below p with probability 1 - (1 - p)^n.
        Assert.Equal(1 - Math.Pow(0.1, 1.0 / 19), ConformalLimit.RateBelow(19, 0.05, 0.9), 1e-9);
        Assert.Equal(1 - Math.Pow(0.5, 1.0 / 8), ConformalLimit.RateBelow(8, 1.0 / 9, 0.5), 1e-9);
        Assert.True(ConformalLimit.RateBelow(399, 0.05, 0.9) < ConformalLimit.RateBelow(19, 0.05, 0.9));
    }
}
