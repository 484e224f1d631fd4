using System.Numerics.Tensors;
using PromptAD.Files;
using PromptAD.Onnx;

namespace PromptAD.Encoders.Clip;

/// <summary>
/// The vision tower's weights in the form that the graph multiplies by: matrices as (in, out), query, key and value apart, 1/√head in
/// the query, the class embedding in the first row of the position table. The blocks' matrices alone have 8 bits where that is the
/// precision.
/// </summary>
internal sealed class VisionWeights
{
    public const string Patch = "patch.weight", Position = "position", Projection = "projection";
    private readonly VisionConfiguration vision;
    private readonly Func<string, float[]> read;
    private readonly GraphWeights weights;

    private VisionWeights(ClipConfiguration configuration, BackbonePrecision precision, Func<string, float[]> read)
    {
        weights = new GraphWeights(precision);
        vision = configuration.Vision;
        this.read = read;
        int width = vision.Width;
        foreach ((int n, long[] kernel) in (vision.Stem?.Kernels ?? []).Index())
        {
            Declare($"{Stem(n)}.weight", kernel, () => read($"visual.stem.{n}.weight"));
            Declare($"{Stem(n)}.bias", [kernel[0]], () => read($"visual.stem.{n}.bias"));
        }
        foreach ((string name, long[] kernel) in vision.Trunk?.Convolutions() ?? [])
        {
            Declare($"{name}.weight", kernel, () => read($"visual.{name}.weight"));
            Declare($"{name}.bias", [kernel[0]], () => read($"visual.{name}.bias"));
        }
        Declare(Patch, vision.PatchKernel, () => read("visual.conv1.weight"));
        Declare(Position, [1 + vision.Patches, width], PositionWithClass);
        DeclareNorm("ln_pre", "visual.ln_pre");
        for (int block = 0; block < vision.Layers; block++) DeclareBlock(Block(block), $"visual.transformer.resblocks.{block}.");
        DeclareNorm("ln_post", "visual.ln_post");
        Declare(Projection, [width, configuration.EmbeddingSize], () => read("visual.proj"));
    }

    /// <summary>All tensors of the weights file, to be made and written.</summary>
    /// <param name="configuration">The backbone.</param>
    /// <param name="precision">How the weights are stored.</param>
    /// <param name="read">Reads a checkpoint tensor by its open_clip name.</param>
    public static GraphWeights Of(ClipConfiguration configuration, BackbonePrecision precision, Func<string, float[]> read) =>
        new VisionWeights(configuration, precision, read).weights;

    /// <summary>Where each tensor lies follows from configuration and precision alone; nothing is read.</summary>
    public static SafetensorsLayout LayoutOf(ClipConfiguration configuration, BackbonePrecision precision) =>
        Of(configuration, precision, name => throw new InvalidOperationException(name)).Layout;

    public static string Stem(int convolution) => $"stem.{convolution}";

    public static string Block(int block) => $"blocks.{block}.";

    private void DeclareBlock(string to, string from)
    {
        int width = vision.Width;
        DeclareNorm($"{to}ln_1", $"{from}ln_1");
        float scale = 1 / MathF.Sqrt(vision.HeadWidth);
        DeclareAttentionInput($"{to}query", from, part: 0, scale);
        DeclareAttentionInput($"{to}key", from, part: 1, scale: 1);
        DeclareAttentionInput($"{to}value", from, part: 2, scale: 1);
        DeclareLinear($"{to}attn.out_proj", $"{from}attn.out_proj", width, width);
        DeclareNorm($"{to}ln_2", $"{from}ln_2");
        DeclareLinear($"{to}mlp.c_fc", $"{from}mlp.c_fc", width, vision.MlpWidth);
        DeclareLinear($"{to}mlp.c_proj", $"{from}mlp.c_proj", vision.MlpWidth, width);
    }

    private void DeclareAttentionInput(string to, string from, int part, float scale)
    {
        int width = vision.Width, size = width * width;
        weights.DeclareMatrix($"{to}.weight", [width, width], () =>
        {
            float[] all = read($"{from}attn.in_proj_weight"); // (3 · width, width)
            return Scale(GraphWeights.Transpose(all.AsSpan(part * size, size), width, width), scale);
        });
        Declare($"{to}.bias", [width], () => Scale(read($"{from}attn.in_proj_bias")[(part * width)..((part + 1) * width)], scale));
    }

    private void DeclareLinear(string to, string from, int inputs, int outputs)
    {
        weights.DeclareMatrix($"{to}.weight", [inputs, outputs], () => GraphWeights.Transpose(read($"{from}.weight"), outputs, inputs));
        Declare($"{to}.bias", [outputs], () => read($"{from}.bias"));
    }

    private void DeclareNorm(string to, string from)
    {
        Declare($"{to}.weight", [vision.Width], () => read($"{from}.weight"));
        Declare($"{to}.bias", [vision.Width], () => read($"{from}.bias"));
    }

    private void Declare(string name, long[] shape, Func<float[]> source) => weights.Declare(name, shape, source);

    private float[] PositionWithClass()
    {
        float[] position = read("visual.positional_embedding"); // (1 + patches, width)
        Span<float> first = position.AsSpan(0, vision.Width);
        TensorPrimitives.Add(first, read("visual.class_embedding"), first);
        return position;
    }

    private static float[] Scale(float[] values, float factor)
    {
        if (factor != 1) TensorPrimitives.Multiply(values, factor, values);
        return values;
    }
}
