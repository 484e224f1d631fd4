using System.Security.Cryptography;
using System.Text;
using PromptAD.Encoders;
using PromptAD.Files;

namespace PromptAD.Evaluation.Features;

/// <summary>
/// Features of pictures in a folder, a file each under a key that says all that they depend on. The ones used last stay in memory up to a
/// budget.
/// </summary>
/// <param name="encoder">What the features are of; files of another shape are as if they were not there.</param>
/// <param name="folder">The folder.</param>
/// <param name="budget">The most bytes that stay in memory, though at least one picture does.</param>
internal sealed class FeatureStore(EncoderInfo encoder, string folder, long budget)
{
    private const int Format = 4; // raised when features of before are to be made anew
    private const string Cls = "cls", Tokens = "tokens";

    private readonly Dictionary<string, LinkedListNode<(string Key, PictureFeatures Features)>> inMemory = [];
    private readonly LinkedList<(string Key, PictureFeatures Features)> byUse = new(); // the one used last comes first
    private long bytes;

    /// <summary>The key of features of this encoder.</summary>
    /// <param name="input">All else that they depend on.</param>
    public string KeyOf(string input) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{Format}|{encoder.Hash}|{input}")));

    /// <summary>The features of a key; null where there are none, or damaged ones that are to be made again.</summary>
    public PictureFeatures? Find(string key)
    {
        if (inMemory.TryGetValue(key, out LinkedListNode<(string Key, PictureFeatures Features)>? node))
        {
            byUse.Remove(node);
            byUse.AddFirst(node);
            return node.Value.Features;
        }
        if (TryRead(PathOf(key)) is not { } read) return null;
        Hold(key, read);
        return read;
    }

    /// <summary>Keeps features, which must not be changed afterwards.</summary>
    public void Add(string key, PictureFeatures features)
    {
        var values = new Dictionary<string, float[]> { [Cls] = features.Cls, [Tokens] = features.Tokens };
        for (int layer = 0; layer < features.Memory.Count; layer++) values.Add(Memory(layer), features.Memory[layer]);
        SafetensorsFile.Write(PathOf(key), values);
        Hold(key, features);
    }

    private string PathOf(string key) => Path.Combine(folder, $"{key}.safetensors");

    private PictureFeatures? TryRead(string path)
    {
        if (!File.Exists(path)) return null;
        try
        {
            using SafetensorsFile file = SafetensorsFile.Open(path);
            float[][] memory = [.. encoder.Layers.Select((_, layer) => file.ReadFloats(Memory(layer)))];
            var features = new PictureFeatures(file.ReadFloats(Cls), file.ReadFloats(Tokens), memory);
            return HasRightSize(features) && IsFinite(features) ? features : null;
        }
        catch (PromptADException)
        {
            return null;
        }
    }

    private bool HasRightSize(PictureFeatures features) =>
        features.Cls.Length == encoder.EmbeddingSize
        && features.Tokens.Length == encoder.Patches * encoder.EmbeddingSize
        && features.Memory.Select(rows => rows.Length).SequenceEqual(encoder.Widths.Select(width => encoder.Patches * width));

    private static bool IsFinite(PictureFeatures features) =>
        Array.TrueForAll(features.Cls, float.IsFinite)
        && Array.TrueForAll(features.Tokens, float.IsFinite)
        && features.Memory.All(layer => Array.TrueForAll(layer, float.IsFinite));

    private void Hold(string key, PictureFeatures features)
    {
        inMemory.Add(key, byUse.AddFirst((key, features)));
        bytes += features.Bytes;
        while (bytes > budget && byUse.Count > 1)
        {
            (string oldest, PictureFeatures dropped) = byUse.Last!.Value;
            byUse.RemoveLast();
            inMemory.Remove(oldest);
            bytes -= dropped.Bytes;
        }
    }

    private static string Memory(int layer) => $"memory.{layer + 1}";
}
