using System.Text.Json;
using System.Text.Json.Serialization;
using PromptAD.Training;
using PromptAD.Words;

namespace PromptAD.Evaluation.Methods;

/// <summary>
/// WinCLIP's compositional prompt ensemble (Jeong et al., CVPR 2023): every state word in every template; a prototype is the mean of the
/// normalised text features of its class, normalised again.
/// </summary>
internal static class ManualPrompts
{
    private static readonly Lazy<ManualPromptData> Data = new(() =>
    {
        using Stream stream = typeof(ManualPrompts).Assembly.GetManifestResourceStream("manual-prompts.json")!;
        return JsonSerializer.Deserialize(stream, ManualPromptJson.Default.ManualPromptData)!;
    });

    public static Prototypes Encode(TextEncoder encoder, string objectName) => new(
        encoder.MeanFeature(Sentences(Data.Value.Normal, objectName)), encoder.MeanFeature(Sentences(Data.Value.Anomalous, objectName)));

    /// <summary>All sentences of a class, such as "a photo of a damaged bolt."</summary>
    internal static string[] Sentences(IEnumerable<string> states, string objectName) =>
    [
        .. from state in states
           from template in Data.Value.Templates
           select template.Replace("{}", state.Replace("{}", objectName, StringComparison.Ordinal), StringComparison.Ordinal),
    ];
}

internal sealed record ManualPromptData(string[] Normal, string[] Anomalous, string[] Templates);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(ManualPromptData))]
internal sealed partial class ManualPromptJson : JsonSerializerContext;
