using System.Numerics.Tensors;
using PromptAD.Scoring;

namespace PromptAD.Pretraining.Measuring;

/// <summary>
/// A detector without any learning, to compare with: each patch is described by colour, contrast, gradient directions and fineness, and is as
/// anomalous as it is far from the most alike patch of the good pictures.
/// </summary>
internal sealed class HandMadeDescriptors
{
    private const int Patch = 16, Reach = 4; // a patch is seen with so many pixels around it
    private const int Directions = 8, Values = 6 + Directions + 2;
    private const int TopPatches = 5;
    private const float SmallestDeviation = 1e-3f;

    private readonly float[][] bank;
    private readonly float[] scale;
    private readonly int size;

    /// <param name="references">Encoder inputs of the good pictures, (3, size, size) each.</param>
    /// <param name="size">Their side in pixels.</param>
    public HandMadeDescriptors(IReadOnlyList<float[]> references, int size)
    {
        this.size = size;
        float[][] rows = [.. references.SelectMany(input => Describe(input, size))];
        scale = [.. Enumerable.Range(0, Values).Select(i => 1 / (MeanAndDeviation.Of([.. rows.Select(row => row[i])]).Deviation + SmallestDeviation))];
        bank = [.. rows.Select(Scaled)];
    }

    /// <summary>Distances of a picture's patches, (patches).</summary>
    public float[] Map(float[] input) =>
        [.. Describe(input, size).AsParallel().AsOrdered().Select(row => Scaled(row)).Select(row => bank.Min(other => TensorPrimitives.Distance<float>(row, other)))];

    /// <summary>The picture's score: the mean of the farthest patches.</summary>
    public static double Score(float[] map) => map.OrderDescending().Take(TopPatches).Average();

    private float[] Scaled(float[] row)
    {
        var scaled = new float[row.Length];
        TensorPrimitives.Multiply(row, scale, scaled);
        return scaled;
    }

    private static float[][] Describe(float[] input, int size)
    {
        int plane = size * size, grid = size / Patch;
        var grey = new float[plane];
        for (int i = 0; i < plane; i++) grey[i] = (input[i] + input[plane + i] + input[(2 * plane) + i]) / 3;
        return
        [
            .. from row in Enumerable.Range(0, grid)
               from column in Enumerable.Range(0, grid)
               select Describe(input, grey, size, row * Patch, column * Patch),
        ];
    }

    private static float[] Describe(float[] input, float[] grey, int size, int top, int left)
    {
        var values = new float[Values];
        int firstY = Math.Max(1, top - Reach), lastY = Math.Min(size - 2, top + Patch + Reach - 1);
        int firstX = Math.Max(1, left - Reach), lastX = Math.Min(size - 2, left + Patch + Reach - 1);
        int count = (lastY - firstY + 1) * (lastX - firstX + 1);
        for (int y = firstY; y <= lastY; y++)
        {
            for (int x = firstX; x <= lastX; x++)
            {
                int at = (y * size) + x;
                for (int channel = 0; channel < 3; channel++)
                {
                    float value = input[(channel * size * size) + at];
                    values[channel] += value / count;
                    values[3 + channel] += value * value / count;
                }
                float dx = grey[at + 1] - grey[at - 1], dy = grey[at + size] - grey[at - size], length = MathF.Sqrt((dx * dx) + (dy * dy));
                double turn = (Math.Atan2(dy, dx) / Math.Tau) + 1;
                values[6 + ((int)(turn * Directions) % Directions)] += length / count;
                values[6 + Directions] += MathF.Abs((4 * grey[at]) - grey[at + 1] - grey[at - 1] - grey[at + size] - grey[at - size]) / count;
                values[7 + Directions] += length / count;
            }
        }
        for (int channel = 0; channel < 3; channel++)
            values[3 + channel] = MathF.Sqrt(MathF.Max(0, values[3 + channel] - (values[channel] * values[channel])));
        return values;
    }
}
