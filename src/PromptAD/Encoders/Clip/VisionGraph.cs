using PromptAD.Files;
using PromptAD.Onnx;

namespace PromptAD.Encoders.Clip;

/// <summary>
/// The frozen vision encoder with its two residual streams (VV-CLIP) as an ONNX graph of portable operators. Input: <c>image</c>
/// (batch, 3, size, size), normalised, or pixel values of 0 to 255 if that is folded in. Outputs, not normalised: <c>cls</c> (batch, E),
/// <c>tokens</c> (batch, patches, E), and for each memory tap <c>memory1</c>, <c>memory2</c>, … (batch, patches, width).
/// Nothing is computed that no output needs: in the last block the first stream goes on for the class token alone, and no key has a bias,
/// which would add the same to all products of a query. ONNX Runtime's own attention and its add-and-norm were measured and are not
/// faster (docs/performance.md).
/// </summary>
internal sealed partial class VisionGraph
{
    public const string Image = "image", Cls = "cls", Tokens = "tokens";
    private const float Epsilon = 1e-5f;
    private readonly ClipConfiguration configuration;
    private readonly VisionConfiguration vision;
    private readonly GraphBuilder graph;
    private readonly string[] memory;
    private readonly Func<float[]>? kernels;

    private VisionGraph(
        string name, ClipConfiguration configuration, SafetensorsLayout weights, string weightsFile, Func<float[]>? kernels)
    {
        this.configuration = configuration;
        this.kernels = kernels;
        vision = configuration.Vision;
        memory = new string[vision.MemoryWidths.Count];
        graph = new GraphBuilder(name, weights, weightsFile);
    }

    /// <summary>Builds the graph over weights laid out by <see cref="VisionWeights"/>.</summary>
    /// <param name="configuration">The backbone.</param>
    /// <param name="weights">Where its weights lie, and in which precision.</param>
    /// <param name="weightsFile">The name of their file.</param>
    /// <param name="kernels">Reads the patch convolution, which makes pixel values the input; null for normalised ones.</param>
    public static ModelProto Build(
        ClipConfiguration configuration, SafetensorsLayout weights, string weightsFile, Func<float[]>? kernels = null) =>
        new VisionGraph("vision", configuration, weights, weightsFile, kernels).Build();

    /// <summary>The output of a memory tap, counted from 0.</summary>
    public static string Memory(int layer) => $"memory{layer + 1}";

    private ModelProto Build()
    {
        string original = Embed(graph.Input(Image, null, 3, vision.ImageSize, vision.ImageSize)), vv = original;
        string normed = Norm(original, $"{VisionWeights.Block(0)}ln_1");
        for (int block = 0; block < vision.Layers; block++) (original, normed, vv) = Block(block, original, normed, vv);

        string cls = graph.MatMul(graph.Reshape(normed, -1, vision.Width), graph.Weight(VisionWeights.Projection));
        graph.Output(cls, Cls, null, configuration.EmbeddingSize);
        graph.Output(Project(Patches(vv)), Tokens, null, vision.Patches, configuration.EmbeddingSize);
        for (int layer = 0; layer < memory.Length; layer++)
            graph.Output(memory[layer], Memory(layer), null, vision.Patches, vision.MemoryWidths[layer]);
        return graph.Build();
    }

    private string Embed(string image)
    {
        string patches = vision.Trunk is { } trunk ? EmbedByTrunk(image, trunk) // (batch, width, grid, grid)
            : vision.Stem is { } stem ? EmbedByStem(image, stem)
            : EmbedByKernel(image);
        patches = ToRows(patches, vision.Width);
        SetTap(MemoryTaps.Embedding, patches);
        string tokens = graph.PadFront(patches); // (batch, 1 + patches, width); the class embedding is part of the position table
        tokens = graph.Add(tokens, graph.Weight(VisionWeights.Position));
        return Norm(tokens, "ln_pre");
    }

    private string EmbedByKernel(string image)
    {
        if (kernels is null)
            return graph.PatchConvolution(graph.ToComputed(image), graph.Weight(VisionWeights.Patch), bias: null, vision.PatchSize);
        // Stays float32: the kernels for pixel values are too small for float16.
        (float[] folded, float[] bias) = ClipPixels.Fold.Into(kernels(), bias: null, vision.PatchKernel);
        string weight = graph.Held("patch.pixels.weight", folded, vision.PatchKernel);
        string shift = graph.Held("patch.pixels.bias", bias, vision.Width);
        return graph.ToComputed(graph.PatchConvolution(image, weight, shift, vision.PatchSize));
    }

    private string EmbedByStem(string image, ConvolutionalStem stem)
    {
        image = graph.ToComputed(Normalised(image));
        for (int n = 0; n < stem.Channels.Count; n++)
        {
            image = Activate(graph.Convolution(
                image, VisionWeights.Stem(n), ConvolutionalStem.Kernel, ConvolutionalStem.Stride, ConvolutionalStem.Padding));
        }
        return graph.PatchConvolution(image, graph.Weight(VisionWeights.Patch), bias: null, patch: 1);
    }

    /// <summary>
    /// A normalised picture, where pixel values go in: padding stands for the mean, so the mean has to be gone before it.
    /// </summary>
    private string Normalised(string image)
    {
        if (kernels is null) return image;
        image = graph.Multiply(image, graph.Held("image.scale", ClipPixels.Fold.Scale, 1, 3, 1, 1));
        return graph.Add(image, graph.Held("image.shift", ClipPixels.Fold.Shift, 1, 3, 1, 1));
    }

    /// <summary>A map as rows: (batch, width, grid, grid) becomes (batch, patches, width).</summary>
    private string ToRows(string map, int width) => graph.Transpose(graph.Reshape(map, 0, width, vision.Patches), 0, 2, 1);

    /// <summary>One block. <c>Normed</c> is the first stream as the next block's projections read it, or as the output's does.</summary>
    private (string Original, string Normed, string Vv) Block(int block, string original, string normed, string vv)
    {
        string prefix = VisionWeights.Block(block);
        bool last = block == vision.Layers - 1, clsOnly = last && !vision.MemoryTaps.Blocks.Contains(block);
        string value = Linear(normed, $"{prefix}value");  // (batch, tokens, width)
        string key = Product(normed, $"{prefix}key");
        string query = Linear(clsOnly ? FirstToken(normed) : normed, $"{prefix}query"); // scaled by 1/√head
        string mixed = Attend(query, key, value);
        string vvAttention = Attend(value, value, value, 1 / MathF.Sqrt(vision.HeadWidth)); // v-v attention: each token looks for its like
        vv = graph.Add(vv, Linear(vvAttention, $"{prefix}attn.out_proj"));

        (string mid, normed) = AddAndNorm(clsOnly ? FirstToken(original) : original, mixed, $"{prefix}attn.out_proj", $"{prefix}ln_2");
        Tap(block, MemoryTapPoint.Attention, mid);
        if (last && !clsOnly && vision.MemoryTaps.Point == MemoryTapPoint.Attention) (mid, normed) = (FirstToken(mid), FirstToken(normed));

        string hidden = Activate(Linear(normed, $"{prefix}mlp.c_fc"));
        string next = last ? "ln_post" : $"{VisionWeights.Block(block + 1)}ln_1";
        (original, normed) = AddAndNorm(mid, hidden, $"{prefix}mlp.c_proj", next);
        Tap(block, MemoryTapPoint.Block, original);
        return (original, last ? FirstToken(normed) : normed, vv);
    }

    /// <summary>A stream plus a layer's output, and the sum normalised.</summary>
    private (string Sum, string Normed) AddAndNorm(string stream, string value, string layer, string norm)
    {
        string sum = graph.Add(stream, Linear(value, layer));
        return (sum, Norm(sum, norm));
    }

    private void Tap(int block, MemoryTapPoint point, string tokens)
    {
        if (vision.MemoryTaps.Point == point && vision.MemoryTaps.Blocks.Contains(block)) SetTap(block, Patches(tokens));
    }

    private void SetTap(int block, string patches)
    {
        int stages = memory.Length - vision.MemoryTaps.Blocks.Count; // those of a trunk come first
        for (int layer = 0; layer < vision.MemoryTaps.Blocks.Count; layer++)
            if (vision.MemoryTaps.Blocks[layer] == block) memory[stages + layer] = patches;
    }

    private string Activate(string value) => configuration.QuickGelu ? graph.QuickGelu(value) : graph.Gelu(value);

    private string Attend(string query, string key, string value, float scale = 1) =>
        graph.Attend(query, key, value, vision.Heads, vision.HeadWidth, scale);

    private string Product(string value, string layer) => graph.MatMulWeight(value, $"{layer}.weight");

    private string Linear(string value, string layer) => graph.Add(Product(value, layer), graph.Weight($"{layer}.bias"));

    private string Norm(string value, string layer) => graph.LayerNorm(value, $"{layer}.weight", $"{layer}.bias", Epsilon);

    private string Project(string tokens) => graph.MatMul(Norm(tokens, "ln_post"), graph.Weight(VisionWeights.Projection));

    private string FirstToken(string tokens) => graph.Slice(tokens, 0, 1, axis: 1);

    private string Patches(string tokens) => graph.Slice(tokens, 1, long.MaxValue, axis: 1);
}
