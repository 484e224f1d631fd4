namespace PromptAD.Evaluation.Tests.Metrics;

public sealed class BootstrapTests
{
    private static readonly double[] Scores = [0.9, 0.8, 0.7, 0.35, 0.6, 0.4, 0.3, 0.2, 0.1, 0.05];
    private static readonly bool[] Anomalous = [true, true, true, true, false, false, false, false, false, false];

    [Fact]
    public void The_same_seed_gives_the_same_interval_and_another_seed_another()
    {
        var options = new BootstrapOptions { Seed = 7, Resamples = 20 };
        RankingIntervals first = RankingMetrics.MeasureIntervals(Scores, Anomalous, options);
        Assert.Equal(first, RankingMetrics.MeasureIntervals(Scores, Anomalous, options));
        Assert.NotEqual(first, RankingMetrics.MeasureIntervals(Scores, Anomalous, options with { Seed = 8 }));
    }

    [Fact]
    public void The_interval_holds_the_figure()
    {
        double auroc = RankingMetrics.Measure(Scores, Anomalous).Auroc;
        Interval interval = RankingMetrics.MeasureIntervals(Scores, Anomalous).Auroc;
        Assert.InRange(auroc, interval.Lower, interval.Upper);
        Assert.True(interval.Lower < auroc);
    }

    [Fact]
    public void A_perfect_ranking_stays_perfect_in_every_resample() =>
        Assert.Equal(new Interval(1, 1), RankingMetrics.MeasureIntervals([0.1, 0.2, 0.8, 0.9], [false, false, true, true]).Auroc);

    [Fact]
    public void A_higher_level_gives_a_wider_interval()
    {
        Interval narrow = RankingMetrics.MeasureIntervals(Scores, Anomalous, new BootstrapOptions { Level = 0.5 }).Auroc;
        Interval wide = RankingMetrics.MeasureIntervals(Scores, Anomalous, new BootstrapOptions { Level = 0.99 }).Auroc;
        Assert.True(wide.Lower < narrow.Lower && wide.Upper >= narrow.Upper);
    }

    /// <summary>
    /// With one defect above n of m normals, a resample's AUROC is a binomial share: its percentiles are known.
    /// </summary>
    [Fact]
    public void The_interval_of_a_share_is_the_binomial_one()
    {
        double[] scores = [0.5, .. Enumerable.Range(0, 100).Select(i => i < 80 ? 0.1 : 0.9)];
        bool[] anomalous = [true, .. Enumerable.Repeat(false, 100)];
        Interval interval = RankingMetrics.MeasureIntervals(scores, anomalous, new BootstrapOptions { Resamples = 20_000 }).Auroc;
        // The standard deviation is √(0.8·0.2/100) = 0.04.
        Assert.Equal(0.8 - 1.96 * 0.04, interval.Lower, 0.011);
        Assert.Equal(0.8 + 1.96 * 0.04, interval.Upper, 0.011);
    }

    [Fact]
    public void Every_rate_of_a_confusion_has_an_interval()
    {
        Confusion confusion = Confusion.At(0.38, Scores, Anomalous);
        ConfusionIntervals intervals = Confusion.IntervalsAt(0.38, Scores, Anomalous);
        Assert.InRange(confusion.Precision, intervals.Precision.Lower, intervals.Precision.Upper);
        Assert.InRange(confusion.Recall, intervals.Recall.Lower, intervals.Recall.Upper);
        Assert.InRange(confusion.FalsePositiveRate, intervals.FalsePositiveRate.Lower, intervals.FalsePositiveRate.Upper);
        Assert.InRange(confusion.F1, intervals.F1.Lower, intervals.F1.Upper);
    }

    [Theory]
    [InlineData(0, 0.95, "0 bootstrap resamples")]
    [InlineData(10, 0, "level of an interval was given as 0;")]
    [InlineData(10, 1, "level of an interval was given as 1;")]
    [InlineData(10, double.NaN, "level of an interval was given as NaN;")]
    public void Refuses_options_out_of_range(int resamples, double level, string said)
    {
        var options = new BootstrapOptions { Resamples = resamples, Level = level };
        Assert.Contains(said, Assert.Throws<PromptADException>(() => RankingMetrics.MeasureIntervals(Scores, Anomalous, options)).Message);
    }
}
