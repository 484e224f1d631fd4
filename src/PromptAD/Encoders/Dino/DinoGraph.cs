using PromptAD.Files;
using PromptAD.Onnx;

namespace PromptAD.Encoders.Dino;

/// <summary>
/// DINOv2 as an ONNX graph of portable operators. Input: <c>image</c> (batch, 3, size, size), normalised, or pixel values of 0 to 255 if
/// that is folded in. Outputs: for each tap <c>memory1</c>, <c>memory2</c>, … (batch, patches, width). A model that reads no square
/// gets the picture resized along its shorter side, and its patches are interpolated along that side to as many as along the other. Blocks
/// behind the last tap are left out, and so is the bias of all keys, which would add the same to all products of a query.
/// </summary>
internal sealed class DinoGraph
{
    public const string Image = "image";
    private readonly DinoConfiguration configuration;
    private readonly GraphBuilder graph;
    private readonly Func<string, float[]>? fold;

    private DinoGraph(
        string name, DinoConfiguration configuration, SafetensorsLayout weights, string weightsFile, Func<string, float[]>? fold)
    {
        this.configuration = configuration;
        this.fold = fold;
        graph = new GraphBuilder(name, weights, weightsFile);
    }

    /// <summary>Builds the graph over weights laid out by <see cref="DinoWeights"/>.</summary>
    /// <param name="configuration">The backbone.</param>
    /// <param name="weights">Where its weights lie, and in which precision.</param>
    /// <param name="weightsFile">The name of their file.</param>
    /// <param name="fold">Reads the file's weights, which makes pixel values the input; null for normalised ones.</param>
    public static ModelProto Build(
        DinoConfiguration configuration, SafetensorsLayout weights, string weightsFile, Func<string, float[]>? fold = null) =>
        new DinoGraph("vision", configuration, weights, weightsFile, fold).Build();

    /// <summary>
    /// Builds a graph whose outputs are all tokens behind some blocks, class token and registers first, (batch, tokens, width): as they
    /// are, <see cref="Stream"/>, and through the final normalisation, <see cref="NormedStream"/>.
    /// </summary>
    /// <param name="configuration">The backbone.</param>
    /// <param name="weights">Where its weights lie.</param>
    /// <param name="weightsFile">The name of their file.</param>
    /// <param name="blocks">The blocks, counted from 0.</param>
    public static ModelProto BuildStreams(
        DinoConfiguration configuration, SafetensorsLayout weights, string weightsFile, IReadOnlyCollection<int> blocks) =>
        new DinoGraph("streams", configuration, weights, weightsFile, fold: null).BuildStreams(blocks);

    /// <summary>The output of a tap, counted from 0.</summary>
    public static string Memory(int layer) => $"memory{layer + 1}";

    /// <summary>The output of all tokens behind a block.</summary>
    public static string Stream(int block) => $"block{block}";

    /// <summary>The output of all tokens behind a block, normalised.</summary>
    public static string NormedStream(int block) => $"block{block}_normed";

    private ModelProto Build()
    {
        DinoTaps taps = configuration.Taps;
        int size = configuration.InputSize;
        string[] streams = Streams(FromSquare(graph.Input(Image, null, 3, size, size)), taps.Blocks[^1]);
        foreach ((int layer, int block) in taps.Blocks.Index())
        {
            string patches = graph.Slice(streams[block], configuration.FrontTokens, long.MaxValue, axis: 1);
            if (taps.AreNormed) patches = Norm(patches, DinoWeights.Norm);
            graph.Output(ToSquare(patches), Memory(layer), null, configuration.Grid * configuration.Grid, configuration.Width);
        }
        return graph.Build();
    }

    private ModelProto BuildStreams(IReadOnlyCollection<int> blocks)
    {
        string image = graph.Input(Image, 1, 3, configuration.InputHeight, configuration.InputWidth);
        string[] streams = Streams(image, blocks.Max());
        foreach (int block in blocks)
        {
            graph.Output(streams[block], Stream(block), null, null, configuration.Width);
            graph.Output(Norm(streams[block], DinoWeights.Norm), NormedStream(block), null, null, configuration.Width);
        }
        return graph.Build();
    }

    /// <summary>All tokens behind each block up to the last that is wanted.</summary>
    private string[] Streams(string image, int last)
    {
        string tokens = Embed(image);
        var streams = new string[last + 1];
        for (int block = 0; block <= last; block++) streams[block] = tokens = Block(DinoWeights.Block(block), tokens);
        return streams;
    }

    /// <summary>The model's input of a square picture: (batch, 3, size, size) becomes (batch, 3, height, width).</summary>
    private string FromSquare(string square)
    {
        (int size, int width, int height) = (configuration.InputSize, configuration.InputWidth, configuration.InputHeight);
        if (height < size)
        {
            float[] rows = [.. PositionInterpolation.OfPictures(size, height).SelectMany(kernel => kernel)];
            return graph.MatMul(graph.Held("square.rows", rows, height, size), square);
        }
        if (width == size) return square;
        float[][] kernels = PositionInterpolation.OfPictures(size, width);
        float[] columns = [.. Enumerable.Range(0, size).SelectMany(source => kernels.Select(kernel => kernel[source]))];
        return graph.MatMul(square, graph.Held("square.columns", columns, size, width));
    }

    /// <summary>The model's patches on a square grid: (batch, rows · columns, width) becomes (batch, grid · grid, width).</summary>
    private string ToSquare(string patches)
    {
        (int grid, int columns, int rows, int width) = (configuration.Grid, configuration.Columns, configuration.Rows, configuration.Width);
        if (rows == columns) return patches;
        int few = Math.Min(rows, columns);
        string aligned = graph.ToComputed(graph.Held("square.patches", GridAlignment.Matrix(few, grid), grid, few));
        // Behind the side that has too few goes what is along: all columns and channels of a row, or a patch's channels.
        patches = rows == few ? graph.Reshape(patches, -1, few, grid * width) : graph.Reshape(patches, -1, grid, few, width);
        return graph.Reshape(graph.MatMul(aligned, patches), -1, grid * grid, width);
    }

    private string Embed(string image)
    {
        string patches = graph.Reshape(EmbedPatches(image), 0, configuration.Width, configuration.Patches);
        // (batch, front + patches, width); the front tokens are part of the table of places
        string tokens = graph.PadFront(graph.Transpose(patches, 0, 2, 1), configuration.FrontTokens);
        return graph.Add(tokens, graph.Weight(DinoWeights.Position));
    }

    private string EmbedPatches(string image)
    {
        const string Kernels = $"{DinoWeights.Patch}.weight", Shift = $"{DinoWeights.Patch}.bias";
        int patch = configuration.PatchSize;
        if (fold is null) return graph.PatchConvolution(graph.ToComputed(image), graph.Weight(Kernels), graph.Weight(Shift), patch);
        // Stays float32: the kernels for pixel values are too small for float16.
        long[] shape = [configuration.Width, 3, patch, patch];
        (float[] kernels, float[] bias) = DinoPixels.Fold.Into(fold(Kernels), fold(Shift), shape);
        string weight = graph.Held("patch.pixels.weight", kernels, shape);
        return graph.ToComputed(
            graph.PatchConvolution(image, weight, graph.Held("patch.pixels.bias", bias, configuration.Width), patch));
    }

    private string Block(string prefix, string tokens)
    {
        string normed = Norm(tokens, $"{prefix}norm1"); // (batch, tokens, width)
        string query = Linear(normed, $"{prefix}query"), value = Linear(normed, $"{prefix}value"); // the query scaled by 1/√head
        string key = graph.MatMulWeight(normed, $"{prefix}key.weight");
        string mixed = graph.Attend(query, key, value, configuration.Heads, configuration.HeadWidth);
        tokens = graph.Add(tokens, Linear(mixed, $"{prefix}attn.proj"));
        string hidden = FeedForward(prefix, Norm(tokens, $"{prefix}norm2"));
        return graph.Add(tokens, Linear(hidden, $"{prefix}mlp.out"));
    }

    private string FeedForward(string prefix, string normed)
    {
        if (configuration.FeedForward == DinoFeedForward.Mlp) return graph.Gelu(Linear(normed, $"{prefix}mlp.fc1"));
        return graph.Multiply(graph.Silu(Linear(normed, $"{prefix}mlp.gate")), Linear(normed, $"{prefix}mlp.value"));
    }

    private string Linear(string value, string layer) =>
        graph.Add(graph.MatMulWeight(value, $"{layer}.weight"), graph.Weight($"{layer}.bias"));

    private string Norm(string value, string layer) =>
        graph.LayerNorm(value, $"{layer}.weight", $"{layer}.bias", configuration.NormEpsilon);
}
