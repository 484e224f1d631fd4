using PromptAD.Backbones;

namespace PromptAD.Scoring;

/// <summary>What the encoder sees in one picture, every row normalised.</summary>
/// <param name="Cls">Global feature, (E).</param>
/// <param name="Tokens">Patch tokens of the v-v stream, (patches, E).</param>
/// <param name="Memory">Patch tokens at each memory layer, (patches, width).</param>
internal sealed record PictureFeatures(float[] Cls, float[] Tokens, IReadOnlyList<float[]> Memory)
{
    public long Bytes => sizeof(float) * ((long)Cls.Length + Tokens.Length + Memory.Sum(layer => (long)layer.Length));

    /// <summary>Normalises what the encoder made of one picture.</summary>
    /// <exception cref="PromptADException">The features hold a value that is not a number.</exception>
    public static PictureFeatures From(VisionFeatures encoded, BackboneConfiguration configuration) => new(
        Channels.Normalize(encoded.Cls, configuration.EmbeddingSize),
        Channels.Normalize(encoded.Tokens, configuration.EmbeddingSize),
        [
            .. Enumerable.Range(0, configuration.Vision.MemoryTaps.Blocks.Count)
                .Select(layer => Channels.Normalize(encoded.Memory(layer), configuration.Vision.Width)),
        ]);
}
