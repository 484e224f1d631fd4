using CsCheck;
using PromptAD.Decisions;
using PromptAD.Tests.Detectors;

namespace PromptAD.Tests.Decisions;

/// <summary>What limits promise, for any scores.</summary>
public sealed class LimitPropertyTests : DetectorTest
{
    private static readonly Gen<float> Score = Gen.Int[1, 999].Select(thousandth => thousandth / 1000f);
    private static readonly Gen<float> Tied = Gen.Int[1, 9].Select(tenth => tenth / 10f);
    private static readonly Gen<double> Rate = Gen.Double[0.001, 0.5];
    private static readonly Gen<float[]> Scores = Gen.OneOf(Score.Array[1, 40], Tied.Array[1, 40]);

    private static readonly Gen<GoodScores> Good =
        from shots in Gen.Select(Gen.Int[0, 4], Score, Score, (source, score, peak) => new GoodScore(source, score, peak)).Array[1, 12]
        from further in Gen.Select(Score, Score).Array[0, 30]
        select new GoodScores(shots, [.. further.Select((one, source) => new GoodScore(source, one.Item1, one.Item2))]);

    [Fact]
    public void A_higher_limit_never_rejects_more() => Gen.Select(Score, Score, Score, Scores).Sample((a, b, review, scores) =>
    {
        Limits low = Given(review, Math.Min(a, b)), high = Given(review, Math.Max(a, b));
        Assert.True(scores.Count(score => high.Judge(score) == Verdict.NG) <= scores.Count(score => low.Judge(score) == Verdict.NG));
        low = Given(Math.Min(a, b), ng: 1);
        high = Given(Math.Max(a, b), ng: 1);
        Assert.True(scores.Count(score => high.Judge(score) != Verdict.OK) <= scores.Count(score => low.Judge(score) != Verdict.OK));
    });

    [Fact]
    public void A_higher_score_never_gets_a_better_verdict() => Gen.Select(Score, Score, Scores).Sample((a, b, scores) =>
    {
        Limits limits = Given(Math.Min(a, b), Math.Max(a, b));
        Verdict[] verdicts = [.. scores.Order().Select(limits.Judge)];
        Assert.Equal(verdicts.OrderBy(verdict => Array.IndexOf([Verdict.OK, Verdict.Review, Verdict.NG], verdict)), verdicts);
        float[] normalized = [.. scores.Order().Select(limits.Normalize)];
        Assert.Equal(normalized.Order(), normalized);
        Assert.All(normalized, one => Assert.InRange(one, 0, 1));
    });

    /// <summary>
    /// If the next picture is one of n + 1 that might each have come last, no more than the part a of them lie above the limit of the
    /// other n: counted, not estimated, for any scores and any ties.
    /// </summary>
    [Fact]
    public void No_more_good_pictures_lie_above_a_guaranteed_limit_than_was_promised() => Gen.Select(Scores, Rate).Sample((scores, rate) =>
    {
        int above = 0;
        for (int last = 0; last < scores.Length; last++)
        {
            float? limit = ConformalLimit.Of([.. scores[..last], .. scores[(last + 1)..]], rate);
            if (limit is { } known && scores[last] > known) above++;
        }
        Assert.True(above <= (rate * scores.Length) + 1e-6, $"{above} of {scores.Length} are above for a rate of {rate}");
    }, iter: 2000);

    [Fact]
    public void A_guarantee_is_given_as_soon_as_there_are_enough_pictures_and_no_sooner() => Gen.Select(Scores, Rate).Sample((scores, rate) =>
    {
        Assert.Equal(scores.Length >= ConformalLimit.PicturesFor(rate), ConformalLimit.Of(scores, rate) is not null);
        Assert.Equal(SlowLimit(scores, rate), ConformalLimit.Of(scores, rate));
    });

    [Fact]
    public void A_lower_rate_never_gives_a_lower_limit() => Gen.Select(Good, Rate, Rate).Sample((good, a, b) =>
    {
        Limits often = Fit(good, Math.Max(a, b)), seldom = Fit(good, Math.Min(a, b));
        bool isSameKind = often.Review.Basis == seldom.Review.Basis;
        if (isSameKind) Assert.True(seldom.Review.Score >= often.Review.Score, $"{seldom} and {often}");
    }, iter: 30);

    [Fact]
    public void The_order_of_the_pictures_does_not_matter() => Gen.Select(Good, Rate, Gen.Int).Sample((good, rate, seed) =>
    {
        var random = new Random(seed);
        GoodScore[] shots = [.. good.Shots], further = [.. good.Further];
        random.Shuffle(shots);
        random.Shuffle(further);
        Limits expected = Fit(good, rate), found = Fit(new GoodScores(shots, further), rate);
        Assert.Equal(expected.Review.Score, found.Review.Score, 1e-5f);
        Assert.Equal(expected.Pixel.Score, found.Pixel.Score, 1e-5f);
    }, iter: 30);

    [Fact]
    public void Limits_survive_writing_and_reading() => Gen.Select(Good, Rate, Gen.Double[0, 500]).Sample((good, rate, area) =>
    {
        Limits limits = LimitFitting.Fit(good, new LimitOptions { ReviewRate = rate, NGRate = rate, MinimumArea = area });
        Detector detector = Model with { Metadata = Model.Metadata with { GoodScores = good, Limits = limits } };
        using var stream = new MemoryStream();
        detector.Save(stream);
        stream.Position = 0;
        Detector read = Detector.Load(stream);
        Assert.Equal(limits, read.Limits);
        Assert.Equal(good.Shots, read.GoodScores.Shots);
        Assert.Equal(good.Further, read.GoodScores.Further);
        Assert.Equal(limits, read.WithLimits(new LimitOptions { ReviewRate = rate, NGRate = rate, MinimumArea = area }).Limits);
    }, iter: 30);

    private static Limits Fit(GoodScores good, double rate) => LimitFitting.Fit(good, new LimitOptions { ReviewRate = rate, NGRate = rate });

    private static Limits Given(float review, float ng) =>
        new(new(review, null, LimitBasis.Given), new(ng, null, LimitBasis.Given), new(0.5f, null, LimitBasis.Given));

    /// <summary>The least of the scores that the next one lies above with no more than the probability, tried one by one.</summary>
    private static float? SlowLimit(float[] scores, double rate)
    {
        float[] ordered = [.. scores.Order()];
        for (int k = 1; k <= ordered.Length; k++)
            if (1 - (k / (ordered.Length + 1.0)) <= rate + 1e-9) return ordered[k - 1];
        return null;
    }
}
