using PromptAD.Encoders.Dino;
using PromptAD.Imaging;
using TorchSharp;

namespace PromptAD.Training.Tests;

public sealed class PromptTrainerTests(TinyBackbone tiny) : IClassFixture<TinyBackbone>
{
    [Fact]
    public void The_same_seed_gives_the_same_detector_and_another_seed_another()
    {
        float first = Score(seed: 5), again = Score(seed: 5), other = Score(seed: 6);
        Assert.Equal(first, again);
        Assert.NotEqual(first, other);

        float Score(int seed)
        {
            using AnomalyDetector detector = tiny.Trainer(TinyBackbone.Short(seed: seed)).Train();
            return detector.Predict(TinyBackbone.NoiseFrame(99)).TextScore!.Value;
        }
    }

    [Fact]
    public void A_backbone_without_a_text_tower_is_refused_before_the_first_picture()
    {
        const string Configuration =
            """{"kind": "dinov2", "width": 16, "layers": 1, "heads": 1, "patch": 8, "trained_size": 16}""";
        tiny.Store.Generate(DinoConfiguration.Parse(Configuration), "dino");
        using Backbone backbone = tiny.Store.Open("dino");
        Assert.Equal(
            "Backbone 'dino' has no text tower, so it knows no words. Train a memory alone with MemoryTrainer, or choose a CLIP.",
            Assert.Throws<PromptADException>(() => new PromptTrainer(backbone, "metal nut")).Message);
        tiny.Store.Remove("dino");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_same_picture_four_times_is_one_picture(bool inTiles)
    {
        TrainingOptions options = TinyBackbone.Short() with { Tiles = inTiles ? new Tiling(1, 2) : null };
        using AnomalyDetector expected = tiny.Trainer(options, shots: 1).Train();
        PromptTrainer trainer = tiny.Trainer(options, shots: 1);
        for (int i = 0; i < 3; i++) Assert.False(trainer.AddGood(TinyBackbone.NoiseFrame(0)));
        Assert.Equal(1, trainer.Shots);
        using AnomalyDetector repeated = trainer.Train();
        Assert.Equal(expected.Limits, repeated.Limits);
        Assert.Equal(expected.Predict(TinyBackbone.NoiseFrame(9)).Score, repeated.Predict(TinyBackbone.NoiseFrame(9)).Score);
        Assert.True(trainer.AddGood(TinyBackbone.NoiseFrame(1)));
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(64, 7)]
    [InlineData(7, 64)]
    public void A_picture_of_too_few_pixels_is_refused_by_its_name(int width, int height)
    {
        var trainer = new PromptTrainer(tiny.Backbone, "nut", TinyBackbone.Short());
        string path = Path.Combine(tiny.Folder, $"small{width}.png");
        PictureEncoder.Save(new CameraFrame(new byte[width * height], width, height, PixelFormat.Gray8), path);
        Assert.Equal(
            $"'{path}' has {width} x {height} pixels, too few to tell a product by; give pictures of at least 8 x 8 pixels, better of the "
            + "64 x 64 that the backbone reads.",
            Assert.Throws<PromptADException>(() => trainer.AddGood(path)).Message);
        Assert.Throws<PromptADException>(() => trainer.AddGood(new CameraFrame(new byte[width * height], width, height, PixelFormat.Gray8)));
        Assert.Equal(0, trainer.Shots);
        Assert.True(trainer.AddGood(new CameraFrame([.. Enumerable.Range(0, 64).Select(i => (byte)i)], 8, 8, PixelFormat.Gray8)));
    }

    [Fact]
    public void Lowers_the_loss_of_both_levels()
    {
        var states = new List<TrainingProgress>();
        tiny.Trainer(TinyBackbone.Short(epochs: 20)).Train(new SynchronousProgress<TrainingProgress>(states.Add)).Dispose();
        foreach (PromptLevel level in Enum.GetValues<PromptLevel>())
        {
            TrainingProgress[] own = [.. states.Where(state => state.Level == level)];
            Assert.Equal(Enumerable.Range(1, 20), own.Select(state => state.Epoch));
            Assert.True(own[^1].Loss < own[0].Loss, $"{level}: {own[0].Loss} to {own[^1].Loss}");
        }
        Assert.Equal(1, states[^1].Fraction);
    }

    [Fact]
    public void Holds_no_more_tensors_at_the_last_epoch_than_at_the_second()
    {
        var live = new List<long>();
        var progress = new SynchronousProgress<TrainingProgress>(_ => live.Add(DisposeScopeManager.Statistics.ThreadTotalLiveCount));
        tiny.Trainer(TinyBackbone.Short(epochs: 100)).Train(progress).Dispose();
        Assert.Equal(200, live.Count);
        Assert.Equal(live[1], live[99]);   // image level
        Assert.Equal(live[101], live[199]); // pixel level
    }

    [Fact]
    public void Leaves_no_tensor_behind()
    {
        tiny.Trainer().Train().Dispose();
        long before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        tiny.Trainer().Train().Dispose();
        Assert.Equal(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }

    [Fact]
    public void A_good_picture_that_was_learned_has_no_visual_distance()
    {
        using AnomalyDetector detector = tiny.Trainer().Train();
        Prediction prediction = detector.Predict(TinyBackbone.NoiseFrame(1));
        Assert.InRange(prediction.VisualScore!.Value, 0, 1e-6f);
        Assert.InRange(prediction.Score, 0, 1e-6f);
        Assert.All(prediction.Map.Values.ToArray(), value => Assert.False(float.IsNaN(value)));
    }

    [Fact]
    public void Stops_between_epochs_when_cancelled()
    {
        using var source = new CancellationTokenSource();
        int epochs = 0;
        var progress = new SynchronousProgress<TrainingProgress>(_ =>
        {
            if (++epochs == 2) source.Cancel();
        });
        Assert.Throws<OperationCanceledException>(() => tiny.Trainer(TinyBackbone.Short(epochs: 50)).Train(progress, source.Token));
        Assert.Equal(2, epochs);
    }

    [Fact]
    public void Keeps_the_epoch_that_the_caller_rates_highest()
    {
        // The second of three epochs is rated best, so its prompts must be those of a run that ends there with the same learning rates.
        var texts = new List<float>();
        PromptTrainer trainer = tiny.Trainer(TinyBackbone.Short(epochs: 3) with { EpochSelection = EpochSelection.Best });
        int asked = 0;
        trainer.EpochScore = (detector, level) =>
        {
            if (level == PromptLevel.Image) texts.Add(detector.Predict(TinyBackbone.NoiseFrame(7)).TextScore!.Value);
            return asked++ % 3 == 1 ? 1 : 0;
        };
        using AnomalyDetector best = trainer.Train();
        Assert.Equal(6, asked);
        Assert.Equal(3, texts.Distinct().Count());
        Assert.Equal(texts[1], best.Predict(TinyBackbone.NoiseFrame(7)).TextScore);
    }

    [Fact]
    public void Says_what_is_missing_before_it_starts()
    {
        Assert.StartsWith("No picture of a good part was added", Error(() => tiny.Trainer(shots: 0).Train()), StringComparison.Ordinal);
        TrainingOptions best = TinyBackbone.Short() with { EpochSelection = EpochSelection.Best };
        Assert.StartsWith("EpochSelection is Best", Error(() => tiny.Trainer(best).Train()), StringComparison.Ordinal);
        Assert.StartsWith("There is no anomaly state", Error(() =>
        {
            PromptTrainer trainer = tiny.Trainer();
            trainer.States.Clear();
            trainer.Train();
        }), StringComparison.Ordinal);
        Assert.Contains("needs", Error(() =>
        {
            PromptTrainer trainer = tiny.Trainer();
            trainer.AddState(string.Join(' ', Enumerable.Repeat("zz", 60)));
            trainer.Train();
        }), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("   ")]
    [InlineData("nut {}")]
    [InlineData("nut <|endoftext|>")]
    public void Refuses_an_object_name_that_is_no_words(string name) =>
        Assert.Throws<PromptADException>(() => new PromptTrainer(tiny.Backbone, name));

    [Theory]
    [InlineData("scratch", "{} with scratch")]
    [InlineData(" bent {} ", "bent {}")]
    [InlineData("{} with hole", "{} with hole")]
    public void Completes_a_defect_in_words(string words, string state)
    {
        PromptTrainer trainer = tiny.Trainer(shots: 0);
        trainer.AddState(words);
        Assert.Equal(state, trainer.States[^1]);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("{} on {}")]
    public void Refuses_a_defect_that_says_nothing(string words) =>
        Assert.Throws<PromptADException>(() => tiny.Trainer(shots: 0).AddState(words));

    [Fact]
    public void A_saved_detector_predicts_as_the_trained_one()
    {
        string file = Path.Combine(tiny.Folder, "nut.promptad");
        using AnomalyDetector trained = tiny.Trainer().Train();
        trained.Save(file);
        using AnomalyDetector loaded = AnomalyDetector.Load(file, tiny.Store);
        Prediction expected = trained.Predict(TinyBackbone.NoiseFrame(3)), actual = loaded.Predict(TinyBackbone.NoiseFrame(3));
        Assert.Equal(expected.Score, actual.Score);
        Assert.Equal(expected.Map.Values.ToArray(), actual.Map.Values.ToArray());
        Assert.Equal("metal nut", loaded.Info.ObjectName);
        Assert.InRange(loaded.Info.GoodPeak, 1e-6f, 1);
    }

    [Fact]
    public async Task A_detector_that_was_disposed_refuses_and_predictions_under_way_finish()
    {
        string file = Path.Combine(tiny.Folder, "disposed.promptad");
        using (AnomalyDetector trained = tiny.Trainer().Train()) trained.Save(file);
        for (int round = 0; round < 10; round++)
        {
            AnomalyDetector detector = AnomalyDetector.Load(file, tiny.Store);
            float expected = detector.Predict(TinyBackbone.NoiseFrame(1)).TextScore!.Value;
            using var started = new CountdownEvent(2);
            Task[] users = [.. Enumerable.Range(0, 2).Select(_ => Task.Run(() =>
            {
                started.Signal();
                Action predictForEver = () =>
                {
                    while (true) Assert.Equal(expected, detector.Predict(TinyBackbone.NoiseFrame(1)).TextScore);
                };
                Assert.Throws<ObjectDisposedException>(predictForEver);
            }))];
            started.Wait();
            detector.Dispose();
            detector.Dispose();
            await Task.WhenAll(users);
        }
    }

    [Fact]
    public void A_backbone_that_was_disposed_unused_loads_nothing()
    {
        Backbone backbone = tiny.Store.Open("tiny");
        backbone.Dispose();
        var trainer = new PromptTrainer(backbone, "nut", TinyBackbone.Short());
        Assert.Throws<ObjectDisposedException>(() => trainer.AddGood(TinyBackbone.NoiseFrame(0)));
    }

    [Fact]
    public void The_pixel_limit_can_be_changed_after_loading()
    {
        using AnomalyDetector detector = tiny.Trainer().Train();
        string picture = Path.Combine(tiny.Folder, "noise.png");
        Imaging.PictureEncoder.Save(TinyBackbone.NoiseFrame(1), picture);
        Assert.Equal(100_000_000, detector.MaxPicturePixels);
        detector.MaxPicturePixels = (64 * 64) - 1;
        Assert.Contains("PreprocessingOptions.MaxPicturePixels", Error(() => detector.Predict(picture)), StringComparison.Ordinal);
        detector.MaxPicturePixels = 64 * 64;
        detector.Predict(picture).SaveOverlay(Path.Combine(tiny.Folder, "noise.overlay.png"), picture);
        Assert.Throws<PromptADException>(() => detector.MaxPicturePixels = 0);
    }

    private static string Error(Action action) => Assert.Throws<PromptADException>(action).Message;
}
