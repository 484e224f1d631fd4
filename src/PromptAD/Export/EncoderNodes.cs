using System.Globalization;
using Google.Protobuf;
using PromptAD.Encoders;
using PromptAD.Encoders.Clip;
using PromptAD.Onnx;

namespace PromptAD.Export;

/// <summary>What the encoder makes of a picture, as values of a graph.</summary>
/// <param name="Cls">The class token; of an encoder with words.</param>
/// <param name="Tokens">Patch tokens, (patches, E), of any shape; likewise.</param>
/// <param name="Memory">Each layer, (patches, width), of any shape.</param>
internal sealed record EncodedValues(string Cls, string Tokens, IReadOnlyList<string> Memory);

/// <summary>
/// The nodes of a backbone's vision graph as the store has it, its weights moved inside; of two backbones those of both, brought together
/// as <see cref="Pairing.PairedEncoder"/> does.
/// </summary>
internal sealed class EncoderNodes
{
    private const long LargestModel = 2_000_000_000; // protobuf ends at 2 GB
    private const string OfMemory = "memory_encoder_"; // before all names of the second graph

    private readonly Backbone backbone;
    private readonly List<NodeProto> words, memory = [];
    private long bytesTaken;

    /// <param name="backbone">One backbone, or two.</param>
    /// <exception cref="PromptADException">It would be too large.</exception>
    public EncoderNodes(Backbone backbone)
    {
        this.backbone = backbone;
        Model = Inline(backbone.WordBackbone.VisionGraphPath);
        words = [.. Model.Graph.Node];
        Model.Graph.Node.Clear();
        Model.Graph.Input.Clear();
        Model.Graph.Output.Clear();
        if (backbone.MemoryBackbone is not { } other) return;
        GraphProto second = Inline(other.VisionGraphPath).Graph;
        foreach (TensorProto weight in second.Initializer)
        {
            weight.Name = OfMemory + weight.Name;
            Model.Graph.Initializer.Add(weight);
        }
        foreach (NodeProto node in second.Node) memory.Add(Renamed(node));
    }

    /// <summary>The model with its weights, as yet without nodes.</summary>
    public ModelProto Model { get; }

    /// <summary>Adds the nodes behind those that are there.</summary>
    /// <param name="graph">The model's graph.</param>
    /// <param name="planes">Levels of 0 to 255, (3, size, size).</param>
    public EncodedValues Add(GraphAppender graph, string planes)
    {
        int size = backbone.Encoder.InputSize;
        Feed(graph, planes, size, backbone.WordBackbone, VisionGraph.Image);
        Model.Graph.Node.AddRange(words); // nodes stand in the order of computing
        int layers = backbone.Encoder.Layers.Count;
        if (backbone.MemoryBackbone is not { } other)
            return new EncodedValues(VisionGraph.Cls, VisionGraph.Tokens, [.. Enumerable.Range(0, layers).Select(VisionGraph.Memory)]);
        Feed(graph, planes, size, other, OfMemory + VisionGraph.Image);
        Model.Graph.Node.AddRange(memory);
        (PatchGrid grid, EncoderInfo first) = (backbone.Encoder.Grid, backbone.WordBackbone.Encoder);
        string tokens = VisionGraph.Tokens;
        if (first.Grid != grid) // their lengths do not count where they are interpolated
            tokens = Align(graph, graph.Normalize(Rows(graph, tokens, first.Grid, first.EmbeddingSize)), first.Grid, grid);
        string Layer(int layer)
        {
            PatchGrid from = other.Encoder.Grid;
            string rows = Rows(graph, OfMemory + VisionGraph.Memory(layer), from, other.Encoder.Layers[layer].Width);
            return from == grid ? rows : Align(graph, rows, from, grid);
        }
        return new EncodedValues(VisionGraph.Cls, tokens, [.. Enumerable.Range(0, layers).Select(Layer)]);
    }

    private static string Rows(GraphAppender graph, string value, PatchGrid grid, int width) =>
        graph.Reshape(value, grid.Side * grid.Side, width);

    /// <summary>Gives an encoder the picture in its own size.</summary>
    private static void Feed(GraphAppender graph, string planes, int size, Backbone backbone, string image)
    {
        EncoderInfo encoder = backbone.Encoder;
        if (encoder.InputSize != size) planes = new PictureNodes(graph, encoder.InputSize, encoder.FillLevels).Resize(planes, size, size);
        graph.Rename(backbone.Pixels.Normalise(graph, planes, encoder.InputSize), image);
    }

    /// <summary>What <see cref="GridAlignment"/> does, as a matrix: what it makes of rows that are 1 for one patch each.</summary>
    private static string Align(GraphAppender graph, string rows, PatchGrid from, PatchGrid to)
    {
        int before = from.Side * from.Side, after = to.Side * to.Side;
        float[] each = new float[before * before], matrix = new float[after * before];
        for (int patch = 0; patch < before; patch++) each[(patch * before) + patch] = 1;
        GridAlignment.Align(each, from, to, matrix);
        return graph.Node("MatMul", [graph.Constant(matrix, after, before), rows]);
    }

    private static NodeProto Renamed(NodeProto node)
    {
        static string Named(string value) => value.Length == 0 ? value : OfMemory + value;
        NodeProto renamed = node.Clone();
        renamed.Name = Named(node.Name);
        renamed.Input.Clear();
        renamed.Input.AddRange(node.Input.Select(Named));
        renamed.Output.Clear();
        renamed.Output.AddRange(node.Output.Select(Named));
        return renamed;
    }

    /// <summary>Reads a graph and puts the weights that lie in a file beside it into it.</summary>
    private ModelProto Inline(string path)
    {
        ModelProto model;
        using (FileStream stream = File.OpenRead(path)) model = ModelProto.Parser.ParseFrom(stream);
        foreach (TensorProto tensor in model.Graph.Initializer)
        {
            if (tensor.DataLocation != TensorProto.Types.DataLocation.External) continue;
            Dictionary<string, string> place = tensor.ExternalData.ToDictionary(entry => entry.Key, entry => entry.Value);
            var bytes = new byte[long.Parse(place["length"], CultureInfo.InvariantCulture)];
            bytesTaken += bytes.Length;
            if (bytesTaken > LargestModel)
                throw new PromptADException(
                    Problem.OutOfRange,
                    "The backbone is larger than the 2 GB that one ONNX file can hold; export a detector of a "
                    + "smaller one.");
            using FileStream weights = File.OpenRead(Path.Combine(Path.GetDirectoryName(path)!, place["location"]));
            weights.Position = long.Parse(place["offset"], CultureInfo.InvariantCulture);
            weights.ReadExactly(bytes);
            tensor.RawData = UnsafeByteOperations.UnsafeWrap(bytes);
            tensor.DataLocation = TensorProto.Types.DataLocation.Default;
            tensor.ExternalData.Clear();
        }
        return model;
    }
}
