using System.Globalization;
using PromptAD.Encoders.Clip;
using PromptAD.Files;
using PromptAD.Pretraining.Model;

namespace PromptAD.Pretraining.Learning;

/// <summary>How far a training is.</summary>
/// <param name="Steps">Steps done.</param>
/// <param name="Groups">Groups of pictures that have been asked for.</param>
/// <param name="Pictures">Pictures seen.</param>
/// <param name="Seconds">Time spent in steps.</param>
internal readonly record struct Progress(long Steps, long Groups, long Pictures, double Seconds);

/// <summary>A training's file: weights, their average, the optimiser's moments and how far it is. One safetensors file, replaced as a whole.</summary>
internal static class TrainingState
{
    public const string FileName = "state.safetensors";
    private const string Weights = "weights", Average = "average", First = "m", Second = "v";

    /// <summary>Writes the file.</summary>
    public static void Save(string path, ModelWeights weights, Optimizer optimizer, Progress progress)
    {
        ClipConfiguration configuration = weights.Configuration;
        var sources = new Dictionary<string, Func<float[]>>();
        var entries = new List<TensorEntry>();
        void Declare(string kind, string name, long[] shape, Func<float[]> source)
        {
            entries.Add(new TensorEntry($"{kind}:{name}", ElementType.Float32, shape));
            sources.Add($"{kind}:{name}", source);
        }

        HashSet<string> learned = [.. weights.Learned];
        foreach ((string name, long[] shape) in configuration.ExpectedTensors())
        {
            Declare(Weights, name, shape, () => weights.ToArray(name));
            Declare(Average, name, shape, () => optimizer.Average.ToArray(name));
            if (!learned.Contains(name)) continue;
            Declare(First, name, shape, () => [.. optimizer.Moment(First, name).data<float>()]);
            Declare(Second, name, shape, () => [.. optimizer.Moment(Second, name).data<float>()]);
        }
        var metadata = new Dictionary<string, string>
        {
            ["config"] = configuration.ToJson(),
            ["steps"] = progress.Steps.ToString(CultureInfo.InvariantCulture),
            ["groups"] = progress.Groups.ToString(CultureInfo.InvariantCulture),
            ["pictures"] = progress.Pictures.ToString(CultureInfo.InvariantCulture),
            ["seconds"] = progress.Seconds.ToString("R", CultureInfo.InvariantCulture),
        };
        AtomicFile.Write(path, stream => new SafetensorsLayout(entries, metadata).Write(stream, entry => sources[entry.Name]()));
    }

    /// <summary>Reads the file.</summary>
    public static (ModelWeights Weights, Optimizer Optimizer, Progress Progress) Load(string path)
    {
        using SafetensorsFile file = SafetensorsFile.Open(path);
        ModelWeights weights = ReadWeights(file, path, Weights);
        var optimizer = new Optimizer(weights, ReadWeights(file, path, Average), (kind, name) => file.ReadFloats($"{kind}:{name}"));
        T Number<T>(string key) where T : IParsable<T> => T.Parse(Metadata(file, path, key), CultureInfo.InvariantCulture);
        return (weights, optimizer, new Progress(Number<long>("steps"), Number<long>("groups"), Number<long>("pictures"), Number<double>("seconds")));
    }

    /// <summary>The averaged weights alone.</summary>
    public static ModelWeights LoadAverage(string path)
    {
        using SafetensorsFile file = SafetensorsFile.Open(path);
        return ReadWeights(file, path, Average);
    }

    private static ModelWeights ReadWeights(SafetensorsFile file, string path, string kind)
    {
        ClipConfiguration configuration = ClipConfiguration.Parse(Metadata(file, path, "config"), path);
        return ModelWeights.Read(configuration, name => file.ReadFloats($"{kind}:{name}"));
    }

    private static string Metadata(SafetensorsFile file, string path, string key) => file.Metadata.TryGetValue(key, out string? value)
        ? value
        : throw new PromptADException(Problem.Damaged, $"'{path}' is no training state: '{key}' is missing from its header. Give a file that 'train' wrote.");
}
