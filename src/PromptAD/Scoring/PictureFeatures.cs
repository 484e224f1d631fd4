using System.Numerics;
using PromptAD.Backbones;

namespace PromptAD.Scoring;

/// <summary>What the encoder sees in one picture.</summary>
/// <param name="Cls">Global feature, normalised, (E).</param>
/// <param name="Tokens">Patch tokens of the v-v stream, every row normalised, (patches, E).</param>
/// <param name="Memory">Patch tokens at each memory layer as they are, (patches, width); what compares them decides what their length means.</param>
internal sealed record PictureFeatures(float[] Cls, float[] Tokens, IReadOnlyList<float[]> Memory)
{
    /// <summary>
    /// Where the middles of the patches lie in the picture that this is a view of, in patches from its top left, (patches); null where they
    /// stand in their own places.
    /// </summary>
    public Vector2[]? Spots { get; init; }

    public long Bytes => sizeof(float) * ((long)Cls.Length + Tokens.Length + Memory.Sum(layer => (long)layer.Length));

    /// <summary>Takes over what the encoder made of one picture.</summary>
    /// <exception cref="PromptADException">The features hold a value that is not a number.</exception>
    public static PictureFeatures From(VisionFeatures encoded, BackboneConfiguration configuration)
    {
        PictureFeatures features = Room(configuration);
        features.Fill(encoded, configuration);
        return features;
    }

    /// <summary>Room for the features of one picture, all zero.</summary>
    public static PictureFeatures Room(BackboneConfiguration configuration)
    {
        VisionConfiguration vision = configuration.Vision;
        return new PictureFeatures(
            new float[configuration.EmbeddingSize],
            new float[vision.Patches * configuration.EmbeddingSize],
            [.. vision.MemoryTaps.Blocks.Select(_ => new float[vision.Patches * vision.Width])]);
    }

    /// <summary>Overwrites these features with another picture's, so that a stream of pictures needs no new memory.</summary>
    /// <exception cref="PromptADException">The features hold a value that is not a number.</exception>
    public void Fill(VisionFeatures encoded, BackboneConfiguration configuration)
    {
        Channels.Normalize(encoded.Cls, configuration.EmbeddingSize, Cls);
        Channels.Normalize(encoded.Tokens, configuration.EmbeddingSize, Tokens);
        for (int layer = 0; layer < Memory.Count; layer++)
        {
            encoded.Memory(layer).CopyTo(Memory[layer]);
            Channels.CheckFinite(Memory[layer]);
        }
    }
}
