using PromptAD.Encoders.Clip;
using PromptAD.Encoders.Clip.Tokenizer;
using PromptAD.Pictures;
using PromptAD.Pretraining.Data;
using PromptAD.Pretraining.Learning;
using PromptAD.Pretraining.Model;
using PromptAD.Pretraining.Tests.Model;

using static TorchSharp.torch;

namespace PromptAD.Pretraining.Tests.Learning;

public sealed class LearningTests
{
    [Fact]
    public void Steps_on_the_same_pictures_lower_the_loss()
    {
        using var folder = new TemporaryFolder();
        ClipConfiguration configuration = SmallBackbone.WithVocabulary(folder["merges.txt"]);
        ClipTokenizer tokenizer = ClipTokenizer.Load(folder["merges.txt"], configuration.Text.VocabularySize);
        using ModelWeights weights = ModelWeights.Initialize(configuration, 1, 10), average = weights.Copy();
        using var optimizer = new Optimizer(weights, average);
        using var learner = new Learner(weights, optimizer, tokenizer, workers: 2, ScalarType.Float32);
        PictureGroup[] groups = [Group("leather", 1), Group("washer", 2)];
        Batch Make(long[] numbers, Random random) => Batch.Make([.. numbers.Select(n => groups[n])], 1, 48, 16, random, images => images.alias());

        double[] losses = [.. Enumerable.Range(0, 80).Select(step => learner.Step([0, 1], Make, rate: 2e-3, step + 1, seed: 4).Total)];

        Assert.All(losses, loss => Assert.True(double.IsFinite(loss)));
        Assert.True(losses[^5..].Average() < losses[..5].Average() - 0.2, $"{losses[..5].Average()} -> {losses[^5..].Average()}");
    }

    [Fact]
    public void A_trunk_stays_as_it_is_while_the_rest_learns_from_what_it_read_once()
    {
        using var folder = new TemporaryFolder();
        ClipConfiguration configuration = SmallBackbone.WithVocabulary(folder["merges.txt"], SmallBackbone.Trunk);
        ClipTokenizer tokenizer = ClipTokenizer.Load(folder["merges.txt"], configuration.Text.VocabularySize);
        using ModelWeights weights = ModelWeights.Initialize(configuration, 1, 10), average = weights.Copy();
        TrunkScale.Write(weights);
        const string Frozen = "visual.trunk.2.1.conv2.weight", Learned = "visual.conv1.weight";
        float[] frozen = weights.ToArray(Frozen), learned = weights.ToArray(Learned);
        using var optimizer = new Optimizer(weights, average);
        using var learner = new Learner(weights, optimizer, tokenizer, workers: 2, ScalarType.Float32);
        using var views = Views.Of(weights, seed: 1, frozenSize: 64, capacity: 128, first: 0);
        views.Await(3);

        LossValues loss = learner.Step([0, 1, 2, 3], (numbers, random) => views.Make(numbers, 1, 64, random), rate: 2e-3, step: 1, seed: 4);

        Assert.True(double.IsFinite(loss.Total));
        Assert.Equal(0, loss.Memory); // nothing that the memory reads is learned
        Assert.Equal(frozen, weights.ToArray(Frozen));
        Assert.NotEqual(learned, weights.ToArray(Learned));
        TrainingState.Save(folder["state"], weights, optimizer, new Progress(1, 2, 3, 4.5));
        (ModelWeights loaded, Optimizer loadedOptimizer, _) = TrainingState.Load(folder["state"]);
        using (loaded)
        using (loadedOptimizer.Average)
        using (loadedOptimizer)
            Assert.Equal(frozen, loadedOptimizer.Average.ToArray(Frozen));
    }

    [Fact]
    public void The_state_comes_back_as_it_was()
    {
        using var folder = new TemporaryFolder();
        using ModelWeights weights = ModelWeights.Initialize(SmallBackbone.WithVocabulary(folder["merges.txt"]), 1, 10), average = weights.Copy();
        using var optimizer = new Optimizer(weights, average);
        weights["visual.proj"].grad = ones_like(weights["visual.proj"]);
        optimizer.Step([weights], 1e-3, 1);

        TrainingState.Save(folder["state"], weights, optimizer, new Progress(1, 2, 3, 4.5));
        (ModelWeights loaded, Optimizer loadedOptimizer, Progress progress) = TrainingState.Load(folder["state"]);
        using (loaded)
        using (loadedOptimizer.Average)
        using (loadedOptimizer)
        {
            Assert.Equal(new Progress(1, 2, 3, 4.5), progress);
            Assert.Equal(weights.Names, loaded.Names);
            foreach (string name in weights.Names)
            {
                Assert.Equal(weights.ToArray(name), loaded.ToArray(name));
                Assert.Equal(optimizer.Average.ToArray(name), loadedOptimizer.Average.ToArray(name));
                Assert.Equal(optimizer.Moment("m", name).data<float>().ToArray(), loadedOptimizer.Moment("m", name).data<float>().ToArray());
                Assert.Equal(optimizer.Moment("v", name).data<float>().ToArray(), loadedOptimizer.Moment("v", name).data<float>().ToArray());
            }
            Assert.NotEqual(weights.ToArray("visual.proj"), optimizer.Average.ToArray("visual.proj"));
        }
    }

    [Fact]
    public void An_export_can_be_imported_and_keeps_the_temperature()
    {
        using var folder = new TemporaryFolder();
        ClipConfiguration configuration = SmallBackbone.WithVocabulary(folder["merges.txt"]);
        using ModelWeights weights = ModelWeights.Initialize(configuration, 1, 10), average = weights.Copy();
        using var optimizer = new Optimizer(weights, average);
        TrainingState.Save(folder[TrainingState.FileName], weights, optimizer, default);

        ExportCommand.Export(Path.GetDirectoryName(folder["x"])!, folder["model"], imageSize: 64);
        var store = new BackboneStore(folder["store"]);
        BackboneInfo info = store.Import(
            folder["model/model.safetensors"],
            folder["model/config.json"],
            new BackboneImportOptions { Id = "own", Vocabulary = folder["model/merges.txt"] },
            cancellation: TestContext.Current.CancellationToken);
        using Backbone backbone = store.Open("own");
        using var text = new Training.TextEncoder(backbone);

        Assert.Equal(64, info.ImageSize);
        Assert.Equal(10, text.LogitScale);
        Assert.Equal(configuration.Vision.Stem, backbone.Configuration.Vision.Stem);
    }

    [Theory]
    [InlineData(0, 0, 0.003)]
    [InlineData(0.3, 1000, 1)]
    [InlineData(0.75, 1000, 0.505)]
    [InlineData(1, 1000, 0.01)]
    public void The_rate_warms_up_stays_and_falls(double done, long step, double rate) => Assert.Equal(rate, Schedule.Rate(done, step), 3);

    private static PictureGroup Group(string kind, ulong seed)
    {
        using var generator = new PictureGenerator(96);
        return generator.DrawGroup(new Product(ProductKind.Find(kind)!, seed, 0), seed, clean: 2, pairs: 1);
    }
}
