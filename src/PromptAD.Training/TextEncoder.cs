using PromptAD.Backbones;
using PromptAD.Files;
using static TorchSharp.torch;

namespace PromptAD.Training;

/// <summary>
/// The frozen text tower: a causal transformer whose state at end-of-text, projected, is a prompt's feature. Gradients flow through its
/// activations to the contexts; its weights have none.
/// </summary>
internal sealed class TextEncoder : IDisposable
{
    private const double Epsilon = 1e-5;
    private readonly BackboneConfiguration configuration;
    private const float LargestLogarithm = 4.61f; // ln 100 and rounding: where CLIP bounds it

    private readonly SafetensorsFile file;
    private readonly Dictionary<string, Tensor> weights = [];

    static TextEncoder() => NativeLibraries.Prepare();

    /// <param name="configuration">The backbone's sizes.</param>
    /// <param name="path">Its <c>text.safetensors</c>.</param>
    public TextEncoder(BackboneConfiguration configuration, string path)
    {
        this.configuration = configuration;
        file = SafetensorsFile.Open(path);
        try
        {
            foreach ((string name, long[] shape) in configuration.ExpectedTensors())
            {
                // Token embeddings are the largest tensor, and prompts need a few dozen of their rows.
                if (!name.StartsWith("visual.", StringComparison.Ordinal) && name != "token_embedding.weight")
                    weights.Add(name, Load(name, shape));
            }
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>The checkpoint's temperature parameter as stored.</summary>
    public float LogitScale => file.ReadFloats("logit_scale")[0];

    /// <summary>s as it enters the softmax (mark Q3).</summary>
    public float Temperature(LogitScaleUse use) =>
        use == LogitScaleUse.AsStored || LogitScale > LargestLogarithm ? LogitScale : MathF.Exp(LogitScale);

    /// <summary>The embeddings of some tokens, (tokens, width).</summary>
    public Tensor Embeddings(IReadOnlyList<int> tokens)
    {
        int width = configuration.Text.Width;
        var rows = new float[tokens.Count * width];
        for (int i = 0; i < tokens.Count; i++) file.ReadRow("token_embedding.weight", tokens[i], rows.AsSpan(i * width, width));
        return tensor(rows, tokens.Count, width);
    }

    /// <summary>
    /// The features of prompts, (prompts, E), not normalised. Because attention is causal nothing after end-of-text matters, so
    /// <paramref name="embedded"/> need be no longer than the longest prompt.
    /// </summary>
    /// <param name="embedded">Token embeddings, (prompts, tokens, width).</param>
    /// <param name="ends">The place of end-of-text in each prompt, (prompts).</param>
    public Tensor Encode(Tensor embedded, Tensor ends)
    {
        using var scope = NewDisposeScope();
        Tensor x = embedded + weights["positional_embedding"].narrow(0, 0, embedded.shape[1]); // (prompts, tokens, width)
        for (int layer = 0; layer < configuration.Text.Layers; layer++) x = Block(x, $"transformer.resblocks.{layer}.");
        Tensor prompts = arange(embedded.shape[0], dtype: ScalarType.Int64);
        Tensor last = Norm(x.index(TensorIndex.Tensor(prompts), TensorIndex.Tensor(ends)), "ln_final"); // (prompts, width)
        return last.matmul(weights["text_projection"]).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (Tensor weight in weights.Values) weight.Dispose();
        file.Dispose();
    }

    private Tensor Block(Tensor x, string prefix)
    {
        Tensor attended = Attend(Linear(Norm(x, $"{prefix}ln_1"), $"{prefix}attn.in_proj_", "weight", "bias"));
        x += Linear(attended, $"{prefix}attn.out_proj.", "weight", "bias");
        Tensor hidden = Linear(Norm(x, $"{prefix}ln_2"), $"{prefix}mlp.c_fc.", "weight", "bias");
        hidden = configuration.QuickGelu ? hidden * (hidden * 1.702).sigmoid() : nn.functional.gelu(hidden);
        return x + Linear(hidden, $"{prefix}mlp.c_proj.", "weight", "bias");
    }

    private Tensor Attend(Tensor mixed)
    {
        long prompts = mixed.shape[0], tokens = mixed.shape[1], width = configuration.Text.Width, heads = configuration.Text.Heads;
        Tensor split = mixed.view(prompts, tokens, 3, heads, width / heads).permute(2, 0, 3, 1, 4); // (3, prompts, heads, tokens, head)
        Tensor attended = nn.functional.scaled_dot_product_attention(split[0], split[1], split[2], is_casual: true);
        return attended.transpose(1, 2).reshape(prompts, tokens, width);
    }

    private Tensor Linear(Tensor x, string prefix, string weight, string bias) =>
        nn.functional.linear(x, weights[prefix + weight], weights[prefix + bias]);

    private Tensor Norm(Tensor x, string name) =>
        nn.functional.layer_norm(x, [configuration.Text.Width], weights[$"{name}.weight"], weights[$"{name}.bias"], Epsilon);

    private Tensor Load(string name, long[] shape)
    {
        long count = TensorEntry.CountOf(shape);
        if (!file.Tensors.TryGetValue(name, out TensorEntry? entry) || entry.Count != count)
        {
            throw new PromptADException(
                $"The backbone's text weights lack '{name}' in the right shape. Remove the backbone and import it again.");
        }
        return tensor(file.ReadFloats(name), shape).DetachFromDisposeScope();
    }
}
