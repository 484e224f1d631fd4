using System.Text.Json;
using PromptAD.Encoders.Clip;

namespace PromptAD.Training.Tests;

/// <summary>
/// The published program's whole run on real pictures (magnetic tile), which are not part of the repository: the test is skipped where they
/// are missing.
/// </summary>
public sealed class ReferenceRunTests
{
    private const double LossTolerance = 1e-3, ScoreTolerance = 1e-3;

    [Theory]
    [Trait("Category", "Big")]
    [InlineData(1)]
    [InlineData(2)]
    public void Repeats_losses_and_scores_of_the_published_run(int shots)
    {
        string shared = SharedFolder.Find();
        using JsonDocument document = JsonDocument.Parse(File.ReadAllText(Path.Combine(shared, "fixtures", "reference-run.json")));
        string data = Path.Combine(shared, "data", "magnetic-tile");
        string folder = Path.Combine(Path.GetTempPath(), $"promptad-run-{Guid.NewGuid():N}");
        try
        {
            var store = new BackboneStore(folder);
            store.Generate(ClipConfiguration.Parse(document.RootElement.GetProperty("backbone").GetRawText()), "run");
            using Backbone backbone = store.Open("run");
            var losses = new List<TrainingProgress>();
            using AnomalyDetector detector = Train(backbone, data, shots, losses);
            foreach (JsonElement run in document.RootElement.GetProperty("runs").EnumerateArray())
            {
                if (run.GetProperty("k_shot").GetInt32() == shots) Compare(run, detector, data, losses);
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static AnomalyDetector Train(Backbone backbone, string data, int shots, List<TrainingProgress> losses)
    {
        TrainingOptions options = TrainingOptions.Published with { Optimizer = new OptimizerOptions { Epochs = 5 } };
        var trainer = new PromptTrainer(backbone, "tile", options) { Contexts = InitialContext.ByRule };
        foreach (string state in PublishedPrompts.StatesOf("tile")) trainer.AddState(state);
        for (int i = 0; i < shots; i++) trainer.AddGood(Path.Combine(data, "train", "good", $"{i:000}.jpg"));
        return trainer.Train(new SynchronousProgress<TrainingProgress>(losses.Add), default);
    }

    private static void Compare(JsonElement run, AnomalyDetector detector, string data, List<TrainingProgress> losses)
    {
        bool pixel = run.GetProperty("task").GetString() == "seg";
        double[] expected = [.. run.GetProperty("epoch").EnumerateArray().Select(epoch => epoch.GetProperty("loss").GetDouble())];
        double[] actual = [.. losses.Where(state => state.Level == PromptLevel.Pixel == pixel).Select(state => state.Loss)];
        Assert.Equal(expected.Length, actual.Length);
        Assert.All(expected.Zip(actual), pair => Assert.InRange(Math.Abs(pair.Second - pair.First) / pair.First, 0, LossTolerance));
        foreach (JsonProperty picture in run.GetProperty("last_epoch_scores").EnumerateObject())
        {
            Prediction prediction = detector.Predict(Path.Combine(data, picture.Name));
            // The pixel-level program scores a picture by the highest value of its map.
            float score = pixel ? prediction.Map.Max : prediction.Score;
            Assert.InRange(Math.Abs(score - picture.Value.GetDouble()), 0, ScoreTolerance);
        }
    }
}
