using System.CommandLine;
using PromptAD.Checkpoints;
using PromptAD.Encoders.Clip;
using PromptAD.Files;
using PromptAD.Pretraining.Learning;
using PromptAD.Pretraining.Model;

namespace PromptAD.Pretraining;

/// <summary><c>export</c>: the averaged weights of a training as a checkpoint that can be imported like any other.</summary>
internal static class ExportCommand
{
    public const string WeightsFile = "model.safetensors", ConfigurationFile = "config.json";

    public static Command Create()
    {
        var command = new Command("export", $"Writes {WeightsFile} (Float16, open_clip's names), {ConfigurationFile} and {Pretrainer.VocabularyFile} of a training.");
        var folder = new Option<string>("--folder") { Required = true, Description = "The training's folder." };
        var output = new Option<string>("--output") { Required = true, Description = "The folder to write to." };
        var size = new Option<int?>("--image-size") { Description = "Side of the model's pictures; the position table is stretched. As trained where it is not given." };
        foreach (Option option in (Option[])[folder, output, size]) command.Options.Add(option);
        command.SetAction(result =>
        {
            Export(result.GetValue(folder)!, result.GetValue(output)!, result.GetValue(size));
            return 0;
        });
        return command;
    }

    public static void Export(string folder, string output, int? imageSize)
    {
        using ModelWeights trained = TrainingState.LoadAverage(Path.Combine(folder, TrainingState.FileName));
        ClipConfiguration configuration = trained.Configuration;
        using ModelWeights weights = imageSize is { } size && size != configuration.Vision.ImageSize ? Resize(trained, size) : trained.Copy();
        Write(weights, Path.Combine(output, WeightsFile));
        AtomicFile.Write(Path.Combine(output, ConfigurationFile), stream => stream.Write(System.Text.Encoding.UTF8.GetBytes(weights.Configuration.ToJson())));
        using FileStream merges = File.OpenRead(Path.Combine(folder, Pretrainer.VocabularyFile));
        AtomicFile.Write(Path.Combine(output, Pretrainer.VocabularyFile), merges.CopyTo);
    }

    /// <summary>Reads what this command wrote.</summary>
    public static ModelWeights Read(string folder)
    {
        string configuration = Path.Combine(folder, ConfigurationFile);
        using Checkpoint weights = Checkpoint.Open(Path.Combine(folder, WeightsFile));
        return ModelWeights.Read(ClipConfiguration.Parse(File.ReadAllText(configuration), configuration), name =>
        {
            if (!weights.Tensors.TryGetValue(name, out TensorEntry? entry)) throw new PromptADException(Problem.Missing, $"'{folder}' has no weights '{name}'.");
            var values = new float[entry.Shape.Aggregate(1L, (count, side) => count * side)];
            weights.Read(name, values);
            return values;
        });
    }

    /// <summary>Writes weights as Float16 safetensors.</summary>
    public static void Write(ModelWeights weights, string path)
    {
        TensorEntry[] entries = [.. weights.Configuration.ExpectedTensors().Select(tensor => new TensorEntry(tensor.Name, ElementType.Float16, tensor.Shape))];
        var layout = new SafetensorsLayout(entries, new Dictionary<string, string> { ["config"] = weights.Configuration.ToJson() });
        AtomicFile.Write(path, stream => layout.Write(stream, entry => weights.ToArray(entry.Name)));
    }

    private static ModelWeights Resize(ModelWeights weights, int imageSize)
    {
        ClipConfiguration configuration = weights.Configuration with { Vision = weights.Configuration.Vision with { ImageSize = imageSize } };
        // Once through JSON, which checks the size.
        configuration = ClipConfiguration.Parse(configuration.ToJson(), "--image-size");
        float[] position = new VisionTower(weights).PositionTable(configuration.Vision.Grid);
        return ModelWeights.Read(configuration, name => name == "visual.positional_embedding" ? position : weights.ToArray(name));
    }
}
