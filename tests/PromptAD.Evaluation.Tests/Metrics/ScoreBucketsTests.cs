using CsCheck;
using PromptAD.Evaluation.Metrics;

namespace PromptAD.Evaluation.Tests.Metrics;

public sealed class ScoreBucketsTests
{
    [Fact]
    public void Keys_sort_like_their_scores_and_turn_back_into_them() =>
        Gen.Select(Gen.Float.Where(float.IsFinite), Gen.Float.Where(float.IsFinite)).Sample((a, b) =>
        {
            Assert.Equal(a.CompareTo(b), a == b ? 0 : ScoreKey.Of(a).CompareTo(ScoreKey.Of(b)));
            Assert.Equal(a, ScoreKey.ToScore(ScoreKey.Of(a)));
        });

    [Fact]
    public void Both_zeros_share_a_key() => Assert.Equal(ScoreKey.Of(0f), ScoreKey.Of(-0f));

    [Fact]
    public void Returns_what_was_added_from_the_highest_down() =>
        // Narrow and wide ranges, so that buckets of few and of many entries are met, with and without ties.
        Gen.Select(Gen.Int[0, 20_000], Gen.Int[1, 31], Gen.UInt).Sample((size, bits, seed) =>
        {
            var random = new Random((int)seed);
            uint[] keys = [.. Enumerable.Range(0, size).Select(_ => (uint)random.NextInt64(1L << bits))];
            var buckets = new ScoreBuckets();
            foreach (uint key in keys) buckets.Add(key);

            (uint, int)[] expected = [.. keys.GroupBy(k => k).OrderByDescending(g => g.Key).Select(g => (g.Key, g.Count()))];
            Assert.Equal(expected, buckets.FromHighest());
            Assert.Equal(size, buckets.Count);
        }, iter: 60);

    [Fact]
    public void Can_be_read_twice_and_added_to_in_between()
    {
        var buckets = new ScoreBuckets();
        for (int i = 0; i < 100_000; i++) buckets.Add((uint)(i % 1000));
        Assert.Equal(1000, buckets.FromHighest().Count());
        buckets.Add(5000);
        Assert.Equal((5000u, 1), buckets.FromHighest().First());
        Assert.Equal(100_001, buckets.FromHighest().Sum(k => k.Count));
    }
}
