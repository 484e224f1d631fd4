using PromptAD.Files;

namespace PromptAD.Onnx;

/// <summary>
/// Products with 8-bit weights: the other factor is brought to 8 bits by the range that it has at that moment, the sums are whole numbers,
/// and each column has a scale of its own. Standard operators, which ONNX Runtime fuses into one.
/// </summary>
internal sealed partial class GraphBuilder
{
    /// <summary>The name of the scales of an 8-bit weight, one a column.</summary>
    public static string ScaleOf(string weight) => $"{weight}.scale";

    /// <summary>value · weight, (…, inputs) times (inputs, outputs), in the precision that the weight is stored in.</summary>
    public string MatMulWeight(string value, string weight)
    {
        if (entries[weight].Type != ElementType.Int8) return MatMul(value, Weight(weight));
        (string rounded, string scale, string zero) = Quantize(value);
        string sums = Node("Cast", [Node("MatMulInteger", [rounded, Weight(weight), zero])], Attribute("to", Float));
        return Multiply(sums, Multiply(scale, Weight(ScaleOf(weight))));
    }

    private (string Rounded, string Scale, string Zero) Quantize(string value)
    {
        int before = graph.Node.Count;
        string rounded = Node("DynamicQuantizeLinear", [value]), scale = $"{rounded}_scale", zero = $"{rounded}_zero";
        if (graph.Node.Count > before) graph.Node[^1].Output.Add([scale, zero]);
        return (rounded, scale, zero);
    }
}
