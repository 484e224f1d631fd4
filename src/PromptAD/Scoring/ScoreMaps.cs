using System.Buffers;
using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;

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
        var upsampled = new float[size * size];
        Upsample(map, grid, size, upsampled);
        return upsampled;
    }

    /// <summary>The highest value of the upsampled map.</summary>
    public static float UpsampledPeak(ReadOnlySpan<float> map, int grid, int size)
    {
        float[] rented = ArrayPool<float>.Shared.Rent(size * size);
        Span<float> upsampled = rented.AsSpan(0, size * size);
        Upsample(map, grid, size, upsampled);
        float peak = TensorPrimitives.Max(upsampled);
        ArrayPool<float>.Shared.Return(rented);
        return peak;
    }

    private static void Upsample(ReadOnlySpan<float> map, int grid, int size, Span<float> upsampled)
    {
        (int Low, int High, float Part)[] steps = Steps(grid, size);
        float[] wide = ArrayPool<float>.Shared.Rent(grid * size); // (grid, size)
        for (int y = 0; y < grid; y++)
        {
            ReadOnlySpan<float> row = map.Slice(y * grid, grid);
            for (int x = 0; x < size; x++) wide[(y * size) + x] = Mix(row[steps[x].Low], row[steps[x].High], steps[x].Part);
        }
        Span<int> rows = stackalloc int[2];
        Span<float> parts = stackalloc float[2];
        for (int y = 0; y < size; y++)
        {
            (rows[0], rows[1]) = (steps[y].Low * size, steps[y].High * size);
            (parts[0], parts[1]) = (1 - steps[y].Part, steps[y].Part);
            WeightedSum(wide, rows, parts, upsampled.Slice(y * size, size));
        }
        ArrayPool<float>.Shared.Return(wide);
    }

    /// <summary>
    /// Gaussian smoothing of a square map, in place: radius 4 sigma, the border reflected with its edge repeated (d c b a | a b c d).
    /// </summary>
    public static void Smooth(float[] map, int size, float sigma)
    {
        if (sigma <= 0) return;
        float[] kernel = Kernel(sigma);
        int radius = kernel.Length / 2;
        var mirror = new int[size + (2 * radius)];
        for (int i = 0; i < mirror.Length; i++) mirror[i] = Reflect(i - radius, size);
        var starts = new int[mirror.Length]; // of the rows, then of the columns
        for (int i = 0; i < mirror.Length; i++) starts[i] = mirror[i] * size;

        float[] vertical = ArrayPool<float>.Shared.Rent(map.Length), padded = ArrayPool<float>.Shared.Rent(mirror.Length);
        for (int y = 0; y < size; y++) WeightedSum(map, starts.AsSpan(y, kernel.Length), kernel, vertical.AsSpan(y * size, size));
        for (int k = 0; k < kernel.Length; k++) starts[k] = k;
        for (int y = 0; y < size; y++)
        {
            ReadOnlySpan<float> row = vertical.AsSpan(y * size, size);
            for (int i = 0; i < mirror.Length; i++) padded[i] = row[mirror[i]];
            WeightedSum(padded, starts.AsSpan(0, kernel.Length), kernel, map.AsSpan(y * size, size));
        }
        ArrayPool<float>.Shared.Return(vertical);
        ArrayPool<float>.Shared.Return(padded);
    }

    /// <summary>target[x] = Σ_k weights[k] · source[starts[k] + x], with the sums in registers.</summary>
    private static void WeightedSum(ReadOnlySpan<float> source, ReadOnlySpan<int> starts, ReadOnlySpan<float> weights, Span<float> target)
    {
        foreach (int start in starts) _ = source.Slice(start, target.Length); // the only check of bounds
        ref float from = ref MemoryMarshal.GetReference(source), to = ref MemoryMarshal.GetReference(target);
        int vector = Vector<float>.Count, x = 0;
        for (; x <= target.Length - (4 * vector); x += 4 * vector)
        {
            Vector<float> s0 = default, s1 = default, s2 = default, s3 = default;
            for (int k = 0; k < starts.Length; k++)
            {
                nuint at = (nuint)(starts[k] + x);
                var weight = new Vector<float>(weights[k]);
                s0 = Vector.FusedMultiplyAdd(Vector.LoadUnsafe(ref from, at), weight, s0);
                s1 = Vector.FusedMultiplyAdd(Vector.LoadUnsafe(ref from, at + (nuint)vector), weight, s1);
                s2 = Vector.FusedMultiplyAdd(Vector.LoadUnsafe(ref from, at + (nuint)(2 * vector)), weight, s2);
                s3 = Vector.FusedMultiplyAdd(Vector.LoadUnsafe(ref from, at + (nuint)(3 * vector)), weight, s3);
            }
            s0.StoreUnsafe(ref to, (nuint)x);
            s1.StoreUnsafe(ref to, (nuint)(x + vector));
            s2.StoreUnsafe(ref to, (nuint)(x + (2 * vector)));
            s3.StoreUnsafe(ref to, (nuint)(x + (3 * vector)));
        }
        for (; x < target.Length; x++)
        {
            float sum = 0;
            for (int k = 0; k < starts.Length; k++) sum += source[starts[k] + x] * weights[k];
            target[x] = sum;
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

    /// <summary>Which pixel stands at a place beyond the border, which is reflected with its edge repeated.</summary>
    internal static int Reflect(int index, int size)
    {
        int period = 2 * size, folded = ((index % period) + period) % period;
        return folded < size ? folded : period - 1 - folded;
    }
}
