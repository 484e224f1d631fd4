using System.Text.Json;
using System.Text.Json.Serialization;
using PromptAD.Encoders.Clip.Tokenizer;
using PromptAD.Training;
using PromptAD.Words;

using static TorchSharp.torch;

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

    public static Prototypes Encode(Backbone backbone, TextEncoder encoder, string objectName) =>
        new(
            Mean(backbone, encoder, Sentences(Data.Value.Normal, objectName)),
            Mean(backbone, encoder, Sentences(Data.Value.Anomalous, objectName)));

    /// <summary>All sentences of a class, such as "a photo of a damaged bolt."</summary>
    internal static string[] Sentences(IEnumerable<string> states, string objectName) =>
    [
        .. from state in states
           from template in Data.Value.Templates
           select template.Replace("{}", state.Replace("{}", objectName, StringComparison.Ordinal), StringComparison.Ordinal),
    ];

    private static float[] Mean(Backbone backbone, TextEncoder encoder, string[] sentences)
    {
        ClipTokenizer tokenizer = backbone.Tokenizer;
        int[][] tokens = [.. sentences.Select(text => (int[])[tokenizer.StartOfText, .. tokenizer.Encode(text), tokenizer.EndOfText])];
        int longest = tokens.Max(row => row.Length), limit = backbone.Configuration.Text.ContextLength;
        if (longest > limit)
            throw new PromptADException(
                Problem.OutOfRange,
                $"A manual prompt needs {longest} tokens, the backbone takes {limit}. Use a shorter object name.");
        using var scope = NewDisposeScope();
        using IDisposable noGradient = no_grad();
        Tensor features = PromptFeatures.Normalize(encoder.Encode(tokens)); // (sentences, E)
        return PromptFeatures.Normalize(features.mean([0L])).data<float>().ToArray();
    }
}

internal sealed record ManualPromptData(string[] Normal, string[] Anomalous, string[] Templates);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(ManualPromptData))]
internal sealed partial class ManualPromptJson : JsonSerializerContext;
