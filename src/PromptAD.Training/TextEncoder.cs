using PromptAD.Encoders.Clip;
using PromptAD.Encoders.Clip.Tokenizer;
using PromptAD.Files;
using PromptAD.Training.Prompts;

using static PromptAD.Training.Scalars;
using static TorchSharp.torch;

namespace PromptAD.Training;

/// <summary>
/// The frozen text tower: a causal transformer whose state at end-of-text, projected, is a prompt's feature. Gradients flow through its
/// activations to the contexts; its weights have none.
/// </summary>
public sealed class TextEncoder : IDisposable
{
    private const double Epsilon = 1e-5;
    private const float LargestLogarithm = 4.61f; // ln 100 and rounding: where CLIP bounds it

    private readonly TextTower tower;
    private readonly SafetensorsFile file;
    private readonly Dictionary<string, Tensor> weights = [];

    /// <param name="backbone">The backbone; stays with the caller and need not stay open.</param>
    /// <param name="cancellation">Stops between two weights.</param>
    /// <exception cref="PromptADException">The file is damaged, or libtorch is missing.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public TextEncoder(Backbone backbone, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(backbone);
        NativeLibraries.Load();
        tower = backbone.TextTower;
        file = SafetensorsFile.Open(tower.WeightsPath);
        try
        {
            foreach ((string name, long[] shape) in tower.Weights)
            {
                cancellation.ThrowIfCancellationRequested();
                // Token embeddings are the largest tensor, and prompts need a few dozen of their rows.
                if (name != "token_embedding.weight") weights.Add(name, Load(name, shape));
            }
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>The number of blocks.</summary>
    internal int Layers => tower.Layers;

    /// <summary>The channels of a state.</summary>
    internal int Width => tower.Width;

    /// <summary>The checkpoint's temperature parameter as stored.</summary>
    internal float LogitScale => file.ReadFloats("logit_scale")[0];

    /// <summary>s as it enters the softmax (mark Q3).</summary>
    public float Temperature(LogitScaleUse use) =>
        use == LogitScaleUse.AsStored || LogitScale > LargestLogarithm ? LogitScale : MathF.Exp(LogitScale);

    /// <summary>The mean of the features of some sentences, each of length 1, brought to length 1 again, (E).</summary>
    /// <param name="sentences">At least one.</param>
    /// <exception cref="PromptADException">A sentence has more tokens than the text tower takes.</exception>
    public float[] MeanFeature(IEnumerable<string> sentences)
    {
        ClipTokenizer tokenizer = tower.Tokenizer;
        int[][] tokens = [.. sentences.Select(text => (int[])[tokenizer.StartOfText, .. tokenizer.Encode(text), tokenizer.EndOfText])];
        int longest = tokens.Max(row => row.Length);
        if (longest > tower.ContextLength)
            throw new PromptADException(
                Problem.OutOfRange,
                $"A manual prompt needs {longest} tokens, the backbone takes {tower.ContextLength}. Use a shorter object name.");
        using var scope = NewDisposeScope();
        using IDisposable noGradient = no_grad();
        Tensor features = PromptFeatures.Normalize(Encode(tokens)); // (sentences, E)
        return PromptFeatures.Normalize(features.mean([0L])).data<float>().ToArray();
    }

    /// <summary>The embeddings of some tokens, (tokens, width).</summary>
    internal Tensor Embeddings(IReadOnlyList<int> tokens)
    {
        int width = tower.Width;
        var rows = new float[tokens.Count * width];
        for (int i = 0; i < tokens.Count; i++) file.ReadRow("token_embedding.weight", tokens[i], rows.AsSpan(i * width, width));
        return tensor(rows, tokens.Count, width);
    }

    /// <summary>Position embeddings of some places, (places, width).</summary>
    internal Tensor Positions(Tensor places) => weights["positional_embedding"].index_select(0, places);

    /// <summary>The features of prompts that hold no context, (prompts, E), not normalised.</summary>
    /// <param name="prompts">For each prompt its tokens from start-of-text to end-of-text.</param>
    internal Tensor Encode(IReadOnlyList<int[]> prompts)
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
    internal Tensor NormBefore(int layer, Tensor x) => Norm(x, $"{Block(layer)}ln_1");

    /// <summary>Queries, keys and values of normed states, (states, parts, heads, head).</summary>
    /// <param name="layer">The block.</param>
    /// <param name="normed">(states, width).</param>
    /// <param name="first">0 to begin with queries, 1 with keys, 2 with values.</param>
    /// <param name="parts">How many of them.</param>
    internal Tensor Mix(int layer, Tensor normed, int first, int parts)
    {
        string name = $"{Block(layer)}attn.in_proj_";
        Tensor weight = weights[$"{name}weight"].narrow(0, first * Width, parts * Width);
        Tensor bias = weights[$"{name}bias"].narrow(0, first * Width, parts * Width);
        int heads = tower.Heads;
        return nn.functional.linear(normed, weight, bias).view(normed.shape[0], parts, heads, Width / heads); // of no states, too
    }

    /// <summary>The states behind a block, (states, width), given those before it and what attention gathered for them.</summary>
    internal Tensor Finish(int layer, Tensor x, Tensor attended)
    {
        string block = Block(layer);
        x = x.Plus(Linear(attended, $"{block}attn.out_proj"));
        Tensor hidden = Linear(Norm(x, $"{block}ln_2"), $"{block}mlp.c_fc");
        hidden = tower.QuickGelu ? hidden * (hidden * Keep(1.702)).sigmoid() : nn.functional.gelu(hidden);
        return x.Plus(Linear(hidden, $"{block}mlp.c_proj"));
    }

    /// <summary>Features, (states, E), of the last block's states at end-of-text.</summary>
    internal Tensor Project(Tensor x) => Norm(x, "ln_final").matmul(weights["text_projection"]);

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (Tensor weight in weights.Values) weight.Dispose();
        file.Dispose();
    }

    private static string Block(int layer) => $"transformer.resblocks.{layer}.";

    private Tensor Linear(Tensor x, string name) => nn.functional.linear(x, weights[$"{name}.weight"], weights[$"{name}.bias"]);

    private Tensor Norm(Tensor x, string name) =>
        nn.functional.layer_norm(x, [tower.Width], weights[$"{name}.weight"], weights[$"{name}.bias"], Epsilon);

    private Tensor Load(string name, long[] shape)
    {
        long count = shape.Aggregate(1L, (product, size) => checked(product * size));
        if (!file.Tensors.TryGetValue(name, out TensorEntry? entry) || entry.Count != count)
        {
            throw new PromptADException(
                Problem.Missing, $"The backbone's text weights lack '{name}' in the right shape. Remove the backbone and import it again.");
        }
        return tensor(file.ReadFloats(name), shape).DetachFromDisposeScope();
    }
}
