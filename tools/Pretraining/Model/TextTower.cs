using PromptAD.Encoders.Clip;

using static PromptAD.Training.Scalars;
using static TorchSharp.torch;

namespace PromptAD.Pretraining.Model;

/// <summary>The text encoder to be learned: the arithmetic of <see cref="Training.TextEncoder"/>.</summary>
/// <param name="weights">The weights; stay with the caller.</param>
internal sealed class TextTower(ModelWeights weights)
{
    private readonly TextConfiguration configuration = weights.Configuration.Text;
    private readonly Layers layers = new(weights, weights.Configuration.QuickGelu, ScalarType.Float32);

    /// <summary>The embeddings of tokens, (prompts, tokens, width).</summary>
    public Tensor Embed(Tensor tokens) => layers["token_embedding.weight"].index_select(0, tokens.flatten()).view(tokens.shape[0], tokens.shape[1], configuration.Width);

    /// <summary>The features of prompts, (prompts, E), not normalised.</summary>
    /// <param name="embedded">Embeddings, (prompts, tokens, width).</param>
    /// <param name="ends">The place of end-of-text in each prompt, (prompts).</param>
    public Tensor Encode(Tensor embedded, Tensor ends)
    {
        using var scope = NewDisposeScope();
        Tensor x = embedded.Plus(layers["positional_embedding"].narrow(0, 0, embedded.shape[1]));
        for (int layer = 0; layer < configuration.Layers; layer++)
        {
            string block = $"transformer.resblocks.{layer}.";
            x = x.Plus(Attend(layers.Norm(x, $"{block}ln_1"), block));
            x = x.Plus(layers.Mlp(x, block));
        }
        Tensor prompts = arange(Keep(0), Keep(embedded.shape[0]), Keep(1), dtype: ScalarType.Int64);
        Tensor last = layers.Norm(x.index(TensorIndex.Tensor(prompts), TensorIndex.Tensor(ends)), "ln_final"); // (prompts, width)
        return last.matmul(layers["text_projection"]).MoveToOuterDisposeScope();
    }

    private Tensor Attend(Tensor normed, string block)
    {
        long prompts = normed.shape[0], tokens = normed.shape[1], heads = configuration.Heads;
        Tensor mixed = layers.Linear(normed, $"{block}attn.in_proj_weight", $"{block}attn.in_proj_bias");
        Tensor split = mixed.view(prompts, tokens, 3, heads, configuration.Width / heads).permute(2, 0, 3, 1, 4); // (3, prompts, heads, tokens, head)
        Tensor attended = nn.functional.scaled_dot_product_attention(split[0], split[1], split[2], is_casual: true);
        return layers.Linear(attended.transpose(1, 2).reshape(prompts, tokens, configuration.Width), $"{block}attn.out_proj");
    }
}
