using System.Numerics.Tensors;

namespace PromptAD.Scoring;

/// <summary>From patch scores to a picture's map: fusion, upsampling, smoothing.</summary>
internal static class ScoreMaps
{
    /// <summary>The harmonic fusion 1/(1/a + 1/b) of section 4; 0 where either is 0.</summary>
    public static float Fuse(float textual, float visual) => 1 / ((1 / textual) + (1 / visual));

    /// <summary>The harmonic fusion of two maps of the same size.</summary>
    public static float[] Fuse(ReadOnlySpan<float> textual, ReadOnlySpan<float> visual)
    {
        var fused = new float[textual.Length];
        for (int i = 0; i < fused.Length; i++) fused[i] = Fuse(textual[i], visual[i]);
        return fused;
    }

    /// <summary>The harmonic fusion where both are known, else the one that is; null where neither is.</summary>
    public static float? FuseKnown(float? textual, float? visual) =>
        textual is { } t && visual is { } v ? Fuse(t, v) : textual ?? visual;

    /// <summary>
    /// Bilinear upsampling of a square map with half-pixel centres; beyond the outermost centres the border value goes on.
    /// </summary>
    /// <returns>(size, size), row-major.</returns>
    public static float[] Upsample(ReadOnlySpan<float> map, int grid, int size)
    {
        (int Low, int High, float Part)[] steps = Steps(grid, size);
        var wide = new float[grid * size]; // (grid, size)
        for (int y = 0; y < grid; y++)
        {
            ReadOnlySpan<float> row = map.Slice(y * grid, grid);
            for (int x = 0; x < size; x++) wide[(y * size) + x] = Mix(row[steps[x].Low], row[steps[x].High], steps[x].Part);
        }
        var upsampled = new float[size * size];
        for (int y = 0; y < size; y++)
        {
            ReadOnlySpan<float> low = wide.AsSpan(steps[y].Low * size, size), high = wide.AsSpan(steps[y].High * size, size);
            Span<float> target = upsampled.AsSpan(y * size, size);
            for (int x = 0; x < size; x++) target[x] = Mix(low[x], high[x], steps[y].Part);
        }
        return upsampled;
    }

    /// <summary>
    /// Gaussian smoothing of a square map, in place: radius 4 sigma, the border reflected with its edge repeated (d c b a | a b c d).
    /// </summary>
    public static void Smooth(float[] map, int size, float sigma)
    {
        if (sigma <= 0) return;
        float[] kernel = Kernel(sigma);
        int radius = kernel.Length / 2;
        int[] mirror = [.. Enumerable.Range(-radius, size + (2 * radius)).Select(i => Reflect(i, size))];
        var vertical = new float[map.Length];
        for (int y = 0; y < size; y++)
        {
            Span<float> target = vertical.AsSpan(y * size, size);
            for (int k = 0; k < kernel.Length; k++)
                TensorPrimitives.MultiplyAdd(map.AsSpan(mirror[y + k] * size, size), kernel[k], target, target);
        }
        var padded = new float[mirror.Length];
        for (int y = 0; y < size; y++)
        {
            Span<float> row = vertical.AsSpan(y * size, size), target = map.AsSpan(y * size, size);
            for (int i = 0; i < padded.Length; i++) padded[i] = row[mirror[i]];
            target.Clear();
            for (int k = 0; k < kernel.Length; k++) TensorPrimitives.MultiplyAdd(padded.AsSpan(k, size), kernel[k], target, target);
        }
    }

    private static float Mix(float low, float high, float part) => (low * (1 - part)) + (high * part);

    private static (int Low, int High, float Part)[] Steps(int grid, int size)
    {
        var steps = new (int, int, float)[size];
        float scale = (float)grid / size;
        for (int i = 0; i < size; i++)
        {
            float position = Math.Max(0, ((i + 0.5f) * scale) - 0.5f);
            int low = Math.Min((int)position, grid - 1);
            steps[i] = (low, Math.Min(low + 1, grid - 1), position - low);
        }
        return steps;
    }

    private static float[] Kernel(float sigma)
    {
        int radius = (int)((4 * sigma) + 0.5f);
        double[] weights = [.. Enumerable.Range(-radius, (2 * radius) + 1).Select(i => Math.Exp(-0.5 * i * i / ((double)sigma * sigma)))];
        double sum = weights.Sum();
        return [.. weights.Select(weight => (float)(weight / sum))];
    }

    private static int Reflect(int index, int size)
    {
        int period = 2 * size, folded = ((index % period) + period) % period;
        return folded < size ? folded : period - 1 - folded;
    }
}
