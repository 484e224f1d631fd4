using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using PromptAD.Backbones;
using PromptAD.Evaluation;
using PromptAD.Pretraining.Learning;
using PromptAD.Pretraining.Measuring;
using PromptAD.Pretraining.Model;

namespace PromptAD.Pretraining;

/// <summary><c>measure</c>: an exported model on real pictures, read in several ways, beside mean brightness and the same network untrained.</summary>
internal static class MeasureCommand
{
    public static Command Create()
    {
        var command = new Command("measure", "Measures an exported model on data sets: AUROC in per cent, mean over seeds, by each way to read a score.");
        var model = new Option<string>("--model") { Required = true, Description = "The folder that 'export' wrote." };
        var data = new Option<string>("--data") { Required = true, Description = "A folder of data sets." };
        var sets = new Option<string[]>("--sets") { AllowMultipleArgumentsPerToken = true, Description = "Names of data sets; all where it is not given." };
        var shots = new Option<int>("--shots") { DefaultValueFactory = _ => 1, Description = "Good pictures to learn from." };
        var seeds = new Option<int>("--seeds") { DefaultValueFactory = _ => 3, Description = "Runs with other good pictures." };
        var untrained = new Option<bool>("--untrained") { Description = "Measures the model's configuration with random weights instead." };
        foreach (Option option in (Option[])[model, data, sets, shots, seeds, untrained]) command.Options.Add(option);
        command.SetAction(result =>
        {
            string store = Directory.CreateTempSubdirectory("promptad-measure-").FullName;
            try
            {
                using Backbone backbone = Open(result.GetValue(model)!, store, result.GetValue(untrained));
                string[] chosen = result.GetValue(sets) is { Length: > 0 } names ? names : [.. Directory.GetDirectories(result.GetValue(data)!).Select(Path.GetFileName).OfType<string>()];
                Measure(backbone, [.. chosen.Order(StringComparer.Ordinal).Select(name => Path.Combine(result.GetValue(data)!, name))], result.GetValue(shots), result.GetValue(seeds));
            }
            finally
            {
                Directory.Delete(store, recursive: true);
            }
            return 0;
        });
        return command;
    }

    private static Backbone Open(string folder, string storeFolder, bool untrained)
    {
        string weights = Path.Combine(folder, ExportCommand.WeightsFile), configuration = Path.Combine(folder, ExportCommand.ConfigurationFile);
        if (untrained)
        {
            using ModelWeights random = ModelWeights.Initialize(BackboneConfiguration.Parse(File.ReadAllText(configuration), configuration), 1, 10);
            ExportCommand.Write(random, weights = Path.Combine(storeFolder, "untrained.safetensors"));
        }
        var store = new BackboneStore(Path.Combine(storeFolder, "store"));
        store.Import(weights, configuration, new BackboneImportOptions { Id = "measured", Vocabulary = Path.Combine(folder, Pretrainer.VocabularyFile) });
        return store.Open("measured");
    }

    private static void Measure(Backbone backbone, IReadOnlyList<string> paths, int shots, int seeds)
    {
        var all = new List<(string Name, Areas Areas)>();
        foreach (string path in paths)
        {
            foreach (Category category in Dataset.Open(path).Categories)
            {
                long start = Stopwatch.GetTimestamp();
                var measurement = new Measurement(backbone, category);
                string name = category.Name.Replace('-', ' ').Replace('_', ' ');
                all.Add((category.Name, Areas.Mean([.. Enumerable.Range(0, seeds).Select(seed => measurement.Measure(name, shots, seed))])));
                Console.Error.WriteLine($"{category.Name}: {Stopwatch.GetElapsedTime(start).TotalSeconds:F0} s");
            }
        }
        Print($"image, {shots} shot", Readouts.ScoreNames, all.Select(row => (row.Name, row.Areas.Pictures)));
        Print("pixel", Readouts.MapNames, all.Where(row => row.Areas.Pixels is not null).Select(row => (row.Name, row.Areas.Pixels!)));
    }

    private static void Print(string title, IReadOnlyList<string> columns, IEnumerable<(string Name, double[] Areas)> rows)
    {
        Console.WriteLine($"| {title} | {string.Join(" | ", columns)} |");
        Console.WriteLine($"|---|{string.Concat(Enumerable.Repeat("---|", columns.Count))}");
        List<(string Name, double[] Areas)> all = [.. rows];
        if (all.Count > 1) all.Add(("mean", [.. columns.Select((_, i) => all.Average(row => row.Areas[i]))]));
        foreach ((string name, double[] areas) in all)
            Console.WriteLine($"| {name} | {string.Join(" | ", areas.Select(area => (100 * area).ToString("F1", CultureInfo.InvariantCulture)))} |");
    }
}
