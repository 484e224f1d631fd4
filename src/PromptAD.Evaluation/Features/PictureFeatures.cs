namespace PromptAD.Evaluation.Features;

/// <summary>What the encoder sees in one picture, every row normalised.</summary>
/// <param name="Cls">Global feature, (E).</param>
/// <param name="Tokens">Patch tokens of the v-v stream, (patches, E).</param>
/// <param name="Memory">Patch tokens at each memory layer, (patches, width).</param>
internal sealed record PictureFeatures(float[] Cls, float[] Tokens, IReadOnlyList<float[]> Memory)
{
    public long Bytes => sizeof(float) * ((long)Cls.Length + Tokens.Length + Memory.Sum(layer => (long)layer.Length));
}
