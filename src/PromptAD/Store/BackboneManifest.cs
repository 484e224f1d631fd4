using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using PromptAD.Encoders;
using PromptAD.Encoders.Clip;
using PromptAD.Files;

namespace PromptAD.Store;

/// <summary>
/// A backbone folder's <c>backbone.json</c>: what the backbone is, where it came from, and what its files must look like.
/// </summary>
internal sealed record BackboneManifest
{
    public const string FileName = "backbone.json";

    /// <summary>The highest format that is read: 1 for CLIP, 2 for other families.</summary>
    public const int CurrentFormat = 2;

    private const long MaximumLength = 1_000_000, MaximumFileSize = 1L << 40;

    public required int Format { get; init; }

    /// <summary>The family of its encoder; null, as in manifests of earlier versions, for CLIP.</summary>
    public string? Kind { get; init; }

    public required string Id { get; init; }

    /// <summary>
    /// SHA-256 over the configuration, the vocabulary if there is one, every weight as float32, and the precision if it is another: the
    /// same for any container the weights came in.
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
            if (manifest.Kind is { } kind && EncoderFamily.Find(kind) is null)
            {
                throw new PromptADException(
                    Problem.Unsupported,
                    $"Backbone '{folder}' is of the kind '{Printable.Line(kind)}', which is not known. Use a newer PromptAD.");
            }
            return manifest.Flaw() is { } problem ? throw new JsonException(problem) : manifest;
        }
        catch (Exception e) when (e is JsonException or IOException or UnauthorizedAccessException)
        {
            throw new PromptADException(
                Problem.Unreadable, $"Cannot read '{path}': {AtomicFile.Reason(e)}. Remove the folder and import the backbone again.", e);
        }
    }

    /// <summary>The lowest format that can hold a family's backbones, so that programs that do not know it say so.</summary>
    public static int FormatOf(string kind) => kind == ClipConfiguration.Family ? 1 : CurrentFormat;

    /// <summary>The files that the backbone must have.</summary>
    [JsonIgnore]
    public IReadOnlyList<string> RequiredFiles => Family.Files;

    [JsonIgnore]
    private EncoderFamily Family => EncoderFamily.Find(Kind ?? ClipConfiguration.Family)!;

    /// <summary>Reads the configuration.</summary>
    /// <param name="folder">What errors call it.</param>
    /// <exception cref="PromptADException">It cannot be.</exception>
    public IEncoderConfiguration ReadConfiguration(string folder) => Family.Parse(Configuration.GetRawText(), folder);

    /// <summary>What cannot be true of a backbone; null when all is well.</summary>
    private string? Flaw()
    {
        if (Format < 1) return $"its format is {Format}";
        if (!IsHash(Hash)) return "its hash is no SHA-256";
        if (RequiredFiles.FirstOrDefault(name => !Files.ContainsKey(name)) is { } missing) return $"it does not list '{missing}'";
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
