using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using PromptAD.Files;

namespace PromptAD.Store;

/// <summary>
/// A backbone folder's <c>backbone.json</c>: what the backbone is, where it came from, and what its files must look like.
/// </summary>
internal sealed record BackboneManifest
{
    public const string FileName = "backbone.json";
    public const int CurrentFormat = 1;
    private const long MaximumLength = 1_000_000, MaximumFileSize = 1L << 40;

    public required int Format { get; init; }

    public required string Id { get; init; }

    /// <summary>
    /// SHA-256 over the configuration, the vocabulary, every weight as float32, and the precision if it is another: the same for any
    /// container the weights came in.
    /// </summary>
    public required string Hash { get; init; }

    public required JsonElement Configuration { get; init; }

    /// <summary>Where the weights came from, such as a file's name and SHA-256.</summary>
    public required string Source { get; init; }

    /// <summary>True for weights made by rule, which know nothing of pictures.</summary>
    public bool Generated { get; init; }

    /// <summary>How the vision weights are stored.</summary>
    public BackbonePrecision Precision { get; init; }

    public required DateTimeOffset Created { get; init; }

    public required IReadOnlyDictionary<string, ManifestFile> Files { get; init; }

    /// <summary>Reads and checks a backbone folder's manifest.</summary>
    public static BackboneManifest Read(string folder)
    {
        string path = Path.Combine(folder, FileName);
        try
        {
            if (new FileInfo(path).Length > MaximumLength) throw new JsonException("it is too long");
            BackboneManifest manifest = JsonSerializer.Deserialize(File.ReadAllText(path), ManifestJson.Default.BackboneManifest)
                ?? throw new JsonException("it is empty");
            if (manifest.Format > CurrentFormat)
            {
                throw new PromptADException(
                    Problem.Unsupported,
                    $"Backbone '{folder}' has format {manifest.Format}, this program reads up to {CurrentFormat}. Use a newer PromptAD.");
            }
            return manifest.Flaw() is { } problem ? throw new JsonException(problem) : manifest;
        }
        catch (Exception e) when (e is JsonException or IOException or UnauthorizedAccessException)
        {
            throw new PromptADException(
                Problem.Unreadable, $"Cannot read '{path}': {AtomicFile.Reason(e)}. Remove the folder and import the backbone again.", e);
        }
    }

    /// <summary>What cannot be true of a backbone; null when all is well.</summary>
    private string? Flaw()
    {
        if (Format < 1) return $"its format is {Format}";
        if (!IsHash(Hash)) return "its hash is no SHA-256";
        if (Backbone.Files.FirstOrDefault(name => !Files.ContainsKey(name)) is { } missing) return $"it does not list '{missing}'";
        foreach ((string name, ManifestFile file) in Files)
        {
            if (name != Path.GetFileName(name) || name is "" or "." or ".." || name.Any(char.IsControl))
                return "it lists a file outside its folder";
            if (file is null || file.Size is < 0 or > MaximumFileSize || !IsHash(file.Sha256))
                return $"the size or the hash of '{name}' cannot be";
        }
        return null;
    }

    private static bool IsHash(string text) => text.Length == 2 * SHA256.HashSizeInBytes && text.All(char.IsAsciiHexDigitLower);

    public void Write(string folder) => AtomicFile.Write(
        Path.Combine(folder, FileName), stream => JsonSerializer.Serialize(stream, this, ManifestJson.Default.BackboneManifest));
}

/// <summary>What a file of the backbone must look like.</summary>
internal sealed record ManifestFile(long Size, string Sha256);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true, UseStringEnumConverter = true,
    RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(BackboneManifest))]
internal sealed partial class ManifestJson : JsonSerializerContext;
