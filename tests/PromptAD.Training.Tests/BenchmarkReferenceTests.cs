using System.Text.Json;
using PromptAD.Encoders.Clip;
using PromptAD.Evaluation;
using PromptAD.Evaluation.Protocols;

namespace PromptAD.Training.Tests;

/// <summary>
/// The published protocol against the published program's run on real pictures (magnetic tile), which are not part of the repository:
/// skipped where they are missing.
/// </summary>
public sealed class BenchmarkReferenceTests
{
    private const double Points = 100, AurocTolerance = 0.05, AuproTolerance = 0.5;

    [Fact]
    [Trait("Category", "Big")]
    public void The_published_protocol_repeats_every_epoch_of_the_published_run()
    {
        string shared = SharedFolder.Find();
        using JsonDocument document = JsonDocument.Parse(File.ReadAllText(Path.Combine(shared, "fixtures", "reference-run.json")));
        string folder = Directory.CreateTempSubdirectory("promptad-").FullName;
        try
        {
            var store = new BackboneStore(folder);
            store.Generate(ClipConfiguration.Parse(document.RootElement.GetProperty("backbone").GetRawText()), "run");
            using Backbone backbone = store.Open("run");
            Dataset data = Dataset.Open(Path.Combine(shared, "data", "magnetic-tile"));
            var benchmark = new Benchmark(backbone, new BenchmarkOptions
            {
                Protocol = EvaluationProtocol.Published,
                Shots = [1, 2],
                Seeds = 1,
                Epochs = 5,
                Contexts = InitialContext.ByRule,
                PublishedName = _ => "tile",
                Draw = (category, shots) => new ShotDraw([.. category.TrainGood.Take(shots)], IsPublished: false),
            });
            IReadOnlyList<RunResult> results = benchmark.Run(data.Categories, Path.Combine(folder, "out"));
            foreach (JsonElement run in document.RootElement.GetProperty("runs").EnumerateArray())
                Compare(run, Assert.Single(results, result => result.Shots == run.GetProperty("k_shot").GetInt32()));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static void Compare(JsonElement run, RunResult result)
    {
        bool pixel = run.GetProperty("task").GetString() == "seg";
        string figure = pixel ? "p_roc" : "i_roc";
        double[] expected = [.. run.GetProperty("epoch").EnumerateArray().Select(epoch => epoch.GetProperty(figure).GetDouble())];
        double[] actual = [.. (pixel ? result.PixelAurocByEpoch : result.ImageAurocByEpoch).Select(auroc => auroc * Points)];
        Assert.Equal(expected.Length, actual.Length);
        Assert.All(expected.Zip(actual), pair => Assert.Equal(pair.First, pair.Second, AurocTolerance));
        Assert.Equal(actual.Max(), Points * (pixel ? result.Pixel!.Ranking : result.Image).Auroc, 1e-9);
        if (pixel) Assert.Equal(run.GetProperty("aupro_0.30_200_steps").GetDouble(), Points * result.Pixel!.PublishedAupro!.Value, AuproTolerance);
    }
}
