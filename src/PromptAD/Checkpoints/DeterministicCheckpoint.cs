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
        DeterministicValues.Fill(name, destination, scale, shift);
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
