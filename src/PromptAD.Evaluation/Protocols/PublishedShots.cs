using System.Text.Json;
using System.Text.Json.Serialization;

namespace PromptAD.Evaluation.Protocols;

/// <summary>Which good pictures the published runs learned from: places in the ordinal list of train/good.</summary>
internal static class PublishedShots
{
    private static readonly Lazy<Dictionary<string, Dictionary<string, int[]>>> Data = new(() =>
    {
        using Stream stream = typeof(PublishedShots).Assembly.GetManifestResourceStream("published-shots.json")!;
        return JsonSerializer.Deserialize(stream, PublishedShotJson.Default.DictionaryStringDictionaryStringInt32Array)!;
    });

    /// <summary>
    /// The pictures' places; null where the category or the number is not of the published runs, or fewer pictures are there.
    /// </summary>
    public static int[]? TryFind(string category, int shots, int available) =>
        Data.Value.TryGetValue(category, out Dictionary<string, int[]>? lists)
            && lists.TryGetValue($"{shots}", out int[]? places)
            && places.Max() < available
            ? places
            : null;
}

[JsonSerializable(typeof(Dictionary<string, Dictionary<string, int[]>>))]
internal sealed partial class PublishedShotJson : JsonSerializerContext;
