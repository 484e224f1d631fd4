using PromptAD.Encoders.Clip;
using PromptAD.Files;
using PromptAD.Training.Prompts;

using static PromptAD.Training.Scalars;
using static TorchSharp.torch;

namespace PromptAD.Training;

/// <summary>
/// The frozen text tower: a causal transformer whose state at end-of-text, projected, is a prompt's feature. Gradients flow through its
/// activations to the contexts; its weights have none.
/// </summary>
internal sealed class TextEncoder : IDisposable
{
    private const double Epsilon = 1e-5;
    private const float LargestLogarithm = 4.61f; // ln 100 and rounding: where CLIP bounds it

    private readonly ClipConfiguration configuration;
    private readonly SafetensorsFile file;
    private readonly Dictionary<string, Tensor> weights = [];

    /// <param name="configuration">The backbone's sizes.</param>
    /// <param name="path">Its <c>text.safetensors</c>.</param>
    /// <param name="cancellation">Stops between two weights.</param>
    /// <exception cref="PromptADException">The file is damaged, or libtorch is missing.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public TextEncoder(ClipConfiguration configuration, string path, CancellationToken cancellation = default)
    {
        NativeLibraries.Load();
        this.configuration = configuration;
        file = SafetensorsFile.Open(path);
        try
        {
            foreach ((string name, long[] shape) in configuration.ExpectedTensors())
            {
                cancellation.ThrowIfCancellationRequested();
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

    /// <summary>The number of blocks.</summary>
    public int Layers => configuration.Text.Layers;

    /// <summary>The channels of a state.</summary>
    public int Width => configuration.Text.Width;

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

    /// <summary>Position embeddings of some places, (places, width).</summary>
    public Tensor Positions(Tensor places) => weights["positional_embedding"].index_select(0, places);

    /// <summary>The features of prompts that hold no context, (prompts, E), not normalised.</summary>
    /// <param name="prompts">For each prompt its tokens from start-of-text to end-of-text.</param>
    public Tensor Encode(IReadOnlyList<int[]> prompts)
    {
        using var scope = NewDisposeScope();
        int[] tokens = [.. prompts.SelectMany(prompt => prompt).Distinct()];
        var row = tokens.Index().ToDictionary(token => token.Item, token => token.Index);
        Tensor table = Embeddings(tokens);
        var tree = new PromptTree([.. prompts.Select(prompt => prompt.Select(token => row[token]).ToArray())], learnable: tokens.Length);
        using var encoder = new TreeEncoder(this, tree, table);
        return encoder.Encode(table).MoveToOuterDisposeScope();
    }

    /// <summary>What enters a block's attention: ln_1 of the states.</summary>
    public Tensor NormBefore(int layer, Tensor x) => Norm(x, $"{Block(layer)}ln_1");

    /// <summary>Queries, keys and values of normed states, (states, parts, heads, head).</summary>
    /// <param name="layer">The block.</param>
    /// <param name="normed">(states, width).</param>
    /// <param name="first">0 to begin with queries, 1 with keys, 2 with values.</param>
    /// <param name="parts">How many of them.</param>
    public Tensor Mix(int layer, Tensor normed, int first, int parts)
    {
        string name = $"{Block(layer)}attn.in_proj_";
        Tensor weight = weights[$"{name}weight"].narrow(0, first * Width, parts * Width);
        Tensor bias = weights[$"{name}bias"].narrow(0, first * Width, parts * Width);
        int heads = configuration.Text.Heads;
        return nn.functional.linear(normed, weight, bias).view(normed.shape[0], parts, heads, Width / heads); // of no states, too
    }

    /// <summary>The states behind a block, (states, width), given those before it and what attention gathered for them.</summary>
    public Tensor Finish(int layer, Tensor x, Tensor attended)
    {
        string block = Block(layer);
        x = x.Plus(Linear(attended, $"{block}attn.out_proj"));
        Tensor hidden = Linear(Norm(x, $"{block}ln_2"), $"{block}mlp.c_fc");
        hidden = configuration.QuickGelu ? hidden * (hidden * Keep(1.702)).sigmoid() : nn.functional.gelu(hidden);
        return x.Plus(Linear(hidden, $"{block}mlp.c_proj"));
    }

    /// <summary>Features, (states, E), of the last block's states at end-of-text.</summary>
    public Tensor Project(Tensor x) => Norm(x, "ln_final").matmul(weights["text_projection"]);

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (Tensor weight in weights.Values) weight.Dispose();
        file.Dispose();
    }

    private static string Block(int layer) => $"transformer.resblocks.{layer}.";

    private Tensor Linear(Tensor x, string name) => nn.functional.linear(x, weights[$"{name}.weight"], weights[$"{name}.bias"]);

    private Tensor Norm(Tensor x, string name) =>
        nn.functional.layer_norm(x, [configuration.Text.Width], weights[$"{name}.weight"], weights[$"{name}.bias"], Epsilon);

    private Tensor Load(string name, long[] shape)
    {
        long count = TensorEntry.CountOf(shape);
        if (!file.Tensors.TryGetValue(name, out TensorEntry? entry) || entry.Count != count)
        {
            throw new PromptADException(
                Problem.Missing, $"The backbone's text weights lack '{name}' in the right shape. Remove the backbone and import it again.");
        }
        return tensor(file.ReadFloats(name), shape).DetachFromDisposeScope();
    }
}
