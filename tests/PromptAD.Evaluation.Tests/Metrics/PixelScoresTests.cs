using CsCheck;
using PromptAD.Evaluation.Metrics;

namespace PromptAD.Evaluation.Tests.Metrics;

public sealed class PixelScoresTests
{
    private static readonly Gen<Picture> Pictures =
        from width in Gen.Int[1, 7]
        from height in Gen.Int[1, 7]
        from map in Gen.Int[-4, 12].Select(s => s / 8f).Array[width * height]
        from mask in Gen.Frequency((3, Gen.Const((byte)0)), (2, Gen.Byte)).Array[width * height]
        select new Picture(map, mask, width, height);

    private static readonly Gen<List<Picture>> Sets = Pictures.List[1, 4].Where(set =>
        set.Any(p => p.Mask.Any(m => m != 0)) && set.Any(p => p.Mask.Any(m => m == 0)));

    private static PixelScores Collect(IEnumerable<Picture> pictures)
    {
        var scores = new PixelScores();
        foreach (Picture p in pictures) scores.Add(p.Map, p.Mask, p.Width, p.Height);
        return scores;
    }

    private static (double[] Scores, bool[] Anomalous) Flat(List<Picture> set) =>
        ([.. set.SelectMany(p => p.Map).Select(s => (double)s)], [.. set.SelectMany(p => p.Mask).Select(m => m != 0)]);

    [Fact]
    public void Ranks_pixels_as_it_ranks_pictures() => Sets.Sample(set =>
    {
        (double[] scores, bool[] anomalous) = Flat(set);
        RankingMetrics expected = RankingMetrics.Measure(scores, anomalous);
        RankingMetrics actual = Collect(set).Measure().Ranking;
        Assert.Equal(expected.Auroc, actual.Auroc, 1e-12);
        Assert.Equal(expected.AveragePrecision, actual.AveragePrecision, 1e-12);
        Assert.Equal(expected.BestF1, actual.BestF1, 1e-12);
        Assert.Equal(expected.BestF1Threshold, actual.BestF1Threshold);
    }, iter: 300);

    [Fact]
    public void Aupro_agrees_with_trying_every_threshold() => Gen.Select(Sets, Gen.Double[0.01, 1]).Sample((set, limit) =>
        Assert.Equal(SlowMetrics.Aupro(set, limit), Collect(set).Measure(limit).Aupro[0].Value, 1e-12), iter: 200);

    [Fact]
    public void Published_aupro_agrees_with_the_published_loop() => Gen.Select(Sets, Gen.Double[0.05, 1]).Sample((set, limit) =>
    {
        double? expected = SlowMetrics.PublishedAupro(set, limit);
        double? actual = Collect(set).MeasurePublishedAupro(limit);
        Assert.Equal(expected is null, actual is null);
        if (expected is not null) Assert.Equal(expected.Value, actual!.Value, 1e-12);
    }, iter: 50);

    [Fact]
    public void The_confusion_agrees_with_counting() => Sets.Sample(set =>
    {
        (double[] scores, bool[] anomalous) = Flat(set);
        Assert.Equal(SlowMetrics.At(scores[0], scores, anomalous), Collect(set).At(scores[0]));
    }, iter: 300);

    [Fact]
    public void Pictures_of_one_pixel_have_the_intervals_of_pictures() =>
        Gen.Select(Gen.Int[-4, 12], Gen.Bool).Array[2, 20].Where(set => set.Any(i => i.Item2) && set.Any(i => !i.Item2)).Sample(set =>
        {
            float[] scores = [.. set.Select(i => i.Item1 / 8f)];
            bool[] anomalous = [.. set.Select(i => i.Item2)];
            var pixels = new PixelScores();
            for (int i = 0; i < scores.Length; i++) pixels.Add([scores[i]], [anomalous[i] ? (byte)1 : (byte)0], 1, 1);
            var options = new BootstrapOptions { Resamples = 50 };
            Assert.Equal(RankingMetrics.MeasureIntervals(scores, anomalous, options), pixels.MeasureIntervals(options).Ranking);
        }, iter: 50);

    /// <summary>Maps with more pixels than are looked at: the interval must still surround the figure over all of them.</summary>
    [Fact]
    public void The_interval_of_large_maps_surrounds_the_exact_figure()
    {
        const int Size = 100;
        var random = new Random(5);
        var scores = new PixelScores();
        for (int picture = 0; picture < 12; picture++)
        {
            var map = new float[Size * Size];
            var mask = new byte[Size * Size];
            for (int i = 0; i < map.Length; i++)
            {
                if (picture % 2 == 0 && i / Size < 20 + picture) mask[i] = 1;
                map[i] = random.NextSingle() + mask[i] * 0.1f * picture;
            }
            scores.Add(map, mask, Size, Size);
        }
        PixelMetrics exact = scores.Measure();
        PixelIntervals intervals = scores.MeasureIntervals(new BootstrapOptions { Resamples = 200 });
        Assert.InRange(exact.Ranking.Auroc, intervals.Ranking.Auroc.Lower, intervals.Ranking.Auroc.Upper);
        Assert.InRange(exact.Ranking.AveragePrecision, intervals.Ranking.AveragePrecision.Lower, intervals.Ranking.AveragePrecision.Upper);
        Assert.InRange(exact.Aupro[0].Value, intervals.Aupro[0].Lower, intervals.Aupro[0].Upper);
        Assert.InRange(exact.Aupro[1].Value, intervals.Aupro[1].Lower, intervals.Aupro[1].Upper);
    }

    /// <summary>One region of 4 pixels, 16 normal ones; half the region is found before the first false alarm, the rest never.</summary>
    [Fact]
    public void Half_a_region_found_makes_half_the_area()
    {
        var map = new float[20];
        (map[0], map[1], map[2], map[3]) = (0.9f, 0.8f, -1, -1);
        byte[] mask = [1, 1, 1, 1, .. new byte[16]];
        Assert.Equal(0.5, Collect([new Picture(map, mask, 20, 1)]).Measure(0.3).Aupro[0].Value, 1e-12);
    }

    /// <summary>A region of one pixel counts as much as one of many.</summary>
    [Fact]
    public void Every_region_counts_the_same()
    {
        float[] map = [1, 0, -1, -1, -1, -1];
        byte[] mask = [1, 0, 1, 1, 1, 1];
        Assert.Equal(0.5, Collect([new Picture(map, mask, 6, 1)]).Measure(1.0).Aupro[0].Value, 1e-12);
    }

    [Fact]
    public void Regions_are_joined_over_corners()
    {
        Picture diagonal = Picture.Drawn(
            "#...",
            ".#..",
            "...#");
        PixelScores scores = Collect([diagonal]);
        Assert.Equal((2, 3, 9), (scores.Regions, (int)scores.DefectPixels, (int)scores.NormalPixels));
    }

    [Fact]
    public void A_hole_is_what_no_step_to_a_neighbour_leaves()
    {
        Picture closed = Picture.Drawn("###", "#.#", "###");
        Picture open = Picture.Drawn(".##", "#.#", "###"); // out over the corner
        Assert.Equal([4], new DefectRegions(closed.Mask, 3, 3).Holes(0));
        Assert.Empty(new DefectRegions(open.Mask, 3, 3).Holes(0));
    }

    [Fact]
    public void An_empty_mask_means_a_normal_picture()
    {
        var scores = new PixelScores();
        scores.Add([0.1f, 0.2f], [], 2, 1);
        scores.Add([0.1f, 0.3f], [0, 1], 2, 1);
        Assert.Equal((2, 3, 1), (scores.Pictures, (int)scores.NormalPixels, (int)scores.DefectPixels));
        Assert.Equal(1, scores.Measure().Ranking.Auroc);
    }

    [Fact]
    public void Published_aupro_is_undefined_when_no_step_has_a_false_alarm_below_the_limit()
    {
        var scores = new PixelScores();
        scores.Add([1, 0, 0, 0], [1, 0, 0, 0], 4, 1);
        Assert.Null(scores.MeasurePublishedAupro());
    }

    [Fact]
    public void Refuses_a_score_that_is_not_finite_and_adds_nothing_of_that_picture()
    {
        var scores = new PixelScores();
        var e = Assert.Throws<PromptADException>(() => scores.Add([0, 0, 0, float.NaN], [1, 0, 0, 0], 2, 2));
        Assert.Equal("Picture 0 has the score NaN at x = 1, y = 1; scores must be finite numbers.", e.Message);
        Assert.Equal((0, 0L, 0L), (scores.Pictures, scores.NormalPixels, scores.DefectPixels));
    }

    [Fact]
    public void Says_which_class_is_missing()
    {
        var scores = new PixelScores();
        scores.Add([0.5f], [], 1, 1);
        Assert.Contains("holds no defective pixel, only 1 normal ones", Assert.Throws<PromptADException>(() => scores.Measure()).Message);
        Assert.Throws<PromptADException>(() => scores.MeasureIntervals());
        Assert.Throws<PromptADException>(() => scores.MeasurePublishedAupro());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1.01)]
    [InlineData(double.NaN)]
    public void Refuses_a_limit_out_of_range(double limit)
    {
        PixelScores scores = FixtureTests.PixelFixture();
        Assert.Contains($"false-positive rate of {limit};", Assert.Throws<PromptADException>(() => scores.Measure(limit)).Message);
        Assert.Throws<PromptADException>(() => scores.MeasurePublishedAupro(limit));
    }

    [Fact]
    public void Refuses_spans_of_another_size()
    {
        var scores = new PixelScores();
        Assert.Throws<ArgumentException>(() => scores.Add([0, 0, 0], [], 2, 2));
        Assert.Throws<ArgumentException>(() => scores.Add([0, 0, 0, 0], [0], 2, 2));
        Assert.Throws<ArgumentException>(() => scores.Add([], [], 0, 0));
    }
}
