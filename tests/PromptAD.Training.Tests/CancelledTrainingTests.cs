using PromptAD.Decisions;
using PromptAD.Encoders;
using PromptAD.Encoders.Clip;
using PromptAD.Memory;
using PromptAD.Scoring;
using PromptAD.Tests.Cancellation;
using PromptAD.Training.Prompts;
using TorchSharp;

using static TorchSharp.torch;

namespace PromptAD.Training.Tests;

/// <summary>Training that is cancelled in each of its stages: it ends there, and training again is as if it had not been.</summary>
[Collection(nameof(Undisturbed))]
public sealed class CancelledTrainingTests(TinyBackbone tiny) : IClassFixture<TinyBackbone>
{
    private const int Width = 2;

    [Fact]
    public void It_stops_after_any_epoch_also_the_last_of_a_level()
    {
        const int Epochs = 3;
        PromptTrainer trainer = tiny.Trainer(TinyBackbone.Short(Epochs));
        using AnomalyDetector expected = tiny.Trainer(TinyBackbone.Short(Epochs)).Train();
        for (int at = 1; at <= 2 * Epochs; at++)
        {
            using var source = new CancellationTokenSource();
            int told = 0;
            var progress = new SynchronousProgress<TrainingProgress>(_ =>
            {
                if (++told == at) source.Cancel();
            });
            Assert.Throws<OperationCanceledException>(() => trainer.Train(progress, source.Token));
            Assert.Equal(at, told);
        }
        AssertSame(expected, trainer);
    }

    [Fact]
    public void It_stops_before_anything_is_learned_and_after_a_rating()
    {
        using var first = new CancellationTokenSource();
        PromptTrainer trainer = tiny.Trainer(TinyBackbone.Short() with { EpochSelection = EpochSelection.Best });
        int asked = 0, rated = 0;
        InitialContexts contexts = InitialContext.Random(0);
        trainer.EpochScore = (_, _) => ++rated;
        trainer.Contexts = (name, count) =>
        {
            asked++;
            first.Cancel();
            return contexts(name, count);
        };
        Assert.Throws<OperationCanceledException>(() => trainer.Train(progress: null, first.Token));
        Assert.Equal((2, 0), (asked, rated)); // both contexts of the first level
        trainer.Contexts = null;
        using var second = new CancellationTokenSource();
        trainer.EpochScore = (_, _) =>
        {
            if (++rated == 2) second.Cancel();
            return 1;
        };
        Assert.Throws<OperationCanceledException>(() => trainer.Train(progress: null, second.Token));
        Assert.Equal(2, rated);
    }

    [Fact]
    public void In_tiles_it_stops_in_any_encoder_run_behind_the_prompts()
    {
        TrainingOptions options = TinyBackbone.Short() with
        {
            Tiles = new Tiling(1, 2),
            Scoring = new ScoringOptions { MapSize = 32, Fusion = ScoreFusion.CommonScale, WhitenMemory = true },
        };
        var encoder = new CancellingEncoder(tiny.Backbone.OpenEncoder());
        using Backbone cancelling = tiny.Backbone.With(encoder);
        var trainer = new PromptTrainer(cancelling, "metal nut", options);
        for (int i = 0; i < 2; i++) trainer.AddGood(TinyBackbone.NoiseFrame(i));
        encoder.At(0, () => { });
        using AnomalyDetector expected = trainer.Train();
        int all = encoder.Runs; // for whitening, scale and limits
        Assert.True(all > 30, $"{all} runs");
        for (int run = 1; run <= all; run += 7)
        {
            using var source = new CancellationTokenSource();
            encoder.At(run, source.Cancel);
            Assert.Throws<OperationCanceledException>(() => trainer.Train(progress: null, source.Token));
            Assert.Equal((run, run - 1), (encoder.Runs, encoder.Finished));
        }
        AssertSame(expected, trainer);
    }

    [Fact]
    public void A_cancelled_training_leaves_no_tensor_behind()
    {
        PromptTrainer trainer = tiny.Trainer();
        trainer.Train().Dispose();
        long before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        for (int at = 1; at <= 4; at++)
        {
            using var source = new CancellationTokenSource();
            int told = 0;
            Assert.Throws<OperationCanceledException>(() => trainer.Train(
                new SynchronousProgress<TrainingProgress>(_ =>
                {
                    if (++told == at) source.Cancel();
                }),
                source.Token));
        }
        Assert.Equal(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }

    [Fact]
    public void A_step_that_is_cancelled_moves_no_context_and_leaves_no_tensor_behind()
    {
        using LearnerOfAll learned = Learner();
        float[] before = learned.Contexts();
        long live = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        Assert.Throws<OperationCanceledException>(() => learned.Trainer.Step(0, new CancellationToken(canceled: true)));
        Assert.Equal(live, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
        Assert.Equal(before, learned.Contexts());
        learned.Trainer.Step(0, TestContext.Current.CancellationToken);
        Assert.NotEqual(before, learned.Contexts());
    }

    [Fact]
    public void Gradients_that_go_back_in_parts_are_those_of_one_go_to_the_bit()
    {
        using LearnerOfAll learned = Learner();
        (float[] Normal, float[] Anomalous) whole = Gradients(parts: null), cut;
        using (var parts = new GradientParts(TestContext.Current.CancellationToken)) cut = Gradients(parts);
        Assert.Contains(whole.Normal, value => value != 0);
        Assert.Equal(whole.Normal, cut.Normal);
        Assert.Equal(whole.Anomalous, cut.Anomalous);

        (float[] Normal, float[] Anomalous) Gradients(GradientParts? parts)
        {
            using var scope = NewDisposeScope();
            (learned.Learner.NormalContexts.grad, learned.Learner.AnomalyContexts.grad) = (null, null);
            PromptFeatures features = learned.Learner.Encode(parts);
            Tensor loss = (features.Normal * features.Normal).sum() + (features.Manual.exp() + features.Learned.sum()).mean();
            if (parts is null) loss.backward();
            else parts.Backward(loss);
            return ([.. learned.Learner.NormalContexts.grad!.data<float>()], [.. learned.Learner.AnomalyContexts.grad!.data<float>()]);
        }
    }

    [Fact]
    public void Leaving_pictures_out_in_turn_stops_at_the_one_it_is_at()
    {
        PictureFeatures first = Picture([1, 0, 1, 0, 1, 0, 1, 0]), second = Picture([0, 1, 0, 1, 0, 1, 0, 1]);
        var bank = new MemoryBank([[.. first.Memory[0], .. second.Memory[0]]], Width);
        using var source = new CancellationTokenSource();
        PictureFeatures[] pictures = [first, second];
        int asked = 0;
        PictureFeatures[] Ask(int picture)
        {
            if (++asked == 2) source.Cancel();
            return [pictures[picture]];
        }

        var scorer = new PictureScorer(new PatchGrid(2), null, null, 1, new ScoringOptions { MapSize = 4, SmoothingSigma = 0 }, null);
        var leftOut = new LeftOutPictures(
            [new LeftOutRegion(new LeftOutScores(pictures, []), bank, Ask)], scorer, found => scorer.Map(found[0]));
        Assert.Throws<OperationCanceledException>(() => leftOut.Of(2, source.Token));
        Assert.Equal(2, asked);
    }

    [Fact]
    public async Task Comparing_a_single_picture_with_its_other_places_ends()
    {
        const int Grid = 100; // so many patches along a side
        var rows = new float[Grid * Grid * 64];
        for (int i = 0; i < rows.Length; i++) rows[i] = ((i * 7919L % 10_007) - 5000) / 10_007f;
        PictureFeatures picture = Picture(rows);
        await Promptly.EndsAsync(cancellation =>
            new LeftOutScores([picture], []).Elsewhere(picture, new MemoryBank([rows], 64), cancellation));
    }

    [Fact]
    public async Task Whitening_ends()
    {
        const int Wide = 512;
        var rows = new float[400 * Wide];
        for (int i = 0; i < rows.Length; i++) rows[i] = ((i * 7919L % 10_007) - 5000) / 10_007f;
        PictureFeatures picture = Picture(rows);
        PictureFeatures[] gentle = [.. Enumerable.Repeat(picture, 1000)];
        await Promptly.EndsAsync(cancellation => MemoryFitting.Whiten([picture], [gentle], [Wide], cancellation));
    }

    [Fact]
    public void Versions_of_a_picture_are_made_until_it_is_cancelled()
    {
        using var source = new CancellationTokenSource();
        int made = 0, encoded = 0;
        Assert.Throws<OperationCanceledException>(() => EncodedVersions.Of(
            length: 3,
            count: 10,
            (i, _) =>
            {
                if (++made == 4) source.Cancel();
            },
            _ =>
            {
                encoded++;
                return Picture([1, 0]);
            },
            source.Token));
        Assert.Equal((4, 4), (made, encoded));
    }

    private static PictureFeatures Picture(float[] rows) => new([1], [1], [rows]);

    private static void AssertSame(AnomalyDetector expected, PromptTrainer trainer)
    {
        using AnomalyDetector actual = trainer.Train();
        Assert.Equal(expected.Limits, actual.Limits);
        Prediction first = expected.Predict(TinyBackbone.NoiseFrame(9)), second = actual.Predict(TinyBackbone.NoiseFrame(9));
        Assert.Equal((first.Score, first.VisualScore, first.TextScore), (second.Score, second.VisualScore, second.TextScore));
    }

    private LearnerOfAll Learner()
    {
        ClipConfiguration configuration = tiny.Backbone.Configuration;
        TrainingOptions options = TinyBackbone.Short();
        int contexts = options.Prompts.ImageContexts, width = configuration.Text.Width;
        var text = new PromptText(
            tiny.Backbone.Tokenizer, configuration.Text.ContextLength, contexts, "nut", ["damaged {}", "{} with scratch"], options.Prompts);
        float[] normal = InitialContext.ByRule(InitialContext.Normal, contexts * options.Prompts.ContextLength * width);
        float[] anomalous = InitialContext.ByRule(
            InitialContext.Anomalous, options.Prompts.AnomalyContexts * options.Prompts.AnomalyContextLength * width);
        var encoder = new TextEncoder(tiny.Backbone);
        var learner = new PromptLearner(text, encoder, normal, anomalous, width);
        float[] visual = InitialContext.Random(3)("", configuration.EmbeddingSize);
        var losses = new PromptLosses(options.Losses, 4.6f, perPixel: false);
        return new(encoder, learner, new LevelTrainer(learner, losses, options.Optimizer, visual, 1, configuration.EmbeddingSize));
    }

    private sealed record LearnerOfAll(TextEncoder Encoder, PromptLearner Learner, LevelTrainer Trainer) : IDisposable
    {
        public float[] Contexts() => [.. Learner.NormalContexts.data<float>(), .. Learner.AnomalyContexts.data<float>()];

        public void Dispose()
        {
            Trainer.Dispose();
            Learner.Dispose();
            Encoder.Dispose();
        }
    }
}
