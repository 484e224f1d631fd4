using System.CommandLine;
using System.Globalization;
using PromptAD.Encoders.Clip;
using PromptAD.Evaluation;
using PromptAD.Pretraining.Learning;
using PromptAD.Pretraining.Measuring;
using PromptAD.Pretraining.Model;
using PromptAD.Training;

namespace PromptAD.Pretraining;

/// <summary>
/// <c>measure</c>: an exported model on real pictures by the honest protocol, with both presets' read-outs, beside mean brightness, hand-made descriptors and
/// its memory alone, which is a trunk's; of a model without a trunk, the same network untrained.
/// </summary>
internal static class MeasureCommand
{
    private const string MeasuredId = "measured", UntrainedId = "untrained";
    public static Command Create()
    {
        var command = new Command("measure", "Measures an exported model on data sets: image and pixel AUROC in per cent, mean over seeds, beside baselines.");
        var model = new Option<string>("--model") { Required = true, Description = "The folder that 'export' wrote." };
        var data = new Option<string>("--data") { Required = true, Description = "A folder of data sets." };
        var sets = new Option<string[]>("--sets") { AllowMultipleArgumentsPerToken = true, Description = "Names of data sets; all where it is not given." };
        var shots = new Option<int>("--shots") { DefaultValueFactory = _ => 1, Description = "Good pictures to learn from." };
        var seeds = new Option<int>("--seeds") { DefaultValueFactory = _ => 3, Description = "Runs with other good pictures." };
        foreach (Option option in (Option[])[model, data, sets, shots, seeds]) command.Options.Add(option);
        command.SetAction(result =>
        {
            string folder = Directory.CreateTempSubdirectory("promptad-measure-").FullName;
            try
            {
                BackboneStore store = Import(result.GetValue(model)!, folder);
                string[] chosen = result.GetValue(sets) is { Length: > 0 } names ? names : [.. Directory.GetDirectories(result.GetValue(data)!).Select(Path.GetFileName).OfType<string>()];
                Category[] categories = [.. chosen.Order(StringComparer.Ordinal).SelectMany(name => Dataset.Open(Path.Combine(result.GetValue(data)!, name)).Categories)];
                Measure(store, folder, categories, result.GetValue(shots), result.GetValue(seeds));
            }
            finally
            {
                Directory.Delete(folder, recursive: true);
            }
            return 0;
        });
        return command;
    }

    private static BackboneStore Import(string model, string folder)
    {
        string weights = Path.Combine(model, ExportCommand.WeightsFile), configuration = Path.Combine(model, ExportCommand.ConfigurationFile);
        string untrained = Path.Combine(folder, "untrained.safetensors"), vocabulary = Path.Combine(model, Pretrainer.VocabularyFile);
        using (ModelWeights random = ModelWeights.Initialize(ClipConfiguration.Parse(File.ReadAllText(configuration), configuration), 1, 10))
        {
            StemFilters.Write(random);
            ExportCommand.Write(random, untrained);
        }
        var store = new BackboneStore(Path.Combine(folder, "store"));
        store.Import(weights, configuration, new BackboneImportOptions { Id = MeasuredId, Vocabulary = vocabulary });
        store.Import(untrained, configuration, new BackboneImportOptions { Id = UntrainedId, Vocabulary = vocabulary });
        return store;
    }

    private static void Measure(BackboneStore store, string folder, IReadOnlyList<Category> categories, int shots, int seeds)
    {
        bool hasTrunk;
        using (Backbone measured = store.Open(MeasuredId)) hasTrunk = measured.Configuration.Vision.Trunk is not null;
        string[] columns = ["brightness", "descriptors", hasTrunk ? "trunk alone" : "untrained", "published read-out", "recommended read-out"];
        ScoringOptions recommended = TrainingOptions.Recommended.Scoring, published = TrainingOptions.Published.Scoring;
        var rows = new List<(string Name, Areas[] Areas)>();
        foreach (Category category in categories)
        {
            Areas Run(string backbone, ScoringOptions scoring, EvaluationMethod? method = null) =>
                Learned(store, backbone, folder, category, scoring, method ?? EvaluationMethod.PromptAD, shots, seeds);
            var baselines = new Baselines(category);
            rows.Add((category.Name,
            [
                baselines.Brightness(), Areas.Mean([.. Enumerable.Range(0, seeds).Select(seed => baselines.Descriptors(shots, seed))]),
                hasTrunk ? Run(MeasuredId, recommended, EvaluationMethod.Memory) : Run(UntrainedId, recommended),
                Run(MeasuredId, published), Run(MeasuredId, recommended),
            ]));
            Console.Error.WriteLine(category.Name);
        }
        Print($"image, {shots} shot", columns, rows.Select(row => (row.Name, row.Areas.Select(areas => (double?)areas.Image).ToArray())));
        Print($"pixel, {shots} shot", columns, rows.Select(row => (row.Name, row.Areas.Select(areas => areas.Pixel).ToArray())));
    }

    private static Areas Learned(BackboneStore store, string id, string folder, Category category, ScoringOptions scoring, EvaluationMethod method, int shots, int seeds)
    {
        using Backbone backbone = store.Open(id);
        var benchmark = new Benchmark(backbone, new BenchmarkOptions { Methods = [method], Shots = [shots], Seeds = seeds, Scoring = scoring });
        IReadOnlyList<RunResult> runs = benchmark.Run([category], Path.Combine(folder, "runs"));
        return Areas.Mean([.. runs.Select(run => new Areas(run.Image.Auroc, run.Pixel?.Ranking.Auroc))]);
    }

    private static void Print(string title, string[] columns, IEnumerable<(string Name, double?[] Areas)> rows)
    {
        Console.WriteLine($"| {title} | {string.Join(" | ", columns)} |");
        Console.WriteLine($"|---|{string.Concat(Enumerable.Repeat("---:|", columns.Length))}");
        List<(string Name, double?[] Areas)> all = [.. rows.Where(row => row.Areas[0] is not null)];
        if (all.Count > 1) all.Add(("mean", [.. columns.Select((_, i) => all.Average(row => row.Areas[i]))]));
        foreach ((string name, double?[] areas) in all)
            Console.WriteLine($"| {name} | {string.Join(" | ", areas.Select(area => (100 * area)?.ToString("F1", CultureInfo.InvariantCulture)))} |");
    }
}
