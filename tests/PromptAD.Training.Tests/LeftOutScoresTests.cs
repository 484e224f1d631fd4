using PromptAD.Decisions;
using PromptAD.Encoders;
using PromptAD.Memory;
using PromptAD.Scoring;

namespace PromptAD.Training.Tests;

public sealed class LeftOutScoresTests(TinyBackbone tiny) : IClassFixture<TinyBackbone>
{
    private const int Width = 2;

    [Fact]
    public void A_picture_is_scored_against_the_others_alone()
    {
        // Four patches each; picture 0 is all (1, 0), picture 1 all (0, 1): each is at 0 from itself and at (1 - 0)/2 from the other.
        PictureFeatures first = Picture([1, 0, 1, 0, 1, 0, 1, 0]), second = Picture([0, 1, 0, 1, 0, 1, 0, 1]);
        var bank = new MemoryBank([[.. first.Memory[0], .. second.Memory[0]]], Width);
        PictureFeatures[][] queries = [[first], [second, second]];
        IReadOnlyList<GoodScore> scores = LeftOut(new LeftOutScores([first, second], [first, second]), bank, source => queries[source], Scorer).Of(2);
        Assert.Equal([0, 1, 1], scores.Select(score => score.Source));
        Assert.All(scores, score => Assert.Equal(0.5f, score.Score, 1e-6f));
        Assert.All(scores, score => Assert.Equal(0.5f, score.Peak, 1e-6f));
    }

    [Fact]
    public void A_single_picture_is_compared_with_its_other_places()
    {
        // 6 x 6 patches, all alike but one in the corner: only the far blocks know nothing like it.
        var rows = new float[36 * Width];
        for (int place = 0; place < 36; place++) rows[place * Width] = 1;
        (rows[0], rows[1]) = (0, 1);
        PictureFeatures picture = Picture(rows);
        var bank = new MemoryBank([rows], Width);
        float[] map = new LeftOutScores([picture], []).Elsewhere(picture, bank);
        Assert.Equal(0.5f, map[0], 1e-6f);
        Assert.All(map[1..], value => Assert.Equal(0, value, 1e-6f));
        Assert.All(bank.VisualMap(picture.Memory), value => Assert.Equal(0, value, 1e-6f));
    }

    [Fact]
    public void A_picture_with_a_copy_among_the_others_is_judged_as_a_single_one()
    {
        var rows = new float[36 * Width];
        for (int place = 0; place < 36; place++) rows[place * Width] = 1;
        (rows[0], rows[1]) = (0, 1);
        PictureFeatures picture = Picture(rows), copy = Picture([.. rows]);
        var options = new ScoringOptions { MapSize = 6, SmoothingSigma = 0, Fusion = ScoreFusion.CommonScale };
        var scorer = new PictureScorer(new PatchGrid(2), null, null, 1, options, new ScoreScale(new(0, 1), new(0, 1), new(0.1f, 0.05f)));
        float Of(params PictureFeatures[] good)
        {
            var bank = new MemoryBank([[.. good.SelectMany(one => one.Memory[0])]], Width);
            return LeftOut(new LeftOutScores(good, []), bank, _ => [picture], scorer).Of(1)[0].Score;
        }

        Assert.True(Of(picture) > 0.5f);
        Assert.Equal(Of(picture), Of(picture, copy), 1e-6f);
        Assert.NotEqual(Of(picture), Of(picture, Picture([.. Enumerable.Repeat(0.6f, 36 * Width)])), 1e-3f); // of another part
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Training_leaves_limits_that_are_marked_as_estimated(int shots)
    {
        using AnomalyDetector detector = tiny.Trainer(shots: shots).Train();
        Limits limits = detector.Limits!;
        Assert.Equal((LimitBasis.Estimated, 0.05), (limits.Review.Basis, limits.Review.Rate));
        Assert.InRange(limits.Review.Score, 0.01f, limits.NG.Score);
        Assert.Equal(shots == 1, detector.LimitWarnings.Any(warning => warning.Contains("single picture")));
        Prediction prediction = detector.Predict(TinyBackbone.NoiseFrame(50));
        Assert.Equal(limits.Judge(prediction.Score), prediction.Verdict);
    }

    [Theory]
    [InlineData(ChannelOrder.Rgb)]
    [InlineData(ChannelOrder.Bgr)]
    public void Queries_are_read_as_pictures_to_be_judged_are(ChannelOrder order)
    {
        // With a memory of another picture, a picture's left-out score is what a detector taught that other picture says of it.
        TrainingOptions options = TinyBackbone.Short() with
        {
            Scoring = new ScoringOptions { MapSize = 32 },
            Preprocessing = new PreprocessingOptions { QueryChannels = order },
        };
        using AnomalyDetector detector = tiny.Trainer(options).Train();
        var trainer = new PromptTrainer(tiny.Backbone, "metal nut", options);
        trainer.AddGood(TinyBackbone.NoiseFrame(1));
        using AnomalyDetector other = trainer.Train();
        GoodScore left = detector.Detector.GoodScores.Shots.First(score => score.Source == 0);
        Prediction prediction = detector.Predict(TinyBackbone.NoiseFrame(0)), byOther = other.Predict(TinyBackbone.NoiseFrame(0));
        Assert.Equal(ScoreMaps.Fuse(prediction.TextScore!.Value, byOther.VisualScore!.Value), left.Score, 1e-5f);
    }

    [Fact]
    public void Without_limit_options_there_are_no_limits()
    {
        using AnomalyDetector detector = tiny.Trainer(TinyBackbone.Short() with { Limits = null }).Train();
        Assert.Null(detector.Limits);
    }

    private static LeftOutPictures LeftOut(LeftOutScores scores, MemoryBank bank, Func<int, PictureFeatures[]> queries, PictureScorer scorer) =>
        new([new LeftOutRegion(scores, bank, queries)], scorer, found => scorer.Map(found[0]));

    private static PictureScorer Scorer => new(new PatchGrid(2), null, null, 1, new ScoringOptions { MapSize = 4, SmoothingSigma = 0 }, null);

    private static PictureFeatures Picture(float[] rows) => new([1], [1], [rows]);
}
