using System.Text.Json;
using PromptAD.Encoders;
using PromptAD.Encoders.Clip;
using PromptAD.Encoders.Dino;
using PromptAD.Files;

namespace PromptAD.Store;

/// <summary>
/// What is known without asking anybody: open_clip's configurations of the plain ViT family, those of DINOv2, and the published weights,
/// all data files inside the assembly.
/// </summary>
internal static class BackboneCatalog
{
    private const int MaximumFileSize = 1 << 20;
    private static readonly Lazy<IReadOnlyList<KnownConfiguration>> Configurations = new(() =>
    [
        .. ReadConfigurations("open-clip-vit.json", ClipConfiguration.Family),
        .. ReadConfigurations("dinov2.json", DinoConfiguration.Family),
    ]);

    private static readonly Lazy<(IReadOnlyList<PublishedWeights> Weights, PublishedFile Vocabulary)> Published = new(ReadPublished);

    /// <summary>The names of the configurations, CLIP's first, and of each family the smallest model first.</summary>
    public static IReadOnlyList<string> Names => [.. Configurations.Value.Select(entry => entry.Name)];

    /// <summary>The names of a family's configurations, smallest model first.</summary>
    /// <param name="kind">The family.</param>
    public static IReadOnlyList<string> NamesOf(string kind) =>
        [.. Configurations.Value.Where(entry => entry.Kind == kind).Select(entry => entry.Name)];

    /// <summary>The weights that <c>backbone pull</c> knows.</summary>
    public static IReadOnlyList<PublishedWeights> Weights => Published.Value.Weights;

    /// <summary>CLIP's merges, which all weights of <see cref="Weights"/> with a text tower were trained with.</summary>
    public static PublishedFile Vocabulary => Published.Value.Vocabulary;

    /// <summary>The configuration of that name (in any case), or the one in the JSON file at that path.</summary>
    /// <exception cref="PromptADException">There is neither, or the file is no configuration of a CLIP or a DINOv2.</exception>
    public static IEncoderConfiguration Find(string nameOrJsonPath)
    {
        KnownConfiguration? known =
            Configurations.Value.FirstOrDefault(entry => entry.Name.Equals(nameOrJsonPath, StringComparison.OrdinalIgnoreCase));
        if (known is not null) return EncoderFamily.ParseAny(known.Json, $"the configuration '{known.Name}'");
        bool isPath = nameOrJsonPath.EndsWith(".json", StringComparison.OrdinalIgnoreCase) || File.Exists(nameOrJsonPath);
        if (isPath) return EncoderFamily.ParseAny(ReadFile(nameOrJsonPath), $"'{nameOrJsonPath}'");
        throw new PromptADException(
            Problem.InvalidArgument, $"There is no configuration '{nameOrJsonPath}'. "
            + $"Give the path of a JSON file or one of: {NearestFirst(Names, nameOrJsonPath)}.");
    }

    /// <summary>The published weights of that configuration (in any case).</summary>
    /// <exception cref="PromptADException">None are known.</exception>
    public static PublishedWeights FindWeights(string name) =>
        Weights.FirstOrDefault(weights => weights.Configuration.Equals(name, StringComparison.OrdinalIgnoreCase))
        ?? throw new PromptADException(
            Problem.Missing, $"No published weights are known for '{name}'. "
            + $"Pull one of {NearestFirst(Weights.Select(weights => weights.Configuration), name)}, or import a checkpoint that you have.");

    private static string NearestFirst(IEnumerable<string> names, string name) =>
        string.Join(", ", names.OrderBy(known => EditDistance(known.ToUpperInvariant(), name.ToUpperInvariant())));

    // Levenshtein's, one row at a time. Nobody types a long name, but somebody may pass one.
    private static int EditDistance(string a, string b)
    {
        if (b.Length > 100) return b.Length;
        int[] row = [.. Enumerable.Range(0, b.Length + 1)];
        for (int i = 1; i <= a.Length; i++)
        {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.Length; j++)
            {
                int substitution = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(substitution, 1 + Math.Min(row[j], row[j - 1]));
            }
        }
        return row[^1];
    }

    private static string ReadFile(string path)
    {
        try
        {
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read);
            if (stream.Length > MaximumFileSize)
            {
                throw new PromptADException(
                    Problem.OutOfRange,
                    $"Cannot use '{path}': {stream.Length:N0} bytes are too many for a configuration. Give open_clip's JSON or DINOv2's.");
            }
            using var reader = new StreamReader(stream);
            return reader.ReadToEnd();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new PromptADException(
                AtomicFile.ProblemOf(e),
                $"Cannot read '{path}': {AtomicFile.Reason(e)}. Give a configuration's name or JSON file.", e);
        }
    }

    private static List<KnownConfiguration> ReadConfigurations(string resource, string kind)
    {
        using JsonDocument document = ReadResource(resource);
        IEnumerable<JsonProperty> entries = document.RootElement.EnumerateObject();
        return [.. entries.Select(entry => new KnownConfiguration(entry.Name, kind, entry.Value.GetRawText()))];
    }

    private static (IReadOnlyList<PublishedWeights>, PublishedFile) ReadPublished()
    {
        using JsonDocument document = ReadResource("published-weights.json");
        JsonElement root = document.RootElement;
        return ([.. root.GetProperty("weights").EnumerateArray().Select(ToWeights)], ToFile(root.GetProperty("vocabulary")));

        static PublishedWeights ToWeights(JsonElement entry) => new(entry.GetProperty("configuration").GetString()!, ToFile(entry));

        static PublishedFile ToFile(JsonElement entry) =>
            new(
                new Uri(entry.GetProperty("address").GetString()!),
                entry.TryGetProperty("sha256", out JsonElement hash) ? hash.GetString() : null);
    }

    private static JsonDocument ReadResource(string name)
    {
        using Stream stream = typeof(BackboneCatalog).Assembly.GetManifestResourceStream(name)!;
        return JsonDocument.Parse(stream);
    }

    private sealed record KnownConfiguration(string Name, string Kind, string Json);
}
