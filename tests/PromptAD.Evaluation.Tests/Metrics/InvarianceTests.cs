using CsCheck;

namespace PromptAD.Evaluation.Tests.Metrics;

/// <summary>What measures of a ranking must not depend on, and what they must stay within.</summary>
public sealed class InvarianceTests
{
    private const double Rounding = 1e-12;

    private static readonly Gen<(double[] Scores, bool[] Anomalous)> Sets =
        from size in Gen.Int[2, 60]
        from scores in Gen.Int[-20, 20].Select(s => s / 4.0).Array[size]
        from anomalous in Gen.Bool.Array[size]
        where anomalous.Contains(true) && anomalous.Contains(false)
        select (scores, anomalous);

    private static readonly Gen<List<Picture>> Maps =
        (from width in Gen.Int[1, 7]
         from height in Gen.Int[1, 7]
         from map in Gen.Int[-4, 12].Select(s => s / 8f).Array[width * height]
         from mask in Gen.Frequency((3, Gen.Const((byte)0)), (2, Gen.Const((byte)255))).Array[width * height]
         select new Picture(map, mask, width, height)).List[1, 4]
        .Where(set => set.Any(p => p.Mask.Any(m => m != 0)) && set.Any(p => p.Mask.Any(m => m == 0)));

    /// <summary>Changes that keep the order of all scores, ties included.</summary>
    private static readonly Func<double, double>[] Rising =
        [s => (2 * s) - 7, s => (s * s * s) + s, s => s < 0 ? s / 16 : s * 16, s => Math.Floor(s * 4) * 1e6];

    [Fact]
    public void Only_the_order_of_scores_counts() => Gen.Select(Sets, Gen.Int[0, Rising.Length - 1]).Sample((set, which) =>
    {
        double[] changed = Array.ConvertAll(set.Scores, score => Rising[which](score));
        RankingMetrics expected = RankingMetrics.Measure(set.Scores, set.Anomalous), found = RankingMetrics.Measure(changed, set.Anomalous);
        Assert.Equal(expected with { BestF1Threshold = Rising[which](expected.BestF1Threshold) }, found);
    });

    [Fact]
    public void The_order_of_pictures_does_not_count() => Gen.Select(Sets, Gen.Int).Sample((set, seed) =>
    {
        int[] order = [.. Enumerable.Range(0, set.Scores.Length)];
        new Random(seed).Shuffle(order);
        Assert.Equal(
            RankingMetrics.Measure(set.Scores, set.Anomalous),
            RankingMetrics.Measure([.. order.Select(i => set.Scores[i])], [.. order.Select(i => set.Anomalous[i])]));
    });

    [Fact]
    public void Every_picture_twice_is_the_same_set() => Sets.Sample(set =>
    {
        RankingMetrics expected = RankingMetrics.Measure(set.Scores, set.Anomalous);
        RankingMetrics found = RankingMetrics.Measure([.. set.Scores, .. set.Scores], [.. set.Anomalous, .. set.Anomalous]);
        Assert.Equal(expected.Auroc, found.Auroc, Rounding);
        Assert.Equal(expected.AveragePrecision, found.AveragePrecision, Rounding);
        Assert.Equal((expected.BestF1, expected.BestF1Threshold), (found.BestF1, found.BestF1Threshold));
    });

    [Fact]
    public void Measures_stay_within_what_they_can_be() => Sets.Sample(set =>
    {
        RankingMetrics found = RankingMetrics.Measure(set.Scores, set.Anomalous);
        double defects = set.Anomalous.Count(one => one), all = set.Anomalous.Length;
        Assert.InRange(found.Auroc, 0, 1);
        Assert.InRange(found.AveragePrecision, 1 / all, 1);
        Assert.InRange(found.BestF1, (2 * defects / (all + defects)) - Rounding, 1); // of calling all of them defective
        Assert.Contains(found.BestF1Threshold, set.Scores);
        Assert.Equal(found.Auroc == 1, set.Scores.Zip(set.Anomalous).Where(one => one.Second).Min(one => one.First)
            > set.Scores.Zip(set.Anomalous).Where(one => !one.Second).Max(one => one.First));
    });

    [Fact]
    public void Defects_that_score_higher_never_make_it_worse() => Gen.Select(Sets, Gen.Int[1, 40]).Sample((set, quarters) =>
    {
        double[] higher = [.. set.Scores.Zip(set.Anomalous, (score, isDefect) => isDefect ? score + (quarters / 4.0) : score)];
        RankingMetrics before = RankingMetrics.Measure(set.Scores, set.Anomalous), after = RankingMetrics.Measure(higher, set.Anomalous);
        Assert.True(after.Auroc >= before.Auroc - Rounding && after.BestF1 >= before.BestF1 - Rounding);
    });

    [Fact]
    public void Aupro_goes_by_the_order_of_pixels_alone() => Gen.Select(Maps, Gen.Double[0.05, 1]).Sample((set, limit) =>
        Assert.Equal(Aupro(set, limit), Aupro([.. set.Select(p => p with { Map = Array.ConvertAll(p.Map, s => (s * s * s) + (2 * s) - 5) })], limit), Rounding), iter: 200);

    [Fact]
    public void Aupro_does_not_change_with_the_order_or_the_side_of_pictures() => Gen.Select(Maps, Gen.Double[0.05, 1], Gen.Int).Sample((set, limit, seed) =>
    {
        Picture[] other = [.. set.Select(Mirrored)];
        new Random(seed).Shuffle(other);
        Assert.Equal(Aupro(set, limit), Aupro(other, limit), Rounding);
    }, iter: 200);

    [Fact]
    public void Aupro_is_a_part_of_what_it_can_be_and_its_area_grows_with_the_limit() => Gen.Select(Maps, Gen.Double[0.05, 1], Gen.Double[0.05, 1]).Sample((set, a, b) =>
    {
        (double small, double large) = (Math.Min(a, b), Math.Max(a, b));
        Assert.InRange(Aupro(set, small), 0, 1 + Rounding);
        Assert.True(Aupro(set, small) * small <= (Aupro(set, large) * large) + Rounding);
        Assert.True(Aupro(set, small) <= Aupro(set, large) + Rounding); // its curve never falls
    }, iter: 200);

    private static double Aupro(IEnumerable<Picture> set, double limit)
    {
        var scores = new PixelScores();
        foreach (Picture one in set) scores.Add(one.Map, one.Mask, one.Width, one.Height);
        return scores.Measure(limit).Aupro[0].Value;
    }

    private static Picture Mirrored(Picture one)
    {
        int Place(int i) => (i / one.Width * one.Width) + one.Width - 1 - (i % one.Width);
        return one with
        {
            Map = [.. one.Map.Select((_, i) => one.Map[Place(i)])],
            Mask = [.. one.Mask.Select((_, i) => one.Mask[Place(i)])],
        };
    }
}
