using PromptAD.Encoders.Clip;

using static PromptAD.Training.Scalars;
using static TorchSharp.torch;

namespace PromptAD.Pretraining.Model;

/// <summary>
/// The vision encoder with its two residual streams, to be learned: the arithmetic of <see cref="VisionGraph"/>, for pictures of any
/// size that is a multiple of the patch.
/// </summary>
internal sealed class VisionTower
{
    private const string Blocks = "visual.transformer.resblocks.";
    private readonly VisionConfiguration configuration;
    private readonly Layers layers;

    /// <param name="weights">The weights; stay with the caller.</param>
    /// <param name="precision">The type that matrices are multiplied in.</param>
    public VisionTower(ModelWeights weights, ScalarType precision = ScalarType.Float32)
    {
        configuration = weights.Configuration.Vision;
        layers = new Layers(weights, weights.Configuration.QuickGelu, precision);
    }

    /// <summary>How many layers of the memory are a trunk's, which come first.</summary>
    public int FrozenLayers => configuration.Trunk?.Stages.Count ?? 0;

    /// <summary>
    /// What the learned part reads of pictures: what a trunk makes of them, its stages side by side, (images, channels, grid, grid), or the pictures
    /// themselves where there is none. It does not change while the rest learns.
    /// </summary>
    /// <param name="images">Normalised pictures, (images, 3, size, size).</param>
    public Tensor Read(Tensor images)
    {
        if (configuration.Trunk is not { } trunk) return images.alias();
        using var scope = NewDisposeScope();
        using IDisposable noGradient = no_grad();
        return new Trunk(trunk, layers).Read(images).MoveToOuterDisposeScope();
    }

    /// <summary>Features, not normalised.</summary>
    /// <param name="read">What <see cref="Read"/> has made of pictures.</param>
    public VisionOutputs Encode(Tensor read)
    {
        using var scope = NewDisposeScope();
        var memory = new List<Tensor>();
        long from = 0;
        foreach (int width in configuration.Trunk?.Widths ?? [])
        {
            memory.Add(read.narrow(1, from, width).flatten(2).transpose(1, 2).MoveToOuterDisposeScope());
            from += width;
        }
        Tensor original = Embed(read, memory), vv = original; // (images, 1 + patches, width)
        for (int block = 0; block < configuration.Layers; block++)
        {
            string prefix = $"{Blocks}{block}.";
            (Tensor attended, Tensor valueAttended) = Attend(layers.Norm(original, $"{prefix}ln_1"), prefix);
            Tensor mid = original.Plus(attended);
            vv = vv.Plus(valueAttended);
            bool isTap = configuration.MemoryTaps.Blocks.Contains(block);
            if (block == configuration.Layers - 1 && !isTap) mid = mid.narrow(1, 0, 1); // nothing but the class token is read from here on
            original = mid.Plus(layers.Mlp(mid, prefix));
            if (!isTap) continue;
            memory.Add(Patches(configuration.MemoryTaps.Point == MemoryTapPoint.Attention ? mid : original).MoveToOuterDisposeScope());
        }
        return new VisionOutputs(
            Project(original.select(1, 0)).MoveToOuterDisposeScope(), Project(Patches(vv)).MoveToOuterDisposeScope(), memory);
    }

    /// <summary>The position table for a grid, (1 + grid · grid, width), row-major.</summary>
    public float[] PositionTable(int grid)
    {
        using var scope = NewDisposeScope();
        using IDisposable noGradient = no_grad();
        return [.. Position(grid).contiguous().data<float>()];
    }

    private Tensor Embed(Tensor images, List<Tensor> memory)
    {
        bool isFrozen = configuration.Trunk is not null; // what was read once is not read again in a lower precision
        Tensor x = isFrozen ? images : layers.Narrow(images), kernel = layers["visual.conv1.weight"];
        for (int n = 0; n < (configuration.Stem?.Channels.Count ?? 0); n++)
        {
            x = layers.Activate(nn.functional.conv2d(
                x,
                layers.Narrow(layers[$"visual.stem.{n}.weight"]),
                layers.Narrow(layers[$"visual.stem.{n}.bias"]),
                [ConvolutionalStem.Stride, ConvolutionalStem.Stride],
                [ConvolutionalStem.Padding, ConvolutionalStem.Padding]));
        }
        long stride = configuration.PatchKernel[^1];
        Tensor patches = nn.functional.conv2d(x, isFrozen ? kernel : layers.Narrow(kernel), strides: [stride, stride]); // (images, width, grid, grid)
        Tensor position = Position(patches.shape[^1]);
        patches = patches.flatten(2).transpose(1, 2).to(ScalarType.Float32); // (images, patches, width)
        if (configuration.MemoryTaps.Blocks.Contains(MemoryTaps.Embedding)) memory.Add(patches.alias().MoveToOuterDisposeScope());
        Tensor first = layers["visual.class_embedding"].expand(images.shape[0], 1, configuration.Width);
        return layers.Norm(cat([first, patches], 1).Plus(position), "visual.ln_pre");
    }

    /// <summary>The position table for a grid: its own, or stretched bilinearly, (1 + grid · grid, width).</summary>
    private Tensor Position(long grid)
    {
        Tensor table = layers["visual.positional_embedding"];
        if (grid == configuration.Grid) return table;
        Tensor plane = table.narrow(0, 1, configuration.Patches).t().reshape(1, configuration.Width, configuration.Grid, configuration.Grid);
        plane = nn.functional.interpolate(plane, [grid, grid], mode: InterpolationMode.Bilinear, align_corners: false);
        return cat([table.narrow(0, 0, 1), plane.flatten(2)[0].t()], 0);
    }

    /// <summary>out_proj(softmax(q kᵀ/√d) v) and out_proj(softmax(v vᵀ/√d) v), projected together.</summary>
    private (Tensor Attended, Tensor ValueAttended) Attend(Tensor normed, string prefix)
    {
        long images = normed.shape[0], tokens = normed.shape[1], heads = configuration.Heads;
        Tensor mixed = layers.Linear(normed, $"{prefix}attn.in_proj_weight", $"{prefix}attn.in_proj_bias");
        Tensor split = mixed.view(images, tokens, 3, heads, configuration.HeadWidth).permute(2, 0, 3, 1, 4); // (3, images, heads, tokens, head)
        Tensor queries = cat([split[0], split[2]], 0), keys = cat([split[1], split[2]], 0), values = cat([split[2], split[2]], 0);
        // Spelled out: the fused kernel's backward pass takes several times as long in BFloat16.
        Tensor weights = (queries / Keep(Math.Sqrt(configuration.HeadWidth))).matmul(keys.transpose(-1, -2)).softmax(-1);
        Tensor both = weights.matmul(values); // (2 · images, heads, tokens, head)
        both = layers.Linear(both.transpose(1, 2).reshape(2 * images, tokens, configuration.Width), $"{prefix}attn.out_proj");
        return (both.narrow(0, 0, images), both.narrow(0, images, images));
    }

    private Tensor Project(Tensor tokens) => layers.Norm(tokens, "visual.ln_post").matmul(layers["visual.proj"]);

    private static Tensor Patches(Tensor tokens) => tokens.narrow(1, 1, tokens.shape[1] - 1);
}

/// <summary>What the encoder makes of pictures.</summary>
/// <param name="Cls">Global features, (images, E).</param>
/// <param name="Tokens">Patch tokens of the v-v stream, (images, patches, E).</param>
/// <param name="Memory">Patches of each stage of a trunk, then patch tokens at each memory tap, (images, patches, width).</param>
internal sealed record VisionOutputs(Tensor Cls, Tensor Tokens, IReadOnlyList<Tensor> Memory);
