using System.Numerics.Tensors;
using PromptAD.Onnx;

namespace PromptAD.Encoders;

/// <summary>
/// The normalisation of pixels, x/255 minus the channel's mean over its deviation: in the convolution that reads them, so that 8-bit levels
/// go in as they are, which is exact only without padding; or in nodes before it.
/// </summary>
/// <param name="means">The mean of red, green and blue, of 1.</param>
/// <param name="deviations">The deviation of red, green and blue, of 1.</param>
internal sealed class PixelFold(IReadOnlyList<float> means, IReadOnlyList<float> deviations)
{
    private const int Channels = 3;

    private readonly float[] scales = [.. deviations.Select(deviation => (float)(1 / (255.0 * deviation)))];
    private readonly float[] shifts = [.. means.Zip(deviations, (mean, deviation) => -mean / deviation)];

    /// <summary>What a level is multiplied by, (3).</summary>
    public ReadOnlySpan<float> Scale => scales;

    /// <summary>What is added then, (3).</summary>
    public ReadOnlySpan<float> Shift => shifts;

    /// <summary>The level next to the mean of red, green and blue.</summary>
    public byte[] MeanLevels { get; } = [.. means.Select(mean => (byte)MathF.Round(mean * byte.MaxValue))];

    /// <summary>From normalised pictures to levels.</summary>
    /// <param name="normalised">(count, 3, size, size).</param>
    /// <param name="size">The side of a picture.</param>
    /// <param name="pixels">Receives as many levels.</param>
    public void ToPixels(ReadOnlySpan<float> normalised, int size, Span<float> pixels)
    {
        int plane = size * size;
        for (int i = 0, start = 0; start < normalised.Length; i++, start += plane)
        {
            Span<float> levels = pixels.Slice(start, plane);
            TensorPrimitives.Subtract(normalised.Slice(start, plane), shifts[i % Channels], levels);
            TensorPrimitives.Divide(levels, scales[i % Channels], levels);
        }
    }

    /// <summary>The nodes that normalise, in front of a graph that reads normalised pictures.</summary>
    /// <param name="graph">Where they go.</param>
    /// <param name="planes">The name of levels, (3, size, size).</param>
    /// <param name="size">The side of the picture.</param>
    /// <returns>The name of the normalised picture, (1, 3, size, size).</returns>
    public string Normalise(GraphAppender graph, string planes, int size)
    {
        string values = graph.Node("Div", [planes, graph.Constant(255f)]);
        values = graph.Node("Sub", [values, graph.Constant([.. means], 3, 1, 1)]);
        values = graph.Node("Div", [values, graph.Constant([.. deviations], 3, 1, 1)]);
        return graph.Reshape(values, 1, 3, size, size);
    }

    /// <summary>The kernels and the bias that read levels.</summary>
    /// <param name="kernels">Those that read normalised values; overwritten.</param>
    /// <param name="bias">Their bias, (outputs); null for none.</param>
    /// <param name="shape">(outputs, 3, patch, patch).</param>
    public (float[] Kernels, float[] Bias) Into(float[] kernels, float[]? bias, long[] shape)
    {
        int outputs = (int)shape[0], plane = (int)(shape[2] * shape[3]);
        var folded = new float[outputs];
        for (int output = 0; output < outputs; output++)
        {
            double sum = bias?[output] ?? 0;
            for (int channel = 0; channel < Channels; channel++)
            {
                Span<float> kernel = kernels.AsSpan(((output * Channels) + channel) * plane, plane);
                foreach (float weight in kernel) sum += (double)weight * shifts[channel];
                TensorPrimitives.Multiply(kernel, scales[channel], kernel);
            }
            folded[output] = (float)sum;
        }
        return (kernels, folded);
    }
}
