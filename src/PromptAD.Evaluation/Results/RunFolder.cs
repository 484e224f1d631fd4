using System.Text.Json;
using System.Text.Json.Serialization;
using PromptAD.Files;

namespace PromptAD.Evaluation.Results;

/// <summary>
/// What a benchmark keeps on the disk, so that a killed one goes on where it was: features, learned prompts and one file for each finished
/// run. Every file is written whole or not at all.
/// </summary>
internal sealed class RunFolder : IDisposable
{
    private readonly string folder;
    private readonly FileStream inUse;

    /// <exception cref="PromptADException">The folder cannot be written, or another benchmark is using it.</exception>
    public RunFolder(string folder)
    {
        this.folder = Path.GetFullPath(folder);
        try
        {
            Directory.CreateDirectory(this.folder);
            string mark = Path.Combine(this.folder, ".in-use");
            inUse = new FileStream(mark, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 1, FileOptions.DeleteOnClose);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new PromptADException(
                $"Cannot use the output folder '{folder}': {AtomicFile.Reason(e)}. "
                + "Wait for the other benchmark in it, or choose another folder.", e);
        }
    }

    /// <summary>Where features of pictures lie.</summary>
    public string Features => Path.Combine(folder, "features");

    /// <summary>Where the prompts of a key lie.</summary>
    public string Prompts(string key) => Path.Combine(folder, "prompts", $"{key}.safetensors");

    /// <summary>A finished run, if what it depends on is unchanged; null where it must be run.</summary>
    public RunResult? TryRead(RunKey run, string fingerprint)
    {
        try
        {
            using FileStream stream = File.OpenRead(PathOf(run));
            RunResult? result = JsonSerializer.Deserialize(stream, RunJson.Default.RunResult);
            return result?.Fingerprint == fingerprint ? result : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            return null; // absent or damaged: run again
        }
    }

    public void Write(RunKey run, RunResult result) =>
        AtomicFile.Write(PathOf(run), stream => JsonSerializer.Serialize(stream, result, RunJson.Default.RunResult));

    public void Dispose() => inUse.Dispose();

    private string PathOf(RunKey run)
    {
        string category = string.Concat(run.Category.Name.Select(c => char.IsLetterOrDigit(c) || c is '-' or '_' ? c : '_'));
        return Path.Combine(folder, "runs", $"{run.Protocol}-{category}-{run.Method.Name}-{run.Shots}-{run.Seed}.json".ToLowerInvariant());
    }
}

/// <summary>One run of a benchmark.</summary>
internal sealed record RunKey(EvaluationProtocol Protocol, Category Category, EvaluationMethod Method, int Shots, int Seed)
{
    public override string ToString() => $"{Category.Name}, {Method.Name}, {Shots} shot{(Shots == 1 ? "" : "s")}, seed {Seed}";
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, UseStringEnumConverter = true)]
[JsonSerializable(typeof(RunResult))]
internal sealed partial class RunJson : JsonSerializerContext;
