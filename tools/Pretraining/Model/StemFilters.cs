using PromptAD.Encoders.Clip;

using static PromptAD.Training.Scalars;
using static TorchSharp.torch;

namespace PromptAD.Pretraining.Model;

/// <summary>
/// What a convolutional stem begins with: brightness and colours, and at each halving of the picture the edges and lines in all directions of
/// what is left of it, all carried on to the patches. Small networks take long to find these by themselves. Channels that are left over
/// stay random; each channel is scaled to the same deviation over drawn pictures.
/// </summary>
internal static class StemFilters
{
    private const int Signed = 6;         // plus and minus brightness and two opponent colours come first in every layer
    private const float Deviation = 1.5f; // far enough from 0 that GELU leaves most of it
    private const int Samples = 48, SampleSize = 128;

    private static readonly float[][] Colours = [[1 / 3f, 1 / 3f, 1 / 3f], [0.5f, -0.5f, 0], [-0.25f, -0.25f, 0.5f]];

    /// <summary>Replaces the stem's random weights.</summary>
    public static void Write(ModelWeights weights)
    {
        if (weights.Configuration.Vision.Stem is not { } stem) return;
        using var scope = NewDisposeScope();
        using IDisposable noGradient = no_grad();
        Tensor values = SamplePictures.Draw(Samples, SampleSize);
        for (int layer = 0; layer < stem.Channels.Count; layer++)
        {
            Tensor kernel = weights[$"visual.stem.{layer}.weight"], bias = weights[$"visual.stem.{layer}.bias"];
            float[][,,] filters = [.. Filters(layer, (int)kernel.shape[1]).Take((int)kernel.shape[0])];
            for (int channel = 0; channel < filters.Length; channel++)
                kernel[channel].copy_(tensor([.. filters[channel].Cast<float>()], [.. kernel.shape.Skip(1)]));
            Tensor made = Convolve(values, kernel, bias);
            kernel.mul_((made.std([0L, 2, 3], unbiased: false).Plus(1e-3).reciprocal() * Keep(Deviation)).view(-1, 1, 1, 1));
            values = nn.functional.gelu(Convolve(values, kernel, bias));
        }
    }

    private static Tensor Convolve(Tensor values, Tensor kernel, Tensor bias) => nn.functional.conv2d(
        values, kernel, bias,
        [ConvolutionalStem.Stride, ConvolutionalStem.Stride], [ConvolutionalStem.Padding, ConvolutionalStem.Padding]);

    /// <summary>The filters of a layer in their order, (inputs, 3, 3) each; the earlier ones are for smaller stems.</summary>
    private static IEnumerable<float[,,]> Filters(int layer, int inputs)
    {
        // What the brightness and the colours are, as weights over the inputs.
        float[][] bases = layer == 0 ? Colours : [.. Enumerable.Range(0, Signed / 2).Select(i => Difference(inputs, 2 * i))];
        if (layer == 0)
        {
            foreach (float[] basis in bases)
            {
                yield return Spread(basis, Blur, 1);
                yield return Spread(basis, Blur, -1);
            }
        }
        else
        {
            for (int input = 0; input < inputs; input++) yield return Spread(Only(inputs, input), Blur, 1);
        }
        for (int direction = 0; direction < 8; direction++) yield return Spread(bases[0], Edge(direction * Math.PI / 4), 1);
        for (int direction = 0; direction < 4; direction++)
        {
            yield return Spread(bases[0], Line(direction * Math.PI / 4), 1);
            yield return Spread(bases[0], Line(direction * Math.PI / 4), -1);
        }
        foreach (float[] colour in bases[1..])
            for (int direction = 0; direction < 4; direction++) yield return Spread(colour, Edge(direction * Math.PI / 2), 1);
    }

    private static float[] Only(int inputs, int input) => [.. Enumerable.Range(0, inputs).Select(i => i == input ? 1f : 0)];

    private static float[] Difference(int inputs, int plus) => [.. Enumerable.Range(0, inputs).Select(i => i == plus ? 1f : i == plus + 1 ? -1 : 0)];

    private static double Weight(int dx, int dy) => (2 - Math.Abs(dx)) * (2 - Math.Abs(dy)) / 16.0;

    private static double Blur(int dx, int dy) => Weight(dx, dy);

    private static Func<int, int, double> Edge(double angle) => (dx, dy) => Weight(dx, dy) * ((dx * Math.Cos(angle)) + (dy * Math.Sin(angle)));

    private static Func<int, int, double> Line(double angle)
    {
        double Square(int dx, int dy) => Math.Pow((dx * Math.Cos(angle)) + (dy * Math.Sin(angle)), 2);
        double mean = (from dx in Enumerable.Range(-1, 3) from dy in Enumerable.Range(-1, 3) select Weight(dx, dy) * Square(dx, dy)).Sum();
        return (dx, dy) => Weight(dx, dy) * (Square(dx, dy) - mean);
    }

    private static float[,,] Spread(float[] basis, Func<int, int, double> shape, int sign)
    {
        var filter = new float[basis.Length, ConvolutionalStem.Kernel, ConvolutionalStem.Kernel];
        for (int input = 0; input < basis.Length; input++)
            for (int y = 0; y < ConvolutionalStem.Kernel; y++)
                for (int x = 0; x < ConvolutionalStem.Kernel; x++) filter[input, y, x] = (float)(sign * basis[input] * shape(x - 1, y - 1));
        return filter;
    }
}
