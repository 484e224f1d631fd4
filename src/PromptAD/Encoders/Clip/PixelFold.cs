using System.Numerics.Tensors;

namespace PromptAD.Encoders.Clip;

/// <summary>
/// Moves the normalisation of pixels, x/255 minus CLIP's mean over CLIP's deviation, into the convolution that reads them, so that pixel
/// values go in as they are. Exact only for a convolution without padding.
/// </summary>
/// <param name="read">Reads the patch convolution's kernels.</param>
internal sealed class PixelFold(Func<float[]> read)
{
    private const int Channels = 3;

    private static readonly float[] Scales = [.. ClipPixels.Deviations.Select(deviation => (float)(1 / (255.0 * deviation)))];
    private static readonly float[] Shifts = [.. ClipPixels.Means.Zip(ClipPixels.Deviations, (mean, deviation) => -mean / deviation)];

    /// <summary>What a pixel value is multiplied by, (3).</summary>
    public static ReadOnlySpan<float> Scale => Scales;

    /// <summary>What is added then, (3).</summary>
    public static ReadOnlySpan<float> Shift => Shifts;

    /// <summary>From normalised values of a channel to pixel values.</summary>
    public static void ToPixels(ReadOnlySpan<float> normalised, int channel, Span<float> pixels)
    {
        TensorPrimitives.Subtract(normalised, Shifts[channel], pixels);
        TensorPrimitives.Divide(pixels, Scales[channel], pixels);
    }

    /// <summary>The kernels and the bias that read pixel values.</summary>
    /// <param name="shape">(outputs, 3, patch, patch).</param>
    public (float[] Kernels, float[] Bias) Into(long[] shape)
    {
        float[] kernels = read();
        int outputs = (int)shape[0], plane = (int)(shape[2] * shape[3]);
        var bias = new float[outputs];
        for (int output = 0; output < outputs; output++)
        {
            double sum = 0;
            for (int channel = 0; channel < Channels; channel++)
            {
                Span<float> kernel = kernels.AsSpan(((output * Channels) + channel) * plane, plane);
                foreach (float weight in kernel) sum += (double)weight * Shifts[channel];
                TensorPrimitives.Multiply(kernel, Scales[channel], kernel);
            }
            bias[output] = (float)sum;
        }
        return (kernels, bias);
    }
}
