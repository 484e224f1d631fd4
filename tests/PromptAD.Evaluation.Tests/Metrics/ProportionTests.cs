using PromptAD.Decisions;

namespace PromptAD.Evaluation.Tests.Metrics;

public sealed class ProportionTests
{
    [Fact]
    public void Of_nothing_there_is_no_part()
    {
        Assert.Null(new Proportion(0, 0).Value);
        Assert.Null(new Proportion(0, 0).Interval);
    }

    [Fact]
    public void None_or_all_of_a_few_cases_leave_room()
    {
        Proportion none = new(0, 40), all = new(40, 40);
        Assert.Equal((0, 1), (none.Value, all.Value));
        Assert.Equal(0, none.Interval!.Value.Lower);
        Assert.Equal(1 - Math.Pow(0.025, 1 / 40.0), none.Interval!.Value.Upper, 1e-12);
        Assert.Equal(Math.Pow(0.025, 1 / 40.0), all.Interval!.Value.Lower, 1e-12);
        Assert.Equal(1, all.Interval!.Value.Upper);
    }

    [Theory]
    [InlineData(1, 10, 0.0025, 0.4450)] // from tables of the exact interval
    [InlineData(5, 10, 0.1871, 0.8129)]
    [InlineData(10, 100, 0.0490, 0.1762)]
    public void Has_the_interval_of_Clopper_and_Pearson(int count, int total, double lower, double upper)
    {
        Interval interval = new Proportion(count, total).Interval!.Value;
        Assert.Equal(lower, interval.Lower, 1e-4);
        Assert.Equal(upper, interval.Upper, 1e-4);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(30)]
    public void The_interval_covers_any_true_rate_in_at_least_95_of_100_cases(int total)
    {
        Interval[] intervals = [.. Enumerable.Range(0, total + 1).Select(count => new Proportion(count, total).Interval!.Value)];
        for (double rate = 0.005; rate < 1; rate += 0.005)
        {
            double covered = intervals.Index().Where(i => i.Item.Lower <= rate && rate <= i.Item.Upper).Sum(i => Exactly(i.Index, total, rate));
            Assert.InRange(covered, 0.95 - 1e-9, 1 + 1e-9);
        }
    }

    private static double Exactly(int count, int total, double rate) =>
        Binomial.AtLeast(count, total, rate) - (count == total ? 0 : Binomial.AtLeast(count + 1, total, rate));
}
