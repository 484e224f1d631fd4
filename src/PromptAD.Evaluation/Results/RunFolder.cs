using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using PromptAD.Files;
using PromptAD.Wording;

namespace PromptAD.Evaluation.Results;

/// <summary>
/// What a benchmark keeps on the disk, so that a killed one goes on where it was: features, learned prompts and one file for each finished
/// run. Every file is written whole or not at all.
/// </summary>
internal sealed class RunFolder : IDisposable
{
    private const int LongestName = 60;

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
            SweepUp();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new PromptADException(
                Problem.Unwritable, $"Cannot use the output folder '{folder}': {AtomicFile.Reason(e)}. "
                + "Wait for the other benchmark in it, or choose another folder.", e);
        }
    }

    /// <summary>Where features of pictures lie.</summary>
    public string Features => Path.Combine(folder, "features");

    /// <summary>Where the prompts of a key lie.</summary>
    public string Prompts(string key) => Path.Combine(PromptFolder, $"{key}.safetensors");

    /// <summary>A finished run, if what it depends on is unchanged; null where it must be run.</summary>
    /// <param name="run">Which run.</param>
    /// <param name="fingerprint">The hash of all that it depends on.</param>
    /// <param name="isShown">Whether it must have pictures to look at.</param>
    public RunResult? TryRead(RunKey run, string fingerprint, bool isShown)
    {
        try
        {
            using FileStream stream = File.OpenRead(PathOf(run));
            RunResult? result = JsonSerializer.Deserialize(stream, RunJson.Default.RunResult);
            bool isWhole = result is { Gallery.Count: > 0 } || !isShown;
            return isWhole && result?.Fingerprint == fingerprint ? result : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            return null; // absent or damaged: run again
        }
    }

    public void Write(RunKey run, RunResult result) =>
        AtomicFile.Write(PathOf(run), stream => JsonSerializer.Serialize(stream, result, RunJson.Default.RunResult));

    public void Dispose() => inUse.Dispose();

    /// <summary>Deletes what a killed benchmark was writing. The mark is held, so nobody is writing now.</summary>
    private void SweepUp()
    {
        foreach (string one in (string[])[folder, Features, PromptFolder, Runs]) AtomicFile.SweepUp(one);
    }

    private string PromptFolder => Path.Combine(folder, "prompts");

    private string Runs => Path.Combine(folder, "runs");

    private string PathOf(RunKey run) => Path.Combine(
        Runs, $"{run.Protocol}-{FileName(run.Category.Name)}-{run.Method.Name}-{run.Shots}-{run.Seed}.json".ToLowerInvariant());

    /// <summary>
    /// A category's name as part of a file's. What had to be changed or cut gets a hash of the whole: two categories must not share a file.
    /// </summary>
    private static string FileName(string category)
    {
        string plain = string.Concat(category.Take(LongestName).Select(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' ? c : '_'));
        if (plain == category && !plain.Any(char.IsAsciiLetterUpper)) return plain;
        return $"{plain}-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(category)))[..8]}";
    }
}

/// <summary>One run of a benchmark.</summary>
internal sealed record RunKey(EvaluationProtocol Protocol, Category Category, EvaluationMethod Method, int Shots, int Seed)
{
    public override string ToString() => $"{Category.Name}, {Method.Name}, {Plural.Of(Shots, "shot")}, seed {Seed}";
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, UseStringEnumConverter = true, RespectNullableAnnotations = true)]
[JsonSerializable(typeof(RunResult))]
internal sealed partial class RunJson : JsonSerializerContext;
