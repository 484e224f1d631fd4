using PromptAD.Encoders.Clip;
using PromptAD.Files;
using PromptAD.Training.Prompts;
using TorchSharp.Modules;

using static TorchSharp.torch;

namespace PromptAD.Training.Tests.Twins;

/// <summary>
/// Training the obvious way, as the published program does it: every prompt is a row of its own, filled up to the full length that the text
/// tower takes, and all of it goes through all blocks. The slow twin of <see cref="PromptLearner"/> and <see cref="LevelTrainer"/>.
/// </summary>
internal sealed class PlainTraining : IDisposable
{
    private const double Epsilon = 1e-5;

    private readonly ClipConfiguration configuration;
    private readonly OptimizerOptions options;
    private readonly PromptLosses losses;
    private readonly Dictionary<string, Tensor> weights = [];
    private readonly Tensor embeddings, rows, ends, visual;
    private readonly int normals, manuals;
    private readonly optim.Optimizer optimizer;

    public PlainTraining(
        Backbone backbone, PromptText text, OptimizerOptions options, PromptLosses losses, float[] normal, float[] anomalous, Tensor visual)
    {
        configuration = backbone.Configuration;
        (this.options, this.losses, this.visual) = (options, losses, visual);
        (normals, manuals) = (text.Normal.Count, text.Manual.Count);
        int width = configuration.Text.Width, length = configuration.Text.ContextLength;
        using SafetensorsFile file = SafetensorsFile.Open(backbone.TextWeightsPath);
        foreach (string name in file.Tensors.Keys.Where(name => name != "token_embedding.weight"))
            weights.Add(name, tensor(file.ReadFloats(name), file.Tensors[name].Shape));
        embeddings = cat([.. text.Constants.Select(token =>
        {
            var row = new float[width];
            file.ReadRow("token_embedding.weight", token, row);
            return tensor(row, 1, width);
        })], 0);
        PromptRow[] prompts = [.. text.Normal, .. text.Manual, .. text.Learned];
        rows = tensor(prompts.SelectMany(prompt => prompt.Rows.Concat(Enumerable.Repeat(0, length - prompt.Rows.Length)))
            .Select(row => (long)row).ToArray());
        ends = tensor(prompts.Select(prompt => (long)prompt.End).ToArray());
        NormalContexts = new Parameter(tensor(normal, normal.Length / width, width));
        AnomalyContexts = new Parameter(tensor(anomalous, anomalous.Length / width, width));
        optimizer = optim.SGD([NormalContexts, AnomalyContexts], options.LearningRate, options.Momentum, weight_decay: options.WeightDecay);
    }

    public Parameter NormalContexts { get; }

    public Parameter AnomalyContexts { get; }

    /// <summary>One epoch.</summary>
    public LossValues Step(int epoch)
    {
        using var scope = NewDisposeScope();
        foreach (optim.ILearningRateController group in optimizer.ParamGroups) group.LearningRate = options.RateAt(epoch);
        optimizer.zero_grad();
        (Tensor contrastive, Tensor margin, Tensor alignment, Tensor total) = losses.Compute(Encode(), visual);
        total.backward();
        optimizer.step();
        return new LossValues(contrastive.item<float>(), margin.item<float>(), alignment.item<float>(), total.item<float>());
    }

    /// <summary>The features of all prompts, to be disposed by the caller's scope.</summary>
    public PromptFeatures Encode()
    {
        Tensor table = cat([NormalContexts, AnomalyContexts, embeddings], 0);
        Tensor x = table.index_select(0, rows).view(ends.shape[0], -1, configuration.Text.Width) + weights["positional_embedding"];
        for (int layer = 0; layer < configuration.Text.Layers; layer++) x = Block(x, $"transformer.resblocks.{layer}."); // (prompts, 77, width)
        Tensor prompts = arange(ends.shape[0], dtype: ScalarType.Int64);
        Tensor all = Norm(x, "ln_final").index(TensorIndex.Tensor(prompts), TensorIndex.Tensor(ends)).matmul(weights["text_projection"]);
        return new PromptFeatures(
            all.narrow(0, 0, normals), all.narrow(0, normals, manuals), all.narrow(0, normals + manuals, all.shape[0] - normals - manuals));
    }

    public void Dispose()
    {
        optimizer.Dispose();
        foreach (Tensor held in (Tensor[])[.. weights.Values, embeddings, rows, ends, NormalContexts, AnomalyContexts]) held.Dispose();
    }

    private Tensor Block(Tensor x, string prefix)
    {
        long prompts = x.shape[0], tokens = x.shape[1], width = configuration.Text.Width, heads = configuration.Text.Heads;
        Tensor mixed = nn.functional.linear(
            Norm(x, $"{prefix}ln_1"), weights[$"{prefix}attn.in_proj_weight"], weights[$"{prefix}attn.in_proj_bias"]);
        Tensor split = mixed.view(prompts, tokens, 3, heads, width / heads).permute(2, 0, 3, 1, 4); // (3, prompts, heads, tokens, head)
        Tensor attended = nn.functional.scaled_dot_product_attention(split[0], split[1], split[2], is_casual: true);
        x = x + Linear(attended.transpose(1, 2).reshape(prompts, tokens, width), $"{prefix}attn.out_proj");
        Tensor hidden = Linear(Norm(x, $"{prefix}ln_2"), $"{prefix}mlp.c_fc");
        hidden = configuration.QuickGelu ? hidden * (hidden * 1.702).sigmoid() : nn.functional.gelu(hidden);
        return x + Linear(hidden, $"{prefix}mlp.c_proj");
    }

    private Tensor Linear(Tensor x, string name) => nn.functional.linear(x, weights[$"{name}.weight"], weights[$"{name}.bias"]);

    private Tensor Norm(Tensor x, string name) =>
        nn.functional.layer_norm(x, [configuration.Text.Width], weights[$"{name}.weight"], weights[$"{name}.bias"], Epsilon);
}
