using System.Security.Cryptography;

namespace PromptAD.Store.Embedded;

/// <summary>
/// The small backbone that the library carries with it, so that nothing has to be downloaded to begin. In the store it is a backbone like
/// any other; its model card stands beside its files.
/// </summary>
internal static class EmbeddedBackbone
{
    private const string Weights = "embedded-model.safetensors", Configuration = "embedded-config.json", Merges = "embedded-merges.txt";

    private static readonly Lazy<string> Origin = new(() =>
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (string name in (string[])[Weights, Configuration, Merges])
        {
            using var copy = new MemoryStream();
            using Stream resource = Open(name);
            resource.CopyTo(copy);
            hash.AppendData(copy.GetBuffer().AsSpan(0, (int)copy.Length));
        }
        return $"carried by the library, sha256 {Convert.ToHexStringLower(hash.GetHashAndReset())}";
    });

    /// <summary>What the manifest of its import says of where it came from: tells one version of it from another.</summary>
    public static string Source => Origin.Value;

    /// <summary>Writes its checkpoint, configuration and vocabulary into a folder.</summary>
    public static (string Checkpoint, string Configuration, string Vocabulary) Extract(string folder)
    {
        string Write(string name)
        {
            string path = Path.Combine(folder, name);
            using Stream resource = Open(name);
            using FileStream file = File.Create(path);
            resource.CopyTo(file);
            return path;
        }

        return (Write(Weights), Write(Configuration), Write(Merges));
    }

    private static Stream Open(string name) => typeof(EmbeddedBackbone).Assembly.GetManifestResourceStream(name)!;
}
