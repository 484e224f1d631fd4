using PromptAD.Evaluation.Metrics;

namespace PromptAD.Evaluation.Tests.Metrics;

public sealed class PairedAurocTests
{
    private static readonly bool[] Anomalous = [false, true, true, false, true, true, false, true, true, false, true, true];
    private static readonly int[] Groups = [0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3];

    [Fact]
    public void A_detector_gains_nothing_over_itself()
    {
        double[] scores = [.. Anomalous.Select((_, i) => (double)(i * 7 % 5))];
        PairedDifference same = PairedAuroc.Difference(scores, scores, Anomalous, Groups);
        Assert.Equal(new PairedDifference(0, new Interval(0, 0)), same);
    }

    [Fact]
    public void Perfect_against_exactly_wrong_is_one_whatever_is_drawn()
    {
        double[] right = [.. Anomalous.Select(bad => bad ? 1.0 : 0)], wrong = [.. right.Select(score => -score)];
        Assert.Equal(new PairedDifference(1, new Interval(1, 1)), PairedAuroc.Difference(right, wrong, Anomalous, Groups));
    }

    [Fact]
    public void The_interval_is_that_of_all_draws_of_groups_counted_one_by_one()
    {
        // Two groups: drawn again they are (0, 0), (0, 1), (1, 0) or (1, 1), each as likely.
        bool[] anomalous = [false, true, false, true];
        double[] better = [0, 1, 0, 1], worse = [0, 1, 2, 1];
        double Slow(int[] drawn)
        {
            double[] goods = [.. drawn.Select(group => worse[2 * group])], bads = [.. drawn.Select(group => worse[(2 * group) + 1])];
            double won = goods.Sum(good => bads.Sum(bad => bad > good ? 1 : bad == good ? 0.5 : 0));
            return 1 - (won / (goods.Length * bads.Length)); // the better one has 1
        }
        double[] all = [Slow([0, 0]), Slow([0, 1]), Slow([1, 0]), Slow([1, 1])];
        PairedDifference found = PairedAuroc.Difference(better, worse, anomalous, [0, 0, 1, 1]);
        Assert.Equal(Slow([0, 1]), found.Value, 12);
        Assert.Equal((all.Min(), all.Max()), (found.Interval.Lower, found.Interval.Upper)); // a quarter each, so 2.5 % are the ends
    }
}
