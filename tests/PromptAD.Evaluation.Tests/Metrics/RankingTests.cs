using CsCheck;

namespace PromptAD.Evaluation.Tests.Metrics;

public sealed class RankingTests
{
    // Few distinct scores, so that ties within and between the classes are the rule.
    private static readonly Gen<(double[] Scores, bool[] Anomalous)> Sets =
        from size in Gen.Int[2, 40]
        from scores in Gen.Int[-5, 5].Select(s => s / 4.0).Array[size]
        from anomalous in Gen.Bool.Array[size]
        where anomalous.Contains(true) && anomalous.Contains(false)
        select (scores, anomalous);

    [Fact]
    public void A_perfect_ranking_scores_one_everywhere()
    {
        RankingMetrics metrics = RankingMetrics.Measure([0.1, 0.9, 0.2, 0.8], [false, true, false, true]);
        Assert.Equal(new RankingMetrics(1, 1, 1, 0.8), metrics);
    }

    [Fact]
    public void Equal_scores_are_a_coin_toss()
    {
        RankingMetrics metrics = RankingMetrics.Measure([0.5, 0.5, 0.5, 0.5], [false, true, false, false]);
        Assert.Equal(0.5, metrics.Auroc);
        Assert.Equal(0.25, metrics.AveragePrecision);
        Assert.Equal(0.4, metrics.BestF1); // 2·1 / (2·1 + 3 + 0)
    }

    [Fact]
    public void Minus_zero_ties_with_zero() =>
        Assert.Equal(0.5, RankingMetrics.Measure([0.0, -0.0], [true, false]).Auroc);

    [Fact]
    public void Single_precision_scores_give_the_same_as_double() =>
        Assert.Equal(
            RankingMetrics.Measure([0.25, 0.5, 0.75], [false, true, false]),
            RankingMetrics.Measure([0.25f, 0.5f, 0.75f], [false, true, false]));

    [Fact]
    public void Agrees_with_counting_all_pairs() => Sets.Sample(set =>
        Assert.Equal(SlowMetrics.Auroc(set.Scores, set.Anomalous), RankingMetrics.Measure(set.Scores, set.Anomalous).Auroc, 1e-12));

    [Fact]
    public void Agrees_with_precision_at_every_threshold() => Sets.Sample(set =>
    {
        RankingMetrics metrics = RankingMetrics.Measure(set.Scores, set.Anomalous);
        Assert.Equal(SlowMetrics.AveragePrecision(set.Scores, set.Anomalous), metrics.AveragePrecision, 1e-12);
        (double f1, double threshold) = SlowMetrics.BestF1(set.Scores, set.Anomalous);
        Assert.Equal(f1, metrics.BestF1, 1e-12);
        Assert.Equal(threshold, metrics.BestF1Threshold);
    });

    [Fact]
    public void Turning_the_scores_around_turns_the_auroc_around() => Sets.Sample(set =>
    {
        double[] negated = Array.ConvertAll(set.Scores, s => -s);
        double sum = RankingMetrics.Measure(set.Scores, set.Anomalous).Auroc + RankingMetrics.Measure(negated, set.Anomalous).Auroc;
        Assert.Equal(1, sum, 1e-12);
    });

    [Fact]
    public void The_confusion_agrees_with_counting() => Sets.Sample(set =>
    {
        double threshold = set.Scores[0];
        Assert.Equal(SlowMetrics.At(threshold, set.Scores, set.Anomalous), Confusion.At(threshold, set.Scores, set.Anomalous));
    });

    [Fact]
    public void The_best_threshold_has_the_best_f1() => Sets.Sample(set =>
    {
        RankingMetrics metrics = RankingMetrics.Measure(set.Scores, set.Anomalous);
        Assert.Equal(metrics.BestF1, Confusion.At(metrics.BestF1Threshold, set.Scores, set.Anomalous).F1, 1e-12);
    });

    [Fact]
    public void A_confusion_has_its_textbook_rates()
    {
        var confusion = new Confusion(TruePositives: 6, FalsePositives: 2, TrueNegatives: 8, FalseNegatives: 4);
        Assert.Equal(0.75, confusion.Precision);
        Assert.Equal(0.6, confusion.Recall);
        Assert.Equal(0.2, confusion.FalsePositiveRate);
        Assert.Equal(12 / 18.0, confusion.F1, 1e-15);
        Assert.Equal(0, default(Confusion).Precision);
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void Refuses_a_score_that_is_not_finite(double score)
    {
        var e = Assert.Throws<PromptADException>(() => RankingMetrics.Measure([0.1, score], [true, false]));
        Assert.Equal($"Score 1 of 2 is {score}; scores must be finite numbers. Find what produced it before measuring.", e.Message);
    }

    [Theory]
    [InlineData(true, "holds no normal picture, only 2 defective ones")]
    [InlineData(false, "holds no defective picture, only 2 normal ones")]
    public void Says_which_class_is_missing(bool anomalous, string missing)
    {
        var e = Assert.Throws<PromptADException>(() => RankingMetrics.Measure([0.1, 0.2], [anomalous, anomalous]));
        Assert.Equal($"The set to measure {missing}; a ranking needs at least one normal and one defective picture. Add the missing kind.", e.Message);
    }

    [Fact]
    public void Refuses_an_empty_set() =>
        Assert.Contains("holds no picture", Assert.Throws<PromptADException>(() => RankingMetrics.Measure(Array.Empty<double>(), [])).Message);

    [Fact]
    public void Refuses_labels_of_another_number() =>
        Assert.Throws<ArgumentException>(() => RankingMetrics.Measure([0.1, 0.2, 0.3], [true, false]));

    [Fact]
    public void Refuses_a_threshold_that_is_no_number() =>
        Assert.Throws<PromptADException>(() => Confusion.At(double.NaN, [0.1], [true]));
}
