using PromptAD.Decisions;

namespace PromptAD.Tests.Decisions;

public sealed class TailFitTests
{
    [Theory]
    [InlineData(5, 0.05)]
    [InlineData(8, 0.05)]
    [InlineData(8, 0.01)]
    [InlineData(30, 0.01)]
    public void Keeps_the_rate_where_log_odds_are_maxima(int count, double rate)
    {
        var random = new Random(5);
        double factor = TailFit.Factor(count, rate);
        const int trials = 20_000;
        int above = 0;
        for (int trial = 0; trial < trials; trial++)
        {
            double[] sample = [.. Enumerable.Range(0, count).Select(_ => Gumbel(random))];
            double mean = sample.Average(), deviation = Math.Sqrt(sample.Sum(x => (x - mean) * (x - mean)) / (count - 1));
            if (Gumbel(random) > mean + (factor * deviation)) above++;
        }
        Assert.InRange(above / (double)trials, rate * 0.8, rate * 1.2);
    }

    [Fact]
    public void A_limit_moves_and_widens_with_the_log_odds_of_the_scores()
    {
        double[] odds = [-1, -0.8, -0.7, -0.5, 0, 0.3, 0.4];
        double Limit(double scale, double shift, double rate) =>
            LogOdds(TailFit.Limit([.. odds.Select(x => (float[])[FromLogOdds((x * scale) + shift)])], rate));
        double before = Limit(1, 0, 0.05);
        Assert.Equal((2 * before) + 0.5, Limit(2, 0.5, 0.05), 1e-3);
        Assert.True(before > odds.Max() && Limit(1, 0, 0.01) > before);
    }

    [Fact]
    public void Variations_of_one_source_are_no_further_sources()
    {
        float[][] sources = [.. Enumerable.Range(0, 7).Select(i => (float[])[0.40f + (0.03f * i), 0.41f + (0.03f * i), 0.42f + (0.03f * i)])];
        float[][] pooled = [.. sources.SelectMany(source => source).Select(x => (float[])[x])];
        Assert.True(TailFit.SpreadOf(sources).Freedom < TailFit.SpreadOf(pooled).Freedom);
        Assert.True(TailFit.Limit(sources, 0.01) > TailFit.Limit(pooled, 0.01));
    }

    [Fact]
    public void A_few_sources_are_not_believed_that_parts_differ_less_than_is_usual()
    {
        // Two pictures left out in turn score alike, each compared with the other; seven that are alike are believed more.
        static float Limit(int sources) => TailFit.Limit([.. Enumerable.Repeat((float[])[0.5f, 0.501f], sources)], 0.01);
        Assert.True(Limit(2) > Limit(4) && Limit(4) > Limit(7));
        Assert.InRange(TailFit.SpreadOf([[0.5f, 0.501f], [0.5f, 0.501f]]).Deviation, 0.045, 0.051);
    }

    [Fact]
    public void Pictures_that_are_all_alike_do_not_put_the_limit_upon_themselves()
    {
        Assert.True(TailFit.Limit([.. Enumerable.Repeat((float[])[0.5f], 10)], 0.05) > 0.505f);
        float single = TailFit.Limit([[0.5f, 0.5f, 0.5f]], 0.05);
        Assert.InRange(single, 0.52f, 0.55f); // what is usual from part to part: 0.05 in log-odds, six degrees of freedom
    }

    [Fact]
    public void Of_others_their_spread_counts_and_where_they_lie_does_not()
    {
        static float[][] Sources(float middle, double step) =>
            [.. Enumerable.Range(-3, 7).Select(i => (float[])[FromLogOdds(LogOdds(middle) + (i * step))])];
        float[][] scores = [[0.6f], [0.61f]];
        float alone = TailFit.Limit(scores, 0.01), near = TailFit.Limit(scores, 0.01, Sources(0.6f, 0.001));
        Assert.Equal(alone, TailFit.Limit(scores, 0.01, []));
        Assert.Equal(near, TailFit.Limit(scores, 0.01, Sources(0.3f, 0.001)), 1e-5f);
        Assert.True(near < alone && alone < TailFit.Limit(scores, 0.01, Sources(0.3f, 0.1)));
        Assert.Equal(alone, TailFit.Limit(scores, 0.01, [[0.5f, 0.55f]])); // a single one says nothing of others
    }

    [Theory]
    [InlineData(0f)]
    [InlineData(1f)]
    public void Scores_at_the_ends_give_a_limit_that_is_a_score(float score) =>
        Assert.InRange(TailFit.Limit([[score], [score], [0.5f]], 0.01), 0, 1);

    private static double Gumbel(Random random) => -Math.Log(-Math.Log(random.NextDouble()));

    private static double LogOdds(double score) => Math.Log(score / (1 - score));

    private static float FromLogOdds(double odds) => (float)(1 / (1 + Math.Exp(-odds)));
}
