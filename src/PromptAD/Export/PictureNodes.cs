using PromptAD.Imaging;
using PromptAD.Onnx;

namespace PromptAD.Export;

/// <summary>
/// The nodes from an 8-bit picture, (height, width, 3), red first, to the encoder's input: resized as Pillow does, bit for bit.
/// </summary>
/// <param name="graph">Where they go.</param>
/// <param name="size">The side of the encoder's input.</param>
/// <param name="fill">The levels of what is not seen, (3).</param>
internal sealed class PictureNodes(GraphAppender graph, int size, IReadOnlyList<byte> fill)
{
    /// <summary>Adds them.</summary>
    /// <param name="picture">The name of the 8-bit picture.</param>
    /// <param name="width">Its width.</param>
    /// <param name="height">Its height.</param>
    /// <param name="order">In which order the encoder gets the channels.</param>
    /// <param name="painted">
    /// 1 for pixels of the encoder's input that are seen, 0 for those painted over, (size, size); null for all.
    /// </param>
    /// <returns>Levels of 0 to 255, (3, size, size).</returns>
    public string Add(string picture, int width, int height, ChannelOrder order, float[]? painted)
    {
        string planes = graph.Node("Transpose", [picture], GraphAppender.Attribute("perm", 2, 0, 1)); // (3, height, width)
        planes = Resize(planes, width, height);
        if (order == ChannelOrder.Bgr) planes = graph.Node("Gather", [planes, graph.Longs(2, 1, 0)], GraphAppender.Attribute("axis", 0));
        if (painted is not null)
        {
            planes = graph.Node("Mul", [planes, graph.Constant(painted, size, size)]);
            planes = graph.Node("Add", [planes, graph.Constant(Paint(painted), 3, size, size)]);
        }
        return planes;
    }

    /// <summary>Levels of 0 to 255, (3, height, width), resized to (3, size, size).</summary>
    public string Resize(string planes, int width, int height)
    {
        // Doubles hold the sums of fixed-point weights exactly.
        planes = graph.Node("Cast", [planes], GraphAppender.Attribute("to", GraphAppender.Double));
        if (width != size) planes = Round(graph.Node("MatMul", [planes, Weights(width, down: false)])); // (3, height, size)
        if (height != size) planes = Round(graph.Node("MatMul", [Weights(height, down: true), planes])); // (3, size, size)
        return graph.Node("Cast", [planes], GraphAppender.Attribute("to", GraphAppender.Float));
    }

    /// <summary>The colour of what is not seen, and 0 where it is, (3, size, size).</summary>
    private float[] Paint(float[] seen) => [.. fill.SelectMany(level => seen.Select(value => (1 - value) * level))];

    /// <summary>The resampler's weights as a matrix, (length, size), or (size, length) for columns.</summary>
    private string Weights(int length, bool down)
    {
        var weights = new ResampleWeights(length, size);
        var matrix = new double[length * size];
        for (int target = 0; target < size; target++)
        {
            ReadOnlySpan<int> window = weights.Window(target, out int first);
            for (int i = 0; i < window.Length; i++)
            {
                int source = first + i;
                matrix[down ? (target * length) + source : (source * size) + target] = window[i];
            }
        }
        return down ? graph.Constant(matrix, size, length) : graph.Constant(matrix, length, size);
    }

    private string Round(string sums)
    {
        const double one = 1 << ResampleWeights.Precision;
        string parts = graph.Node("Div", [graph.Node("Add", [sums, graph.Constant(one / 2)]), graph.Constant(one)]);
        return graph.Node("Clip", [graph.Node("Floor", [parts]), graph.Constant(0.0), graph.Constant(255.0)]);
    }
}
