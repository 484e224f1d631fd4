using PromptAD.Encoders;
using PromptAD.Imaging;
using PromptAD.Memory;
using PromptAD.Scoring;
using PromptAD.Words;

namespace PromptAD.Tests.Scoring;

public sealed class PictureScorerTests
{
    private const float Temperature = 2;
    private static readonly PatchGrid TwoByTwo = new(2);

    // Logits are 2 · (second - first channel).
    private static readonly Prototypes Words = new([1, 0], [0, 1]);
    private static readonly PictureFeatures Picture = new([0.6f, 0.8f], [1, 0, 0.8f, 0.6f, 0.6f, 0.8f, 0, 1], [[1, 0, 1, 0, 1, 0, 1, 0]]);
    private static readonly float[] Distances = [0.1f, 0.4f, 0.2f, 0.3f];

    [Fact]
    public void Takes_the_mean_of_the_top_patches_for_the_picture()
    {
        PictureScores scores = new PictureScorer(TwoByTwo, Words, Words, Temperature, new ScoringOptions { TopPatches = 2 }, null).Score(Picture, Distances);

        Assert.Equal(0.35f, scores.Visual!.Value, 1e-6f);
        Assert.Equal(ScoreMaps.Fuse(scores.Textual!.Value, 0.35f), scores.Image, 1e-6f);
    }

    [Fact]
    public void Takes_all_patches_where_more_are_asked_for_than_there_are()
    {
        PictureScores scores = new PictureScorer(TwoByTwo, null, null, Temperature, new ScoringOptions { TopPatches = 99 }, null).Score(Picture, Distances);

        Assert.Equal(0.25f, scores.Image, 1e-6f);
    }

    [Fact]
    public void Adds_deviations_on_a_common_scale()
    {
        var scale = new ScoreScale(Picture: new(0.2f, 0.1f), Text: new(-1, 0.5f), Memory: new(0.1f, 0.05f));
        var options = new ScoringOptions { Fusion = ScoreFusion.CommonScale, TopPatches = 1 };

        PictureScores scores = new PictureScorer(TwoByTwo, Words, Words, Temperature, options, scale).Score(Picture, Distances);

        // Logits -2, -0.4, 0.4, 2 are -2, 1.2, 2.8, 6 deviations; distances are 0, 6, 2, 4.
        Assert.Equal([-2, 7.2f, 4.8f, 10], scores.FusedMap, new Close(1e-4f));
        // The picture's logit is 0.4: 2 deviations more.
        Assert.Equal(0.5 + (Math.Atan((10 + 2) / 6.0) / Math.PI), scores.Image, 1e-5);
    }

    [Fact]
    public void Needs_what_good_pictures_score_for_a_common_scale() => Assert.Throws<ArgumentNullException>(
        () => new PictureScorer(TwoByTwo, Words, Words, Temperature, new ScoringOptions { Fusion = ScoreFusion.CommonScale }, scale: null));

    [Theory]
    [InlineData(ScoreFusion.Harmonic)]
    [InlineData(ScoreFusion.CommonScale)]
    public void Does_without_words_or_memory(ScoreFusion fusion)
    {
        var scale = new ScoreScale(new(0, 1), new(0, 1), new(0, 1));
        var options = new ScoringOptions { Fusion = fusion, MapSize = 4, SmoothingSigma = 0 };
        PictureScorer words = new(TwoByTwo, Words, Words, Temperature, options, scale), memory = new(TwoByTwo, null, null, Temperature, options, scale);

        Assert.Null(words.Score(Picture, null).Visual);
        Assert.Null(memory.Score(Picture, Distances).Textual);
        Assert.True(words.Score(Picture, null).Image > 0.5);
        Assert.All(words.Map(words.Score(Picture, null)), value => Assert.InRange(value, 0, 1));
        Assert.All(memory.Map(memory.Score(Picture, Distances)), value => Assert.InRange(value, 0, 1));
        Assert.Throws<ArgumentException>(() => memory.Score(Picture, null));
    }

    [Fact]
    public void Keeps_far_deviations_apart_on_a_common_scale()
    {
        var scale = new ScoreScale(new(0, 1), new(0, 1), new(0, MeanAndDeviation.Smallest));
        var scorer = new PictureScorer(TwoByTwo, null, null, Temperature, new ScoringOptions { Fusion = ScoreFusion.CommonScale, TopPatches = 1 }, scale);

        float far = scorer.Score(Picture, [0.8f]).Image, farther = scorer.Score(Picture, [0.9f]).Image;

        Assert.True(far < farther && farther < 1, $"{far} and {farther}");
    }

    [Fact]
    public void Reads_the_spread_of_good_pictures()
    {
        var bank = new MemoryBank([[1, 0]], width: 2);
        PictureFeatures[] varied = [new([1, 0], [1, 0, 0.6f, 0.8f], [[1, 0, 0, 1]]), new([0.6f, 0.8f], [1, 0, 0.6f, 0.8f], [[1, 0, 0, 1]])];

        ScoreScale scale = PictureScorer.ScaleOf(Words, Words, bank, Temperature, varied);

        // Logits -2 and 0.4, distances 0 and 0.5.
        Assert.Equal(-0.8f, scale.Picture.Mean, 1e-5f);
        Assert.Equal(1.2f, scale.Text.Deviation, 2e-4f);
        Assert.Equal(0.25f, scale.Memory.Mean, 1e-5f);
        Assert.Equal(0.25f + MeanAndDeviation.Smallest, scale.Memory.Deviation, 1e-5f);
    }

    [Fact]
    public void Varies_good_pictures_in_place_and_light()
    {
        byte[] input = [.. Enumerable.Range(0, 12).Select(i => (byte)(20 * i))], output = new byte[12]; // (3, 2, 2)
        var all = new HashSet<string>();
        for (int i = 0; i < GoodVariation.Count; i++)
        {
            GoodVariation.Make(i, input, 2, [120, 120, 120], output);
            all.Add(string.Join(' ', output));
        }

        Assert.Equal(GoodVariation.Count, all.Count);
        Assert.DoesNotContain(string.Join(' ', input), all);
    }

    private sealed class Close(float tolerance) : IEqualityComparer<float>
    {
        public bool Equals(float x, float y) => Math.Abs(x - y) <= tolerance;

        public int GetHashCode(float value) => 0;
    }
}
