using System.Buffers;
using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using PromptAD.Encoders;
using PromptAD.Imaging;

namespace PromptAD.Scoring;

/// <summary>
/// Stretches square maps of patches over a picture: bilinear between the patches' middles, beyond the outermost of which the border
/// value goes on; then Gaussian smoothing to a radius of 4 sigma, the border reflected with its edge repeated (d c b a | a b c d). Both are
/// linear and the same for rows and columns, so together they are one matrix from both sides, of whose rows a few neighbours are not 0.
/// Safe for concurrent use.
/// </summary>
internal sealed class MapStretch
{
    private readonly int taps;
    private readonly int[] firsts; // (rows): the first patch that a pixel depends on
    private readonly float[] weights; // (rows, taps)

    /// <param name="grid">Where the map's patches lie.</param>
    /// <param name="size">Pixels along a side of the picture.</param>
    /// <param name="sigma">Of the smoothing, in pixels; 0 for none.</param>
    public MapStretch(PatchGrid grid, int size, float sigma)
        : this(grid.Side, Smooth(Upsample(grid, size), sigma))
    {
    }

    private MapStretch(int grid, double[][] rows)
    {
        Grid = grid;
        int[] lasts = [.. rows.Select(row => Array.FindLastIndex(row, weight => weight != 0))];
        firsts = [.. rows.Select(row => Array.FindIndex(row, weight => weight != 0))];
        taps = lasts.Zip(firsts, (last, first) => last - first + 1).Max();
        for (int y = 0; y < rows.Length; y++) firsts[y] = Math.Min(firsts[y], grid - taps);
        weights = [.. rows.SelectMany((row, y) => row.Skip(firsts[y]).Take(taps)).Select(weight => (float)weight)];
    }

    /// <summary>Patches along a side of the map.</summary>
    public int Grid { get; }

    /// <summary>
    /// What finds the highest value of stretched maps that are not smoothed: between two centres, the highest pixel is the first or the
    /// last, so that all others need not be computed.
    /// </summary>
    public static MapStretch ForPeaks(PatchGrid grid, int size)
    {
        double[][] rows = Upsample(grid, size);
        int[] cells = [.. rows.Select(row => Array.FindIndex(row, weight => weight != 0))];
        return new MapStretch(
            grid.Side, [.. rows.Where((_, y) => y == 0 || y == size - 1 || cells[y] != cells[y - 1] || cells[y] != cells[y + 1])]);
    }

    /// <summary>The matrix M, (size, grid), row-major: a stretched map is M · map · Mᵀ.</summary>
    public float[] Matrix()
    {
        var matrix = new float[firsts.Length * Grid];
        for (int row = 0; row < firsts.Length; row++)
            weights.AsSpan(row * taps, taps).CopyTo(matrix.AsSpan((row * Grid) + firsts[row]));
        return matrix;
    }

    /// <summary>The stretched map, (size, size), row-major.</summary>
    /// <param name="map">(grid, grid), row-major.</param>
    public float[] Apply(ReadOnlySpan<float> map)
    {
        float[] stretched = GC.AllocateUninitializedArray<float>(firsts.Length * firsts.Length);
        Apply(map, stretched);
        return stretched;
    }

    /// <summary>The highest value of the stretched map.</summary>
    /// <param name="map">(grid, grid), row-major.</param>
    public float Peak(ReadOnlySpan<float> map)
    {
        int pixels = firsts.Length * firsts.Length;
        float[] rented = ArrayPool<float>.Shared.Rent(pixels);
        Apply(map, rented.AsSpan(0, pixels));
        float peak = TensorPrimitives.Max<float>(rented.AsSpan(0, pixels));
        ArrayPool<float>.Shared.Return(rented);
        return peak;
    }

    private void Apply(ReadOnlySpan<float> map, Span<float> stretched)
    {
        int rows = firsts.Length;
        float[] wide = ArrayPool<float>.Shared.Rent(Grid * rows); // (grid, rows)
        for (int y = 0; y < Grid; y++)
        {
            ReadOnlySpan<float> row = map.Slice(y * Grid, Grid);
            for (int x = 0; x < rows; x++)
            {
                float sum = 0;
                for (int k = 0; k < taps; k++) sum += row[firsts[x] + k] * weights[(x * taps) + k];
                wide[(y * rows) + x] = sum;
            }
        }
        for (int y = 0; y < rows; y++)
            Mix(wide.AsSpan(firsts[y] * rows, taps * rows), weights.AsSpan(y * taps, taps), stretched.Slice(y * rows, rows));
        ArrayPool<float>.Shared.Return(wide);
    }

    /// <summary>target = Σ_k parts[k] · rows[k], with the sums in registers.</summary>
    private static void Mix(ReadOnlySpan<float> rows, ReadOnlySpan<float> parts, Span<float> target)
    {
        int length = target.Length, vector = Vector<float>.Count, x = 0;
        _ = rows[..(parts.Length * length)]; // the only check of bounds
        ref float from = ref MemoryMarshal.GetReference(rows), to = ref MemoryMarshal.GetReference(target);
        for (; x <= length - (2 * vector); x += 2 * vector)
        {
            Vector<float> first = default, second = default;
            for (int k = 0; k < parts.Length; k++)
            {
                nuint at = (nuint)((k * length) + x);
                var part = new Vector<float>(parts[k]);
                first = Vector.FusedMultiplyAdd(Vector.LoadUnsafe(ref from, at), part, first);
                second = Vector.FusedMultiplyAdd(Vector.LoadUnsafe(ref from, at + (nuint)vector), part, second);
            }
            first.StoreUnsafe(ref to, (nuint)x);
            second.StoreUnsafe(ref to, (nuint)(x + vector));
        }
        for (; x < length; x++)
        {
            float sum = 0;
            for (int k = 0; k < parts.Length; k++) sum += rows[(k * length) + x] * parts[k];
            target[x] = sum;
        }
    }

    private static double[][] Upsample(PatchGrid grid, int size) // (size, grid)
    {
        int last = grid.Side - 1;
        var rows = new double[size][];
        for (int y = 0; y < size; y++)
        {
            double position = Math.Clamp(((y + 0.5) * grid.Side / size) - grid.Middle(0), 0, last);
            int low = (int)position;
            rows[y] = new double[grid.Side];
            rows[y][low] += 1 - (position - low);
            rows[y][Math.Min(low + 1, last)] += position - low;
        }
        return rows;
    }

    private static double[][] Smooth(double[][] rows, float sigma)
    {
        if (sigma <= 0) return rows;
        int radius = (int)((4 * sigma) + 0.5f), size = rows.Length;
        double[] kernel = [.. Enumerable.Range(-radius, (2 * radius) + 1).Select(i => Math.Exp(-0.5 * i * i / ((double)sigma * sigma)))];
        TensorPrimitives.Divide(kernel, kernel.Sum(), kernel);
        return [.. rows.Select((row, y) =>
        {
            var smoothed = new double[row.Length];
            for (int k = 0; k < kernel.Length; k++)
                TensorPrimitives.MultiplyAdd(rows[Border.Reflect(y + k - radius, size)], kernel[k], smoothed, smoothed);
            return smoothed;
        })];
    }
}
