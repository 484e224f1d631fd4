using System.Runtime.InteropServices;
using Google.Protobuf;

namespace PromptAD.Onnx;

/// <summary>Puts further nodes and constants into an ONNX graph that is there already. A value is known by its name.</summary>
internal sealed class GraphAppender(GraphProto graph)
{
    public const int Float = 1, UInt8 = 2, Int64 = 7, Double = 11; // TensorProto.DataType
    private int made;

    /// <summary>Adds a node and returns its first output.</summary>
    public string Node(string type, string[] inputs, params AttributeProto[] attributes) => Node(type, 1, inputs, attributes);

    /// <summary>A node with several outputs, of which the first is returned.</summary>
    public string Node(string type, int outputs, string[] inputs, params AttributeProto[] attributes)
    {
        string name = Name(type);
        var node = new NodeProto { OpType = type, Name = name };
        node.Input.AddRange(inputs);
        for (int i = 0; i < outputs; i++) node.Output.Add(i == 0 ? name : $"{name}_{i}");
        node.Attribute.AddRange(attributes);
        graph.Node.Add(node);
        return name;
    }

    /// <summary>Gives a value another name.</summary>
    public void Rename(string value, string name) =>
        graph.Node.Add(new NodeProto { OpType = "Identity", Name = $"{name}_identity", Input = { value }, Output = { name } });

    public string Constant(float[] values, params long[] shape) => Constant(Float, MemoryMarshal.AsBytes<float>(values), shape);

    public string Constant(double[] values, params long[] shape) => Constant(Double, MemoryMarshal.AsBytes<double>(values), shape);

    public string Longs(params long[] values) => Constant(Int64, MemoryMarshal.AsBytes<long>(values), values.Length);

    public string Constant(float value) => Constant(Float, MemoryMarshal.AsBytes<float>([value]));

    public string Constant(double value) => Constant(Double, MemoryMarshal.AsBytes<double>([value]));

    public string Reshape(string value, params long[] shape) => Node("Reshape", [value, Longs(shape)]);

    /// <summary>Rows of length 1; a row of zeros stays as it is.</summary>
    public string Normalize(string rows)
    {
        string length = Node("Max", [Reduce("ReduceL2", rows, keep: true, -1), Constant(1e-30f)]);
        return Node("Div", [rows, length]);
    }

    /// <summary>A reduction along axes, or of everything where none is named.</summary>
    public string Reduce(string type, string value, bool keep, params long[] axes) =>
        Node(type, axes.Length == 0 ? [value] : [value, Longs(axes)], Attribute("keepdims", keep ? 1 : 0));

    public static AttributeProto Attribute(string name, long value) => new() { Name = name, I = value, Type = 2 };

    public static AttributeProto Attribute(string name, params long[] values) => new() { Name = name, Ints = { values }, Type = 7 };

    private string Constant(int type, ReadOnlySpan<byte> bytes, params long[] shape)
    {
        string name = Name("constant");
        graph.Initializer.Add(new TensorProto { Name = name, DataType = type, Dims = { shape }, RawData = ByteString.CopyFrom(bytes) });
        return name;
    }

    private string Name(string what) => $"detector_{what}_{made++}";
}
