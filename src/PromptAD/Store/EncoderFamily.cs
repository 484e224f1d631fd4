using System.Text.Json;
using PromptAD.Encoders;
using PromptAD.Encoders.Clip;
using PromptAD.Encoders.Dino;

namespace PromptAD.Store;

/// <summary>A family of encoders that a backbone can be of.</summary>
/// <param name="Kind">What a manifest calls it.</param>
/// <param name="Files">The files that each of its backbones has beside the manifest.</param>
/// <param name="Parse">Reads a configuration; takes the JSON and what errors call it.</param>
internal sealed record EncoderFamily(string Kind, IReadOnlyList<string> Files, Func<string, string, IEncoderConfiguration> Parse)
{
    private static readonly EncoderFamily Clip = new(
        ClipConfiguration.Family,
        [Backbone.VisionGraphFile, Backbone.VisionWeightsFile, Backbone.TextWeightsFile, Backbone.VocabularyFile],
        ClipConfiguration.Parse);

    private static readonly EncoderFamily Dino =
        new(DinoConfiguration.Family, [Backbone.VisionGraphFile, Backbone.VisionWeightsFile], DinoConfiguration.Parse);

    /// <summary>The family that a manifest names; null where this program does not know it.</summary>
    public static EncoderFamily? Find(string kind) => ((EncoderFamily[])[Clip, Dino]).FirstOrDefault(family => family.Kind == kind);

    /// <summary>Reads a configuration of any family: that of DINOv2 says so, and all others are CLIP's.</summary>
    /// <param name="json">The JSON text.</param>
    /// <param name="source">What errors call it, such as a file's path.</param>
    /// <exception cref="PromptADException">It is no configuration of a family that is known.</exception>
    public static IEncoderConfiguration ParseAny(string json, string source)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(json);
            if (DinoConfigurationReader.IsOne(document.RootElement)) return Dino.Parse(json, source);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // The reader below says what is wrong.
        }
        return Clip.Parse(json, source);
    }
}
