using System.Text.Json;
using System.Text.Json.Serialization;

namespace PromptAD.Training;

/// <summary>The anomaly states and object names of the published runs (Li et al., CVPR 2024).</summary>
public static class PublishedPrompts
{
    private static readonly Lazy<PublishedPromptData> Data = new(() =>
    {
        using Stream stream = typeof(PublishedPrompts).Assembly.GetManifestResourceStream("published-prompts.json")!;
        return JsonSerializer.Deserialize(stream, PublishedPromptJson.Default.PublishedPromptData)!;
    });

    /// <summary>The eight states that fit any product, such as "damaged {}"; {} is the object.</summary>
    public static IReadOnlyList<string> CommonStates => Data.Value.Common;

    /// <summary>The categories of MVTec AD and VisA that have states of their own.</summary>
    public static IReadOnlyCollection<string> Categories => Data.Value.Categories.Keys;

    /// <summary>
    /// Mark Q8: the states of a category, named after the defect folders of its test set. They belong to a re-run of the published
    /// experiment; on a product of one's own they would be knowledge of defects that nobody has seen yet.
    /// </summary>
    /// <exception cref="PromptADException">The category is not one of <see cref="Categories"/>.</exception>
    public static IReadOnlyList<string> StatesOf(string category) => Data.Value.Categories.TryGetValue(category, out string[]? states)
        ? states
        : throw new PromptADException(
            Problem.InvalidArgument,
            $"'{category}' is not a category of the published runs; use one of {string.Join(", ", Categories)}.");

    /// <summary>What a category's object is called in a prompt: "printed circuit board" for "pcb1", and its own name for most.</summary>
    public static string ObjectNameOf(string category) => Data.Value.ObjectNames.GetValueOrDefault(category, category);
}

internal sealed record PublishedPromptData(
    string[] Common, Dictionary<string, string> ObjectNames, Dictionary<string, string[]> Categories);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(PublishedPromptData))]
internal sealed partial class PublishedPromptJson : JsonSerializerContext;
