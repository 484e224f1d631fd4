using System.Text;
using PromptAD.Encoders;
using PromptAD.Files;

namespace PromptAD.Checkpoints;

/// <summary>
/// Weights computed from their names alone, the same on every machine. They know nothing of pictures; they let a whole pipeline be checked
/// against reference values without a weights file.
/// </summary>
internal sealed class DeterministicCheckpoint(IEncoderConfiguration configuration) : Checkpoint
{
    private const float LogitScale = 4.6052f;

    private static readonly string[] Embeddings =
        ["class_embedding", "positional_embedding", "cls_token", "pos_embed", "register_tokens"];

    private readonly Dictionary<string, TensorEntry> tensors = configuration.ExpectedTensors().ToDictionary(
        tensor => tensor.Name, tensor => new TensorEntry(tensor.Name, ElementType.Float32, tensor.Shape));

    public override IReadOnlyDictionary<string, TensorEntry> Tensors => tensors;

    public override void Read(string name, Span<float> destination)
    {
        if (name == "logit_scale")
        {
            destination[0] = LogitScale;
            return;
        }
        (float scale, float shift) = ScaleAndShift(name, tensors[name].Shape);
        Fill(name, destination, scale, shift);
    }

    /// <summary>value_i = u_i · scale + shift, with u_i in [-1, 1) from SplitMix64 seeded by the FNV-1a hash of the name.</summary>
    public static void Fill(string name, Span<float> destination, float scale, float shift)
    {
        ulong seed = 0xCBF29CE484222325;
        foreach (byte b in Encoding.UTF8.GetBytes(name)) seed = (seed ^ b) * 0x100000001B3;
        for (int i = 0; i < destination.Length; i++)
        {
            ulong x = seed + (((ulong)i + 1) * 0x9E3779B97F4A7C15);
            x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9;
            x = (x ^ (x >> 27)) * 0x94D049BB133111EB;
            x ^= x >> 31;
            float u = ((x >> 40) * (1f / (1 << 23))) - 1;
            float product = u * scale; // rounded before the sum: the rule has no fused multiply-add
            destination[i] = product + shift;
        }
    }

    public override void Dispose() { }

    private static (float Scale, float Shift) ScaleAndShift(string name, long[] shape)
    {
        string[] parts = name.Split('.');
        string last = parts[^1];
        if (parts[..^1].Any(IsNorm)) return (0.1f, last == "weight" ? 1 : 0);
        if (last is "gamma") return (0.1f, 0.3f);
        if (last is "bias" or "in_proj_bias") return (0.02f, 0);
        if (Embeddings.Contains(last) || name == "token_embedding.weight") return (0.05f, 0);
        long fanIn = name switch
        {
            "visual.proj" or "text_projection" => shape[0],
            _ => shape.Skip(1).Aggregate(1L, (product, size) => product * size), // columns; for the patch kernel in · kh · kw
        };
        return ((float)Math.Sqrt(3.0 / fanIn), 0);
    }

    private static bool IsNorm(string part) =>
        part.StartsWith("ln_", StringComparison.Ordinal) || part.Contains("norm", StringComparison.Ordinal);
}
