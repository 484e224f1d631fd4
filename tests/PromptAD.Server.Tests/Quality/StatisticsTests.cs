using CsCheck;
using PromptAD.Client;
using PromptAD.Server.Pages.Quality;
using PromptAD.Server.Quality;

namespace PromptAD.Server.Tests.Quality;

/// <summary>The mathematics of the charts, against values that were computed by hand.</summary>
public sealed class StatisticsTests
{
    [Fact]
    public void The_moving_average_and_its_limits_are_those_of_the_equation()
    {
        var average = new Ewma(centre: 10, spread: 1, weight: 0.5, width: 2);

        EwmaPoint first = average.Next(12), second = average.Next(12), third = average.Next(8);

        // 0.5·12 + 0.5·10 = 11; 2·sqrt(0.5/1.5·(1 - 0.25)) = 1
        Assert.Equal((11, 9, 11), (first.Smoothed, Math.Round(first.Lower, 12), Math.Round(first.Upper, 12)));
        Assert.Equal(11.5, second.Smoothed);
        Assert.Equal(10 + (2 * Math.Sqrt(0.3125)), second.Upper, 12); // 1/3·(1 - 1/16)
        Assert.True(second.IsOut);
        Assert.Equal(9.75, third.Smoothed);
        Assert.Equal(10 - (2 * Math.Sqrt(0.328125)), third.Lower, 12); // 1/3·(1 - 1/64)
        Assert.False(third.IsOut);
    }

    [Fact]
    public void With_full_weight_it_is_the_chart_of_single_values()
    {
        var average = new Ewma(centre: 2, spread: 0.5, weight: 1, width: 3);
        Assert.Equal(new EwmaPoint(7, 0.5, 3.5), average.Next(7));
        Assert.Equal(new EwmaPoint(1, 0.5, 3.5), average.Next(1));
    }

    [Fact]
    public void The_recursion_is_the_weighted_sum() => Gen.Double[-5, 5].Array[1, 30].Sample(values =>
    {
        const double Weight = Ewma.UsualWeight;
        var average = new Ewma(centre: 1, spread: 1);
        double last = Array.ConvertAll(values, value => average.Next(value).Smoothed)[^1], sum = Math.Pow(1 - Weight, values.Length);
        for (int i = 0; i < values.Length; i++) sum += Weight * Math.Pow(1 - Weight, values.Length - 1 - i) * values[i];
        Assert.Equal(sum, last, 10);
    });

    [Fact]
    public void A_few_defects_do_not_change_where_scores_lie()
    {
        Assert.Equal((3, 1.4826), RobustScale.Of([1, 2, 3, 4, 100]));
        Assert.Equal((2.5, 1.4826), RobustScale.Of([4, 1, 3, 2]));
        (double centre, double spread) = RobustScale.Of([5, 5, 5, 9]); // more than half of them are one value
        Assert.Equal((5, Math.Sqrt(3)), (centre, spread));
        Assert.Equal((7, 0), RobustScale.Of([7]));
    }

    [Fact]
    public void A_share_has_the_limit_of_chance()
    {
        Assert.Equal(0.35, ShareChart.Upper(0.2, 64), 12); // 0.2 + 3·sqrt(0.16/64)
        Assert.Equal(1, ShareChart.Upper(0.5, 1));
        Assert.Equal(0, ShareChart.Upper(0, 10));
        Assert.Equal(0.25, ShareChart.Mean(5, 20));
        Assert.Null(ShareChart.Mean(0, 0));
    }

    [Theory]
    [InlineData(0.5, DriftState.Steady)]
    [InlineData(0.9, DriftState.Higher)]
    [InlineData(0.1, DriftState.Lower)]
    public void Drift_is_told_once_there_are_enough_scores(double level, DriftState expected)
    {
        var baseline = new QualityBaseline(BaselineOrigin.Calibration, 30, 0.5, 0.1);
        List<QualityPoint> Points(int count) => QualityReader.Chart(
            Enumerable.Range(0, count).Select(i => new ScoreGroup((i * 10) + 1, (i * 10) + 10, default, i < 2 ? 0.5 : level)), baseline);

        Assert.Equal(DriftState.Unknown, QualityReader.DriftOf(Points(4), 10).State);
        DriftInfo drift = QualityReader.DriftOf(Points(20), 10);

        Assert.Equal((expected, 200), (drift.State, drift.Inspections));
        // Two points lie at the centre; the third is out at once: 0.2·0.4 = 0.08 against 0.3·sqrt(1/9·(1 - 0.8^6)) = 0.086: one later.
        Assert.Equal(expected == DriftState.Steady ? null : 31, drift.Since);
    }

    [Theory]
    [InlineData(0, 1, 0, 1, 0.2, 1)]
    [InlineData(0.41, 0.63, 0.4, 0.65, 0.05, 2)]
    [InlineData(-3, 17, -5, 20, 5, 0)]
    public void Marks_are_round_numbers_around_all_values(double low, double high, double from, double to, double step, int digits)
    {
        ChartScale scale = ChartScale.Around([high, low]);
        Assert.Equal((from, to, digits), (Math.Round(scale.Lowest, 9), Math.Round(scale.Highest, 9), scale.Digits));
        Assert.Equal(step, scale.Marks[1] - scale.Marks[0], 9);
        Assert.Equal((1000, 0), (scale.Down(scale.Lowest), scale.Down(scale.Highest)));
    }

    [Fact]
    public void Any_values_have_a_scale() => Gen.Double[-1e6, 1e6].Array[0, 10].Sample(values =>
    {
        ChartScale scale = ChartScale.Around(values);
        Assert.InRange(scale.Marks.Count, 2, 8);
        Assert.All(values, value => Assert.InRange(value, scale.Lowest - 1e-6, scale.Highest + 1e-6));
    });

    [Fact]
    public void The_first_and_the_last_place_have_words()
    {
        Assert.Equal([0, 1, 2], ChartScale.Some(3));
        Assert.Equal([0, 33, 66, 99], ChartScale.Some(100, 4));
    }
}
