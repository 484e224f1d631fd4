using System.Runtime.InteropServices;
using Google.Protobuf;
using Microsoft.ML.OnnxRuntime;
using PromptAD.Onnx;

namespace PromptAD.Benchmarks.Ratios;

/// <summary>One large float32 matrix product, through the same runtime: what the processor can do.</summary>
internal sealed class MatrixProduct : IDisposable
{
    public const int Side = 2048;
    private readonly InferenceSession session;
    private readonly RunOptions options = new();
    private readonly float[] left = Waves();

    public MatrixProduct()
    {
        using var settings = new SessionOptions();
        // Else its threads turn in a loop for a while after it, on the cores that its twin needs then.
        settings.AddSessionConfigEntry(EncoderSession.StopSpinning, "1");
        session = new InferenceSession(Model().ToByteArray(), settings);
    }

    public static double Operations => 2.0 * Side * Side * Side;

    public void Run()
    {
        using OrtValue input = OrtValue.CreateTensorValueFromMemory(OrtMemoryInfo.DefaultInstance, left.AsMemory(), [Side, Side]);
        session.Run(options, ["left"], [input], ["product"]).Dispose();
    }

    public void Dispose()
    {
        options.Dispose();
        session.Dispose();
    }

    private static float[] Waves() => [.. Enumerable.Range(0, Side * Side).Select(i => MathF.Sin(i))];

    private static ModelProto Model()
    {
        const int Float = 1;
        var graph = new GraphProto { Name = "product", Input = { Matrix("left") }, Output = { Matrix("product") } };
        ByteString right = ByteString.CopyFrom(MemoryMarshal.AsBytes<float>(Waves()));
        graph.Initializer.Add(new TensorProto { Name = "right", DataType = Float, Dims = { Side, Side }, RawData = right });
        graph.Node.Add(new NodeProto { OpType = "MatMul", Input = { "left", "right" }, Output = { "product" } });
        return new ModelProto { IrVersion = 9, Graph = graph, OpsetImport = { new OperatorSetIdProto { Domain = "", Version = 20 } } };
    }

    private static ValueInfoProto Matrix(string name)
    {
        var shape = new TensorShapeProto();
        for (int i = 0; i < 2; i++) shape.Dim.Add(new TensorShapeProto.Types.Dimension { DimValue = Side });
        return new ValueInfoProto
        {
            Name = name,
            Type = new TypeProto { TensorType = new TypeProto.Types.Tensor { ElemType = 1, Shape = shape } },
        };
    }
}
