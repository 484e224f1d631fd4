using System.Runtime.InteropServices;
using Google.Protobuf;
using PromptAD.Files;

namespace PromptAD.Onnx;

/// <summary>
/// Puts an ONNX graph together, node by node. A value is known by the name of the output that makes it, so that a network reads as a chain
/// of calls. Weights are references into a safetensors file beside the graph, which ONNX Runtime maps into memory. The graph computes in
/// float16 if they are stored so; inputs and outputs are float32 all the same.
/// </summary>
internal sealed partial class GraphBuilder(string name, SafetensorsLayout weights, string weightsFile)
{
    private const int Opset = 20, IrVersion = 9; // opset 20 is the first with Gelu; ir 9 goes with it
    private const int Float = 1, Int8 = 3, Int64 = 7, Half = 10; // TensorProto.DataType
    private const string Batch = "batch";        // what a free dimension is called
    private readonly GraphProto graph = new() { Name = name };
    private readonly HashSet<string> referenced = [];
    private readonly Dictionary<string, string> nodes = []; // what was asked for before is not computed again
    private readonly Dictionary<string, TensorEntry> entries = weights.Tensors.ToDictionary(tensor => tensor.Name);
    private readonly bool isHalf = weights.Tensors.Any(tensor => tensor.Type == ElementType.Float16);
    private int made;

    /// <summary>Declares an input; a dimension of null is free and called "batch".</summary>
    public string Input(string input, params long?[] shape)
    {
        graph.Input.Add(Describe(input, Float, Batch, shape));
        return input;
    }

    /// <summary>Declares an input of whole numbers whose sizes are all free, called by the names given.</summary>
    public string IndexInput(string input, params string[] dimensions)
    {
        ValueInfoProto info = Describe(input, Int64, "", [.. dimensions.Select(_ => (long?)0)]);
        foreach ((int i, string name) in dimensions.Index()) info.Type.TensorType.Shape.Dim[i] = new() { DimParam = name };
        graph.Input.Add(info);
        return input;
    }

    /// <summary>Gives a value the name of an output.</summary>
    public void Output(string value, string output, params long?[] shape)
    {
        var node = new NodeProto { OpType = isHalf ? "Cast" : "Identity", Name = output, Input = { value }, Output = { output } };
        if (isHalf) node.Attribute.Add(Attribute("to", Float));
        graph.Node.Add(node);
        graph.Output.Add(Describe(output, Float, Batch, shape));
    }

    /// <summary>A tensor of the weights file.</summary>
    public string Weight(string weight)
    {
        if (!referenced.Add(weight)) return weight;
        TensorEntry entry = entries[weight];
        var tensor = new TensorProto { Name = weight, DataType = TypeOf(entry.Type), Dims = { entry.Shape } };
        tensor.DataLocation = TensorProto.Types.DataLocation.External;
        tensor.ExternalData.Add(new StringStringEntryProto { Key = "location", Value = weightsFile });
        tensor.ExternalData.Add(new StringStringEntryProto { Key = "offset", Value = weights.OffsetOf(weight).ToString() });
        tensor.ExternalData.Add(new StringStringEntryProto { Key = "length", Value = entry.ByteCount.ToString() });
        graph.Initializer.Add(tensor);
        return weight;
    }

    /// <summary>A float32 tensor that the graph itself holds.</summary>
    public string Held(string tensor, ReadOnlySpan<float> values, params long[] shape)
    {
        if (!referenced.Add(tensor)) return tensor;
        ByteString bytes = ByteString.CopyFrom(MemoryMarshal.AsBytes(values));
        graph.Initializer.Add(new TensorProto { Name = tensor, DataType = Float, Dims = { shape }, RawData = bytes });
        return tensor;
    }

    /// <summary>A float32 value in the precision that the graph computes in.</summary>
    public string ToComputed(string value) => isHalf ? Node("Cast", [value], Attribute("to", Half)) : value;

    public string MatMul(string left, string right) => Node("MatMul", [left, right]);

    public string Add(string left, string right) => Node("Add", [left, right]);

    public string Multiply(string left, string right) => Node("Mul", [left, right]);

    public string Multiply(string value, float factor) => Multiply(value, Constant(factor));

    public string Softmax(string value) => Node("Softmax", [value], Attribute("axis", -1));

    public string Reshape(string value, params long[] shape) => Node("Reshape", [value, Constant(shape)]);

    public string Transpose(string value, params long[] order) => Node("Transpose", [value], Attribute("perm", order));

    public string LayerNorm(string value, string weight, string bias, float epsilon) =>
        Node("LayerNormalization", [value, Weight(weight), Weight(bias)], Attribute("axis", -1), Attribute("epsilon", epsilon));

    public string Gelu(string value) => Node("Gelu", [value]);

    /// <summary>x · sigmoid(x).</summary>
    public string Silu(string value) => Multiply(value, Node("Sigmoid", [value]));

    /// <summary>x · sigmoid(1.702 x), the approximation that CLIP's first models were trained with.</summary>
    public string QuickGelu(string value) => Node("Mul", [value, Node("Sigmoid", [Multiply(value, 1.702f)])]);

    /// <summary>A convolution without overlap and without padding: every patch times the kernel, plus the bias if there is one.</summary>
    public string PatchConvolution(string image, string weight, string? bias, int patch) => Node(
        "Conv", bias is null ? [image, weight] : [image, weight, bias],
        Attribute("kernel_shape", patch, patch), Attribute("strides", patch, patch));

    /// <summary>A convolution with a square kernel, the same step both ways, and zeros around the picture.</summary>
    public string Convolution(string image, string layer, int kernel, int stride, int padding) =>
        Convolution(image, layer, kernel, stride, padding, padding);

    /// <summary>The same with other numbers of zeros before rows and columns than behind them.</summary>
    public string Convolution(string image, string layer, int kernel, int stride, int before, int behind) => Node(
        "Conv",
        [image, Weight($"{layer}.weight"), Weight($"{layer}.bias")],
        Attribute("kernel_shape", kernel, kernel),
        Attribute("strides", stride, stride),
        Attribute("pads", before, before, behind, behind));

    /// <summary>The maximum over squares, of what lies inside of the picture.</summary>
    public string Maximum(string image, int kernel, int stride, int before, int behind) => Node(
        "MaxPool", [image],
        Attribute("kernel_shape", kernel, kernel),
        Attribute("strides", stride, stride),
        Attribute("pads", before, before, behind, behind));

    /// <summary>The mean over squares that lie side by side.</summary>
    public string Mean(string image, int side) =>
        Node("AveragePool", [image], Attribute("kernel_shape", side, side), Attribute("strides", side, side));

    /// <summary>max(x, 0).</summary>
    public string Relu(string value) => Node("Relu", [value]);

    /// <summary>Values side by side along an axis; a single one as it is.</summary>
    public string Concat(IReadOnlyList<string> values, int axis) =>
        values.Count == 1 ? values[0] : Node("Concat", [.. values], Attribute("axis", axis));

    /// <summary>Elements <paramref name="start"/> to <paramref name="end"/> (exclusive) along one axis.</summary>
    public string Slice(string value, long start, long end, long axis) =>
        Node("Slice", [value, Constant([start]), Constant([end]), Constant([axis])]);

    /// <summary>The rows of axis 1 that are asked for: (1, rows, width) and (windows, tokens) become (windows, tokens, width).</summary>
    public string TakeRows(string value, string indices) =>
        Node("Squeeze", [Node("Gather", [value, indices], Attribute("axis", 1)), Constant([0])]);

    /// <summary>Rows of zeros in front, along axis 1 of three.</summary>
    public string PadFront(string value, long rows = 1) => Node("Pad", [value, Constant([0, rows, 0, 0, 0, 0])]);

    /// <summary>softmax(scale · query · keyᵀ) · value in each head, all (batch, tokens, width).</summary>
    public string Attend(string query, string key, string value, int heads, int headWidth, float scale = 1)
    {
        string Heads(string tokens, params long[] order) => Transpose(Reshape(tokens, 0, -1, heads, headWidth), order);

        string keys = Heads(key, 0, 2, 3, 1); // (batch, heads, head, tokens)
        if (scale != 1) keys = Multiply(keys, scale);
        string products = MatMul(Heads(query, 0, 2, 1, 3), keys);
        string mixed = MatMul(Softmax(products), Heads(value, 0, 2, 1, 3)); // (batch, heads, queries, head)
        return Reshape(Transpose(mixed, 0, 2, 1, 3), 0, -1, heads * headWidth);
    }

    /// <summary>The finished model.</summary>
    public ModelProto Build() => new()
    {
        IrVersion = IrVersion,
        ProducerName = "PromptAD",
        Graph = graph,
        OpsetImport = { new OperatorSetIdProto { Domain = "", Version = Opset } },
    };

    private string Node(string type, string[] inputs, params AttributeProto[] attributes)
    {
        var node = new NodeProto { OpType = type };
        node.Input.AddRange(inputs);
        node.Attribute.AddRange(attributes);
        string what = node.ToString();
        if (nodes.TryGetValue(what, out string? known)) return known;
        string output = $"{type}_{made++}";
        nodes.Add(what, output);
        node.Name = output;
        node.Output.Add(output);
        graph.Node.Add(node);
        return output;
    }

    private string Constant(float value) => isHalf
        ? Constant(Half, [], BitConverter.GetBytes((System.Half)value), value.ToString("R"))
        : Constant(Float, [], BitConverter.GetBytes(value), value.ToString("R"));

    private string Constant(long[] values) =>
        Constant(Int64, [values.Length], [.. values.SelectMany(BitConverter.GetBytes)], string.Join('_', values));

    private string Constant(int type, long[] dims, byte[] bytes, string label)
    {
        string constant = $"constant_{(type == Int64 ? "i" : "f")}_{label}";
        if (referenced.Add(constant))
        {
            var tensor = new TensorProto { Name = constant, DataType = type, Dims = { dims }, RawData = ByteString.CopyFrom(bytes) };
            graph.Initializer.Add(tensor);
        }
        return constant;
    }

    private static int TypeOf(ElementType type) => type switch
    {
        ElementType.Float32 => Float,
        ElementType.Float16 => Half,
        ElementType.Int8 => Int8,
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "weights are stored as float32, float16 or int8"),
    };

    private static AttributeProto Attribute(string name, float value) => new() { Name = name, F = value, Type = 1 };

    private static AttributeProto Attribute(string name, int value) => new() { Name = name, I = value, Type = 2 };

    private static AttributeProto Attribute(string name, params long[] values) => new() { Name = name, Ints = { values }, Type = 7 };

    private static ValueInfoProto Describe(string value, int type, string free, long?[] shape)
    {
        var dimensions = new TensorShapeProto();
        foreach (long? size in shape)
        {
            dimensions.Dim.Add(size is { } known
                ? new TensorShapeProto.Types.Dimension { DimValue = known }
                : new TensorShapeProto.Types.Dimension { DimParam = free });
        }
        var tensor = new TypeProto.Types.Tensor { ElemType = type, Shape = dimensions };
        return new ValueInfoProto { Name = value, Type = new TypeProto { TensorType = tensor } };
    }
}
