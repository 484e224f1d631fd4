using System.Buffers;
using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace PromptAD.Memory;

/// <summary>
/// The mean of d·dᵀ over many rows d, and what makes rows of unit covariance of them, in double precision and on all cores. Every sum has
/// one order, so results do not depend on the number of cores. Nothing else is kept of the rows.
/// </summary>
/// <param name="width">The length of a row.</param>
internal sealed class Covariance(int width)
{
    // The sum is kept in blocks of 12 x 12 on and below the diagonal. 4 x 12 of them are summed in registers: 4 x 3 vectors of 4.
    private const int Side = 12, Vectors = 3, RowsAtOnce = 4;
    private const int ColumnsAtOnce = 8; // of the factor

    private readonly int panels = (width + Side - 1) / Side;
    private readonly double[] sums = new double[Triangle((width + Side - 1) / Side) * Side * Side];
    private double count; // rows, each with its weight

    /// <summary>Adds the rows changed - rows, (rows, width) both.</summary>
    public void AddDifferences(float[] rows, float[] changed) => Add(rows, changed, weight: 1);

    /// <summary>Adds rows, (rows, width).</summary>
    /// <param name="rows">The rows.</param>
    /// <param name="weight">What each of them counts; above 0.</param>
    public void Add(float[] rows, double weight) => Add(rows, changed: null, weight);

    /// <summary>Adds all that was added to another one.</summary>
    public void Add(Covariance other)
    {
        TensorPrimitives.Add(sums, other.sums, sums);
        count += other.count;
    }

    private void Add(float[] rows, float[]? changed, double weight)
    {
        int all = rows.Length / width, length = panels * all * Side;
        double[] packed = ArrayPool<double>.Shared.Rent(length); // (panels, rows, 12), with zeros after the last column
        try
        {
            Pack(rows, changed, Math.Sqrt(weight), packed.AsSpan(0, length), all);
            // The last panels have the most blocks before them, so they come first.
            Parallel.For(0, panels, i => AddBlocks(packed, panels - 1 - i, all));
        }
        finally
        {
            ArrayPool<double>.Shared.Return(packed);
        }
        count += weight * all;
    }

    /// <summary>L⁻¹ with Σ + shrinkage · 1 = L·Lᵀ and Σ the mean, 0 without any row: lower triangular, (width, width), row-major.</summary>
    /// <param name="shrinkage">What is added to the diagonal; above 0.</param>
    /// <param name="cancellation">Stops within a few rows.</param>
    public double[] InverseFactor(double shrinkage, CancellationToken cancellation = default)
    {
        double[] factor = Mean();
        for (int i = 0; i < width; i++) factor[(i * width) + i] += shrinkage;
        Factorize(factor, width, cancellation);
        return InvertTriangle(factor, width, cancellation);
    }

    /// <summary>Cholesky's factor L of A = L·Lᵀ in place of A's lower triangle, block of columns by block of columns.</summary>
    /// <param name="matrix">A, (width, width), row-major; what is above the diagonal is not read.</param>
    /// <param name="width">Its side.</param>
    /// <param name="cancellation">Stops it.</param>
    internal static void Factorize(double[] matrix, int width, CancellationToken cancellation = default)
    {
        for (int start = 0; start < width; start += ColumnsAtOnce * ColumnsAtOnce)
        {
            int from = start, to = Math.Min(width, start + (ColumnsAtOnce * ColumnsAtOnce));
            for (int row = from; row < to; row++) Solve(row, from, row + 1);
            Parallel.For(to, width, row => Solve(row, from, to));
            cancellation.ThrowIfCancellationRequested();
        }

        void Solve(int row, int from, int to)
        {
            Span<double> own = matrix.AsSpan(row * width, width);
            for (int column = from; column < to; column++)
            {
                ReadOnlySpan<double> other = matrix.AsSpan(column * width, width);
                double rest = own[column] - TensorPrimitives.Dot(own[..column], other[..column]);
                own[column] = row == column ? Math.Sqrt(rest) : rest / other[column];
            }
        }
    }

    /// <summary>The inverse of a lower triangular matrix, (width, width), row-major; what is above the diagonal is not read.</summary>
    internal static double[] InvertTriangle(double[] matrix, int width, CancellationToken cancellation = default)
    {
        var columns = new double[width * width]; // the inverse's, one after the other
        int groups = (width + ColumnsAtOnce - 1) / ColumnsAtOnce;
        Parallel.For(0, groups, group =>
        {
            int first = group * ColumnsAtOnce, last = Math.Min(width, first + ColumnsAtOnce) - 1;
            for (int row = first; row < width && !cancellation.IsCancellationRequested; row++)
            {
                ReadOnlySpan<double> own = matrix.AsSpan(row * width, width);
                for (int column = first; column <= Math.Min(row, last); column++)
                {
                    Span<double> solved = columns.AsSpan(column * width, width);
                    double sum = row == column ? -1 : TensorPrimitives.Dot(own[column..row], solved[column..row]);
                    solved[row] = -sum / own[row];
                }
            }
        });
        cancellation.ThrowIfCancellationRequested();
        var inverse = new double[width * width];
        for (int row = 0; row < width; row++)
            for (int column = 0; column <= row; column++) inverse[(row * width) + column] = columns[(column * width) + row];
        return inverse;
    }

    private static int Triangle(int side) => side * (side + 1) / 2;

    /// <summary>Σ, (width, width), its lower triangle alone; 0 without any row.</summary>
    public double[] Mean()
    {
        var mean = new double[width * width];
        double part = count > 0 ? 1 / count : 0;
        for (int row = 0; row < width; row++)
        {
            for (int column = 0; column <= row; column++)
            {
                int block = Triangle(row / Side) + (column / Side);
                mean[(row * width) + column] = part * sums[(block * Side * Side) + (row % Side * Side) + (column % Side)];
            }
        }
        return mean;
    }

    private void Pack(float[] rows, float[]? changed, double scale, Span<double> packed, int all)
    {
        for (int panel = 0; panel < panels; panel++)
        {
            int from = panel * Side, columns = Math.Min(Side, width - from);
            for (int row = 0; row < all; row++)
            {
                Span<double> target = packed.Slice(((panel * all) + row) * Side, Side);
                int start = (row * width) + from;
                for (int i = 0; i < columns; i++)
                    target[i] = changed is null ? scale * rows[start + i] : (double)changed[start + i] - rows[start + i];
                target[columns..].Clear();
            }
        }
    }

    private void AddBlocks(double[] packed, int panel, int all)
    {
        ReadOnlySpan<double> down = packed.AsSpan(panel * all * Side, all * Side);
        for (int other = 0; other <= panel; other++)
        {
            ReadOnlySpan<double> across = packed.AsSpan(other * all * Side, all * Side);
            Span<double> block = sums.AsSpan((Triangle(panel) + other) * Side * Side, Side * Side);
            for (int row = 0; row < Side; row += RowsAtOnce) AddTile(down, across, row, block.Slice(row * Side, RowsAtOnce * Side));
        }
    }

    /// <summary>Four rows of a block: the sum of products over all rows of two panels.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void AddTile(ReadOnlySpan<double> down, ReadOnlySpan<double> across, int row, Span<double> tile)
    {
        ref double a = ref Unsafe.Add(ref MemoryMarshal.GetReference(down), row), b = ref MemoryMarshal.GetReference(across);
        ref double sum = ref MemoryMarshal.GetReference(tile);
        Vector256<double> s00 = Load(ref sum, 0), s01 = Load(ref sum, 1), s02 = Load(ref sum, 2), s10 = Load(ref sum, 3);
        Vector256<double> s11 = Load(ref sum, 4), s12 = Load(ref sum, 5), s20 = Load(ref sum, 6), s21 = Load(ref sum, 7);
        Vector256<double> s22 = Load(ref sum, 8), s30 = Load(ref sum, 9), s31 = Load(ref sum, 10), s32 = Load(ref sum, 11);
        for (int at = 0; at < across.Length; at += Side)
        {
            ref double from = ref Unsafe.Add(ref a, at), to = ref Unsafe.Add(ref b, at);
            Vector256<double> x = Load(ref to, 0), y = Load(ref to, 1), z = Load(ref to, 2), own = Vector256.Create(from);
            (s00, s01, s02) = (Mix(own, x, s00), Mix(own, y, s01), Mix(own, z, s02));
            own = Vector256.Create(Unsafe.Add(ref from, 1));
            (s10, s11, s12) = (Mix(own, x, s10), Mix(own, y, s11), Mix(own, z, s12));
            own = Vector256.Create(Unsafe.Add(ref from, 2));
            (s20, s21, s22) = (Mix(own, x, s20), Mix(own, y, s21), Mix(own, z, s22));
            own = Vector256.Create(Unsafe.Add(ref from, 3));
            (s30, s31, s32) = (Mix(own, x, s30), Mix(own, y, s31), Mix(own, z, s32));
        }
        ReadOnlySpan<Vector256<double>> all = [s00, s01, s02, s10, s11, s12, s20, s21, s22, s30, s31, s32];
        for (int i = 0; i < RowsAtOnce * Vectors; i++) all[i].StoreUnsafe(ref sum, (nuint)(i * Vector256<double>.Count));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<double> Load(ref double from, int vector) =>
        Vector256.LoadUnsafe(ref from, (nuint)(vector * Vector256<double>.Count));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<double> Mix(Vector256<double> a, Vector256<double> b, Vector256<double> sum) =>
        Vector256.FusedMultiplyAdd(a, b, sum);
}
