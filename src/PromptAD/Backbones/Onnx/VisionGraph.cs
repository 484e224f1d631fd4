using PromptAD.Files;

namespace PromptAD.Backbones.Onnx;

/// <summary>
/// The frozen vision encoder with its two residual streams (VV-CLIP) as an ONNX graph. Input: <c>image</c> (batch, 3, size, size),
/// normalised. Outputs, not normalised: <c>cls</c> (batch, E), <c>tokens</c> (batch, patches, E), and for each memory tap <c>memory1</c>,
/// <c>memory2</c>, … (batch, patches, width).
/// Nothing is computed that no output needs: in the last block the first stream goes on for the class token alone.
/// </summary>
internal sealed partial class VisionGraph
{
    public const string Image = "image", Cls = "cls", Tokens = "tokens";
    private const float Epsilon = 1e-5f;
    private readonly BackboneConfiguration configuration;
    private readonly VisionConfiguration vision;
    private readonly GraphBuilder graph;
    private readonly string[] memory;

    private VisionGraph(string name, BackboneConfiguration configuration, SafetensorsLayout weights, string weightsFile)
    {
        this.configuration = configuration;
        vision = configuration.Vision;
        memory = new string[vision.MemoryTaps.Blocks.Count];
        graph = new GraphBuilder(name, weights, weightsFile);
    }

    /// <summary>Builds the graph over weights laid out by <see cref="VisionWeights"/>.</summary>
    public static ModelProto Build(BackboneConfiguration configuration, SafetensorsLayout weights, string weightsFile) =>
        new VisionGraph("vision", configuration, weights, weightsFile).Build();

    /// <summary>The output of a memory tap, counted from 0.</summary>
    public static string Memory(int layer) => $"memory{layer + 1}";

    private ModelProto Build()
    {
        string tokens = Embed(graph.Input(Image, null, 3, vision.ImageSize, vision.ImageSize));
        string original = tokens, vv = tokens;
        for (int block = 0; block < vision.Layers; block++) (original, vv) = Block(block, original, vv);

        graph.Output(Project(graph.Reshape(original, -1, vision.Width)), Cls, null, configuration.EmbeddingSize);
        graph.Output(Project(Patches(vv)), Tokens, null, vision.Patches, configuration.EmbeddingSize);
        for (int layer = 0; layer < memory.Length; layer++) graph.Output(memory[layer], Memory(layer), null, vision.Patches, vision.Width);
        return graph.Build();
    }

    private string Embed(string image)
    {
        int halvings = vision.Stem?.Channels.Count ?? 0;
        for (int n = 0; n < halvings; n++) image = Activate(graph.HalvingConvolution(image, VisionWeights.Stem(n)));
        string patches = graph.PatchConvolution(image, VisionWeights.Patch, (int)vision.PatchKernel[^1]); // (batch, width, grid, grid)
        patches = graph.Transpose(graph.Reshape(patches, 0, vision.Width, vision.Patches), 0, 2, 1); // (batch, patches, width)
        string tokens = graph.PadFront(patches); // (batch, 1 + patches, width); the class embedding is part of the position table
        tokens = graph.Add(tokens, graph.Weight(VisionWeights.Position));
        return Norm(tokens, "ln_pre");
    }

    private (string Original, string Vv) Block(int block, string original, string vv)
    {
        string prefix = VisionWeights.Block(block);
        bool last = block == vision.Layers - 1, clsOnly = last && !vision.MemoryTaps.Blocks.Contains(block);
        string normed = Norm(original, $"{prefix}ln_1");
        string value = Heads(Linear(normed, $"{prefix}value"), 0, 2, 1, 3);    // (batch, heads, tokens, head)
        string key = Heads(Linear(normed, $"{prefix}key"), 0, 2, 3, 1);        // (batch, heads, head, tokens)
        string query = Heads(Linear(clsOnly ? FirstToken(normed) : normed, $"{prefix}query"), 0, 2, 1, 3); // scaled by 1/√head

        string mid = graph.Add(clsOnly ? FirstToken(original) : original, Attend(query, key, value, prefix));
        string valueTransposed = graph.Multiply(graph.Transpose(value, 0, 1, 3, 2), 1 / MathF.Sqrt(vision.HeadWidth));
        vv = graph.Add(vv, Attend(value, valueTransposed, value, prefix));
        Tap(block, MemoryTapPoint.Attention, mid);
        if (last && !clsOnly && vision.MemoryTaps.Point == MemoryTapPoint.Attention) mid = FirstToken(mid);

        string hidden = Activate(Linear(Norm(mid, $"{prefix}ln_2"), $"{prefix}mlp.c_fc"));
        original = graph.Add(mid, Linear(hidden, $"{prefix}mlp.c_proj"));
        Tap(block, MemoryTapPoint.Block, original);
        return (last ? FirstToken(original) : original, vv);
    }

    /// <summary>softmax(query · key) · value, then the output projection; both streams share its weights.</summary>
    private string Attend(string query, string key, string value, string prefix)
    {
        string mixed = graph.MatMul(graph.Softmax(graph.MatMul(query, key)), value); // (batch, heads, queries, head)
        return Linear(graph.Reshape(graph.Transpose(mixed, 0, 2, 1, 3), 0, -1, vision.Width), $"{prefix}attn.out_proj");
    }

    private void Tap(int block, MemoryTapPoint point, string tokens)
    {
        for (int layer = 0; layer < memory.Length; layer++)
        {
            if (vision.MemoryTaps.Point == point && vision.MemoryTaps.Blocks[layer] == block) memory[layer] = Patches(tokens);
        }
    }

    private string Activate(string value) => configuration.QuickGelu ? graph.QuickGelu(value) : graph.Gelu(value);

    private string Heads(string value, params long[] order) =>
        graph.Transpose(graph.Reshape(value, 0, -1, vision.Heads, vision.HeadWidth), order);

    private string Linear(string value, string layer) =>
        graph.Add(graph.MatMul(value, graph.Weight($"{layer}.weight")), graph.Weight($"{layer}.bias"));

    private string Norm(string value, string layer) => graph.LayerNorm(value, $"{layer}.weight", $"{layer}.bias", Epsilon);

    private string Project(string tokens) => graph.MatMul(Norm(tokens, "ln_post"), graph.Weight(VisionWeights.Projection));

    private string FirstToken(string tokens) => graph.Slice(tokens, 0, 1, axis: 1);

    private string Patches(string tokens) => graph.Slice(tokens, 1, long.MaxValue, axis: 1);
}
