using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace PromptAD.Memory;

/// <summary>
/// The matrix product of two sets of rows, A·Bᵀ, handed out value by value and so never kept whole. Tiles of 4 x 3 rows are summed in
/// registers; a block of B stays in the second cache while all of A passes by.
/// </summary>
internal static class RowProducts
{
    private const int TileA = 4, TileB = 3, BlockB = 48;
    private const long WorthThreads = 1 << 20; // multiplications below which a second thread costs more than it saves

    /// <summary>
    /// Takes the product of two rows; may be called again for the same two, and for different rows of A from several threads.
    /// </summary>
    public interface ITaker
    {
        void Take(int rowA, int rowB, float product);
    }

    /// <param name="a">(count, width), and possibly more behind.</param>
    /// <param name="count">Rows of A.</param>
    /// <param name="b">(rows, width).</param>
    /// <param name="width">The length of a row.</param>
    /// <param name="taker">What is done with the products.</param>
    /// <param name="cancellation">Stops within a few rows, with an <see cref="OperationCanceledException"/>.</param>
    public static void Run<T>(float[] a, int count, float[] b, int width, T taker, CancellationToken cancellation = default)
        where T : struct, ITaker
    {
        int groups = (count + TileA - 1) / TileA, chunks = Math.Min(Environment.ProcessorCount, groups);
        if (chunks <= 1 || (long)count * b.Length < WorthThreads)
        {
            Chunk(a, 0, count, b, width, taker, cancellation);
        }
        else
        {
            Parallel.For(0, chunks, chunk =>
            {
                int from = groups * chunk / chunks * TileA, to = Math.Min(count, groups * (chunk + 1) / chunks * TileA);
                Chunk(a, from, to, b, width, taker, cancellation);
            });
        }
        cancellation.ThrowIfCancellationRequested();
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)] // a first prediction is one call, which would run to its end in slow code
    private static void Chunk<T>(float[] a, int from, int to, float[] b, int width, T taker, CancellationToken cancellation)
        where T : struct, ITaker
    {
        int rows = b.Length / width;
        if (to - from < TileA || rows < TileB)
        {
            for (int i = from; i < to && !cancellation.IsCancellationRequested; i++)
            {
                for (int j = 0; j < rows; j++)
                    taker.Take(i, j, TensorPrimitives.Dot<float>(a.AsSpan(i * width, width), b.AsSpan(j * width, width)));
            }
            return;
        }
        Span<float> sums = stackalloc float[TileA * TileB];
        for (int block = 0; block < rows; block += BlockB)
        {
            int end = Math.Min(block + BlockB, rows);
            for (int i = from; i < to && !cancellation.IsCancellationRequested; i += TileA)
            {
                // The last tile steps back and repeats some rows instead of being smaller.
                int rowA = Math.Min(i, to - TileA);
                for (int j = block; j < end; j += TileB)
                {
                    int rowB = Math.Min(j, rows - TileB);
                    Tile(a.AsSpan(rowA * width, TileA * width), b.AsSpan(rowB * width, TileB * width), width, sums);
                    for (int t = 0; t < sums.Length; t++) taker.Take(rowA + (t / TileB), rowB + (t % TileB), sums[t]);
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Tile(ReadOnlySpan<float> a, ReadOnlySpan<float> b, int width, Span<float> sums)
    {
        ref float a0 = ref MemoryMarshal.GetReference(a), b0 = ref MemoryMarshal.GetReference(b);
        ref float a1 = ref Unsafe.Add(ref a0, width), a2 = ref Unsafe.Add(ref a1, width), a3 = ref Unsafe.Add(ref a2, width);
        ref float b1 = ref Unsafe.Add(ref b0, width), b2 = ref Unsafe.Add(ref b1, width);
        Vector<float> s00 = default, s01 = default, s02 = default, s10 = default, s11 = default, s12 = default;
        Vector<float> s20 = default, s21 = default, s22 = default, s30 = default, s31 = default, s32 = default;
        int whole = width - (width % Vector<float>.Count);
        for (nuint i = 0; i < (nuint)whole; i += (nuint)Vector<float>.Count)
        {
            Vector<float> x = Vector.LoadUnsafe(ref b0, i), y = Vector.LoadUnsafe(ref b1, i), z = Vector.LoadUnsafe(ref b2, i);
            Vector<float> row = Vector.LoadUnsafe(ref a0, i);
            (s00, s01, s02) = (Mix(row, x, s00), Mix(row, y, s01), Mix(row, z, s02));
            row = Vector.LoadUnsafe(ref a1, i);
            (s10, s11, s12) = (Mix(row, x, s10), Mix(row, y, s11), Mix(row, z, s12));
            row = Vector.LoadUnsafe(ref a2, i);
            (s20, s21, s22) = (Mix(row, x, s20), Mix(row, y, s21), Mix(row, z, s22));
            row = Vector.LoadUnsafe(ref a3, i);
            (s30, s31, s32) = (Mix(row, x, s30), Mix(row, y, s31), Mix(row, z, s32));
        }
        sums[0] = Vector.Sum(s00);
        sums[1] = Vector.Sum(s01);
        sums[2] = Vector.Sum(s02);
        sums[3] = Vector.Sum(s10);
        sums[4] = Vector.Sum(s11);
        sums[5] = Vector.Sum(s12);
        sums[6] = Vector.Sum(s20);
        sums[7] = Vector.Sum(s21);
        sums[8] = Vector.Sum(s22);
        sums[9] = Vector.Sum(s30);
        sums[10] = Vector.Sum(s31);
        sums[11] = Vector.Sum(s32);
        for (int i = whole; i < width; i++)
        {
            for (int t = 0; t < TileA * TileB; t++) sums[t] += a[(t / TileB * width) + i] * b[(t % TileB * width) + i];
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<float> Mix(Vector<float> a, Vector<float> b, Vector<float> sum) => Vector.FusedMultiplyAdd(a, b, sum);
}
