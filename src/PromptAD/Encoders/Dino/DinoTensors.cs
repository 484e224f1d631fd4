using System.Numerics.Tensors;

namespace PromptAD.Encoders.Dino;

/// <summary>The names of a DINOv2's tensors in Meta's checkpoints, but for those of its blocks.</summary>
internal static class DinoTensors
{
    public const string Class = "cls_token", Position = "pos_embed", Registers = "register_tokens", Patch = "patch_embed.proj";

    /// <summary>The class token with its place added.</summary>
    /// <param name="token">(1, 1, width).</param>
    /// <param name="position">(1, 1 + patches, width); the first row is the class token's.</param>
    public static float[] PlacedClass(float[] token, float[] position)
    {
        var placed = new float[token.Length];
        TensorPrimitives.Add(token, position.AsSpan(0, token.Length), placed);
        return placed;
    }
}
