using PromptAD.Files;
using PromptAD.Onnx;

namespace PromptAD.Encoders.Clip;

/// <summary>
/// The plain encoder on parts of a picture, as WinCLIP reads it: only the tokens of a window go through the blocks, each with the place
/// it has in the whole picture. Inputs: <c>image</c> (1, 3, size, size), normalised; <c>windows</c> (windows, tokens), the rows of each
/// window, where row 0 is the class token and row 1 + i patch i; the class token comes first. Outputs, not normalised: <c>cls</c>
/// (windows, E) and
/// <c>penultimate</c> (windows, tokens, width), what the last block reads.
/// </summary>
internal sealed partial class VisionGraph
{
    public const string Windows = "windows", Penultimate = "penultimate";

    /// <summary>Builds the graph over the weights of the encoder itself.</summary>
    public static ModelProto BuildWindows(ClipConfiguration configuration, SafetensorsLayout weights, string weightsFile) =>
        new VisionGraph("windows", configuration, weights, weightsFile, kernels: null).BuildWindows();

    private ModelProto BuildWindows()
    {
        string tokens = Embed(graph.Input(Image, 1, 3, vision.ImageSize, vision.ImageSize));
        tokens = graph.TakeRows(tokens, graph.IndexInput(Windows, "windows", "tokens"));
        for (int block = 0; block < vision.Layers; block++)
        {
            if (block == vision.Layers - 1) graph.Output(tokens, Penultimate, null, null, vision.Width);
            tokens = PlainBlock(VisionWeights.Block(block), tokens);
        }
        graph.Output(Project(graph.Reshape(FirstToken(tokens), -1, vision.Width)), Cls, null, configuration.EmbeddingSize);
        return graph.Build();
    }

    private string PlainBlock(string prefix, string tokens)
    {
        string normed = Norm(tokens, $"{prefix}ln_1");
        string query = Linear(normed, $"{prefix}query"), key = Product(normed, $"{prefix}key");
        string mixed = Attend(query, key, Linear(normed, $"{prefix}value"));
        string mid = graph.Add(tokens, Linear(mixed, $"{prefix}attn.out_proj"));
        return graph.Add(mid, Linear(Activate(Linear(Norm(mid, $"{prefix}ln_2"), $"{prefix}mlp.c_fc")), $"{prefix}mlp.c_proj"));
    }
}
