using System.Numerics.Tensors;
using PromptAD.Files;
using PromptAD.Onnx;

namespace PromptAD.Encoders.Dino;

/// <summary>
/// A DINOv2's weights in the form that the graph multiplies by: matrices as (in, out), query, key and value apart and 1/√head in the query,
/// layer scale in the matrices that it follows, gate and value of a SwiGLU apart. The table of places is the one of the input; its first
/// rows are the class token with its place and the registers, which have none.
/// </summary>
internal sealed class DinoWeights
{
    public const string Patch = "patch", Position = "position", Norm = "norm";
    private readonly DinoConfiguration configuration;
    private readonly Func<string, float[]> read;
    private readonly GraphWeights weights;

    private DinoWeights(DinoConfiguration configuration, BackbonePrecision precision, Func<string, float[]> read)
    {
        this.configuration = configuration;
        this.read = read;
        weights = new GraphWeights(precision);
        int width = configuration.Width, patch = configuration.PatchSize;
        Declare($"{Patch}.weight", [width, 3, patch, patch], $"{DinoTensors.Patch}.weight");
        Declare($"{Patch}.bias", [width], $"{DinoTensors.Patch}.bias");
        weights.Declare(Position, [configuration.FrontTokens + configuration.Patches, width], Places);
        for (int block = 0; block < configuration.Layers; block++) DeclareBlock(Block(block));
        DeclareNorm(Norm);
    }

    /// <summary>All tensors of the weights file, to be made and written.</summary>
    /// <param name="configuration">The backbone.</param>
    /// <param name="precision">How the weights are stored.</param>
    /// <param name="read">Reads a checkpoint tensor by Meta's name.</param>
    public static GraphWeights Of(DinoConfiguration configuration, BackbonePrecision precision, Func<string, float[]> read) =>
        new DinoWeights(configuration, precision, read).weights;

    /// <summary>Where each tensor lies follows from configuration and precision alone; nothing is read.</summary>
    public static SafetensorsLayout LayoutOf(DinoConfiguration configuration, BackbonePrecision precision) =>
        Of(configuration, precision, name => throw new InvalidOperationException(name)).Layout;

    /// <summary>What the names of a block's tensors begin with, in the checkpoint and in the file.</summary>
    public static string Block(int block) => $"blocks.{block}.";

    private void DeclareBlock(string block)
    {
        int width = configuration.Width, hidden = configuration.HiddenWidth;
        string? attention = configuration.HasLayerScale ? $"{block}ls1.gamma" : null;
        string? feedForward = configuration.HasLayerScale ? $"{block}ls2.gamma" : null;
        DeclareNorm($"{block}norm1");
        DeclarePart($"{block}query", $"{block}attn.qkv", part: 0, width, scale: 1 / MathF.Sqrt(configuration.HeadWidth));
        DeclarePart($"{block}key", $"{block}attn.qkv", part: 1, width, hasBias: false); // softmax does not see one
        DeclarePart($"{block}value", $"{block}attn.qkv", part: 2, width);
        DeclareLinear($"{block}attn.proj", $"{block}attn.proj", width, width, attention);
        DeclareNorm($"{block}norm2");
        if (configuration.FeedForward == DinoFeedForward.Mlp)
        {
            DeclareLinear($"{block}mlp.fc1", $"{block}mlp.fc1", width, hidden);
            DeclareLinear($"{block}mlp.out", $"{block}mlp.fc2", hidden, width, feedForward);
            return;
        }
        DeclarePart($"{block}mlp.gate", $"{block}mlp.w12", part: 0, hidden);
        DeclarePart($"{block}mlp.value", $"{block}mlp.w12", part: 1, hidden);
        DeclareLinear($"{block}mlp.out", $"{block}mlp.w3", hidden, width, feedForward);
    }

    /// <summary>One of several layers whose outputs lie below each other in one matrix.</summary>
    private void DeclarePart(string to, string from, int part, int outputs, float scale = 1, bool hasBias = true)
    {
        int width = configuration.Width, size = outputs * width;
        weights.DeclareMatrix($"{to}.weight", [width, outputs], () =>
            Scale(GraphWeights.Transpose(read($"{from}.weight").AsSpan(part * size, size), outputs, width), scale));
        if (hasBias)
            weights.Declare($"{to}.bias", [outputs], () => Scale(read($"{from}.bias")[(part * outputs)..((part + 1) * outputs)], scale));
    }

    /// <param name="to">The layer's name in the file.</param>
    /// <param name="from">Its name in the checkpoint.</param>
    /// <param name="inputs">The values that it reads.</param>
    /// <param name="outputs">The values that it gives.</param>
    /// <param name="gamma">What its outputs are multiplied by, (outputs); null for nothing.</param>
    private void DeclareLinear(string to, string from, int inputs, int outputs, string? gamma = null)
    {
        weights.DeclareMatrix($"{to}.weight", [inputs, outputs], () =>
        {
            float[] matrix = GraphWeights.Transpose(read($"{from}.weight"), outputs, inputs);
            if (gamma is null) return matrix;
            float[] scales = read(gamma);
            for (int start = 0; start < matrix.Length; start += outputs)
                TensorPrimitives.Multiply(matrix.AsSpan(start, outputs), scales, matrix.AsSpan(start, outputs));
            return matrix;
        });
        weights.Declare($"{to}.bias", [outputs], () =>
        {
            float[] bias = read($"{from}.bias");
            if (gamma is not null) TensorPrimitives.Multiply(bias, read(gamma), bias);
            return bias;
        });
    }

    private void DeclareNorm(string name)
    {
        Declare($"{name}.weight", [configuration.Width], $"{name}.weight");
        Declare($"{name}.bias", [configuration.Width], $"{name}.bias");
    }

    private void Declare(string to, long[] shape, string from) => weights.Declare(to, shape, () => read(from));

    private float[] Places()
    {
        float[] table = read(DinoTensors.Position);
        float[] placed = configuration.Interpolation.Resize(table, configuration.TrainedGrid, configuration.Columns, configuration.Rows);
        float[] registers = configuration.Registers > 0 ? read(DinoTensors.Registers) : [];
        return [.. DinoTensors.PlacedClass(read(DinoTensors.Class), table), .. registers, .. placed[configuration.Width..]];
    }

    private static float[] Scale(float[] values, float factor)
    {
        if (factor != 1) TensorPrimitives.Multiply(values, factor, values);
        return values;
    }
}
