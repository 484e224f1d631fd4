using System.Numerics.Tensors;
using PromptAD.Files;
using PromptAD.Onnx;

namespace PromptAD.Encoders.Clip;

/// <summary>
/// The vision tower's weights in the form that the graph multiplies by: matrices as (in, out), query, key and value apart, 1/√head in
/// the query, the class embedding in the first row of the position table. With <see cref="BackbonePrecision.Int8"/> the blocks' matrices
/// are integers of 7 bits, each column with its scale.
/// </summary>
internal sealed class VisionWeights
{
    public const string Patch = "patch.weight", Position = "position", Projection = "projection";
    // Two products with 8-bit activations then fit into 16 bits, where AVX2 adds them up: all processors make the same features.
    private const int LargestInt8 = 63;
    private readonly VisionConfiguration vision;
    private readonly BackbonePrecision precision;
    private readonly Func<string, float[]> read;
    private readonly Dictionary<string, Func<float[]>> sources = [];
    private readonly List<TensorEntry> entries = [];

    /// <param name="configuration">The backbone.</param>
    /// <param name="precision">How the weights are stored.</param>
    /// <param name="read">Reads a checkpoint tensor by its open_clip name.</param>
    public VisionWeights(ClipConfiguration configuration, BackbonePrecision precision, Func<string, float[]> read)
    {
        this.precision = precision;
        vision = configuration.Vision;
        this.read = read;
        int width = vision.Width;
        foreach ((int n, long[] kernel) in (vision.Stem?.Kernels ?? []).Index())
        {
            Declare($"{Stem(n)}.weight", kernel, () => read($"visual.stem.{n}.weight"));
            Declare($"{Stem(n)}.bias", [kernel[0]], () => read($"visual.stem.{n}.bias"));
        }
        Declare(Patch, vision.PatchKernel, () => read("visual.conv1.weight"));
        Declare(Position, [1 + vision.Patches, width], PositionWithClass);
        DeclareNorm("ln_pre", "visual.ln_pre");
        for (int block = 0; block < vision.Layers; block++) DeclareBlock(Block(block), $"visual.transformer.resblocks.{block}.");
        DeclareNorm("ln_post", "visual.ln_post");
        Declare(Projection, [width, configuration.EmbeddingSize], () => read("visual.proj"));
        // The widest elements first, so that all lie at multiples of their size.
        Layout = new SafetensorsLayout([.. entries.OrderByDescending(entry => entry.Type.Size())]);
    }

    /// <summary>Where each tensor lies follows from configuration and precision alone; nothing is read.</summary>
    public static SafetensorsLayout LayoutOf(ClipConfiguration configuration, BackbonePrecision precision) =>
        new VisionWeights(configuration, precision, name => throw new InvalidOperationException(name)).Layout;

    /// <summary>Where each tensor lies in the weights file.</summary>
    public SafetensorsLayout Layout { get; }

    public static string Stem(int convolution) => $"stem.{convolution}";

    public static string Block(int block) => $"blocks.{block}.";

    /// <summary>Writes the weights file, one tensor in memory at a time.</summary>
    public void Write(Stream stream) => Layout.Write(stream, entry => sources[entry.Name]());

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
        DeclareMatrix($"{to}.weight", [width, width], () =>
        {
            float[] all = read($"{from}attn.in_proj_weight"); // (3 · width, width)
            return Scale(Transpose(all.AsSpan(part * size, size), width, width), scale);
        });
        Declare($"{to}.bias", [width], () => Scale(read($"{from}attn.in_proj_bias")[(part * width)..((part + 1) * width)], scale));
    }

    private void DeclareLinear(string to, string from, int inputs, int outputs)
    {
        DeclareMatrix($"{to}.weight", [inputs, outputs], () => Transpose(read($"{from}.weight"), outputs, inputs));
        Declare($"{to}.bias", [outputs], () => read($"{from}.bias"));
    }

    private void DeclareNorm(string to, string from)
    {
        Declare($"{to}.weight", [vision.Width], () => read($"{from}.weight"));
        Declare($"{to}.bias", [vision.Width], () => read($"{from}.bias"));
    }

    /// <summary>A matrix of the blocks, (in, out): with 8 bits its scales too.</summary>
    private void DeclareMatrix(string name, long[] shape, Func<float[]> source)
    {
        if (precision != BackbonePrecision.Int8)
        {
            Declare(name, shape, source);
            return;
        }
        int outputs = (int)shape[1];
        Declare(GraphBuilder.ScaleOf(name), [outputs], () => ScalesOf(source(), outputs));
        Declare(name, shape, () => Round(source(), outputs), ElementType.Int8);
    }

    private void Declare(string name, long[] shape, Func<float[]> source) =>
        Declare(name, shape, source, precision == BackbonePrecision.Float16 ? ElementType.Float16 : ElementType.Float32);

    private void Declare(string name, long[] shape, Func<float[]> source, ElementType type)
    {
        entries.Add(new TensorEntry(name, type, shape));
        sources.Add(name, source);
    }

    /// <summary>What 1 stands for in each column, so that its largest weight is <see cref="LargestInt8"/>.</summary>
    private static float[] ScalesOf(ReadOnlySpan<float> matrix, int columns)
    {
        var largest = new float[columns];
        for (int start = 0; start < matrix.Length; start += columns)
            TensorPrimitives.MaxMagnitude(largest, matrix.Slice(start, columns), largest);
        for (int column = 0; column < columns; column++)
            largest[column] = largest[column] == 0 ? 1 : Math.Abs(largest[column]) / LargestInt8;
        return largest;
    }

    private static float[] Round(float[] matrix, int columns)
    {
        float[] scales = ScalesOf(matrix, columns);
        for (int start = 0; start < matrix.Length; start += columns)
        {
            Span<float> row = matrix.AsSpan(start, columns);
            TensorPrimitives.Divide(row, scales, row);
        }
        TensorPrimitives.Round(matrix, matrix);
        return matrix;
    }

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

    private static float[] Transpose(ReadOnlySpan<float> matrix, int rows, int columns)
    {
        var transposed = new float[matrix.Length];
        const int Tile = 32; // keeps both sides in the cache
        for (int top = 0; top < rows; top += Tile)
        {
            for (int left = 0; left < columns; left += Tile)
            {
                for (int row = top; row < Math.Min(top + Tile, rows); row++)
                {
                    for (int column = left; column < Math.Min(left + Tile, columns); column++)
                        transposed[(column * rows) + row] = matrix[(row * columns) + column];
                }
            }
        }
        return transposed;
    }
}
