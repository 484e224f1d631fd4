using System.Numerics;

namespace PromptAD.Encoders;

/// <summary>What the encoder sees in one picture.</summary>
/// <param name="Cls">Global feature, normalised, (E); empty for an encoder without words.</param>
/// <param name="Tokens">Patch tokens of the v-v stream, every row normalised, (patches, E); empty likewise.</param>
/// <param name="Memory">
/// Patches at each memory layer as they are, (patches, width of the layer); what compares them decides what their length means.
/// </param>
public sealed record PictureFeatures(float[] Cls, float[] Tokens, IReadOnlyList<float[]> Memory)
{
    /// <summary>
    /// Where the middles of the patches lie in the picture that this is a view of, in patches from its top left, (patches); null where they
    /// stand in their own places.
    /// </summary>
    public Vector2[]? Spots { get; init; }

    /// <summary>The bytes that the values take.</summary>
    public long Bytes => sizeof(float) * ((long)Cls.Length + Tokens.Length + Memory.Sum(layer => (long)layer.Length));

    /// <summary>Room for the features of one picture, all zero.</summary>
    public static PictureFeatures Room(EncoderInfo encoder) => new(
        new float[encoder.EmbeddingSize],
        new float[encoder.Patches * encoder.EmbeddingSize],
        [.. encoder.Layers.Select(layer => new float[encoder.Patches * layer.Width])]);

    /// <summary>Overwrites these features with another picture's.</summary>
    public void Fill(PictureFeatures other)
    {
        other.Cls.CopyTo(Cls, 0);
        other.Tokens.CopyTo(Tokens, 0);
        for (int layer = 0; layer < Memory.Count; layer++) other.Memory[layer].CopyTo(Memory[layer], 0);
    }
}
