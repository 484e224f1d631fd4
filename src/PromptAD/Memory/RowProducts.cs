using System.Buffers;

namespace PromptAD.Memory;

/// <summary>
/// The matrix product of two sets of rows, A·Bᵀ, handed out run by run and so never kept whole. Rows of A lie side by side in the lanes of
/// vectors, so that no sum goes across a vector: each product is summed from its first element to its last, and is the same however wide
/// the processor's vectors are.
/// </summary>
internal static class RowProducts
{
    private const long WorthThreads = 1 << 20; // multiplications below which a second thread costs more than it saves
    private const int Packed = 1 << 16; // floats of A beside each other, which fit into the second cache

    /// <summary>
    /// Takes the products of consecutive rows of A with a row of B. May be called again for the same ones, and for different rows of A from
    /// several threads.
    /// </summary>
    public interface ITaker
    {
        /// <param name="rowA">The first row of A.</param>
        /// <param name="rowB">The row of B.</param>
        /// <param name="products">One for each of the rows of A.</param>
        void Take(int rowA, int rowB, ReadOnlySpan<float> products);
    }

    /// <summary>Keeps all products, (rows of A, rows of B).</summary>
    /// <param name="result">Where they are kept.</param>
    /// <param name="rowsOfB">How many rows B has.</param>
    public readonly struct Keep(float[] result, int rowsOfB) : ITaker
    {
        /// <inheritdoc/>
        public void Take(int rowA, int rowB, ReadOnlySpan<float> products)
        {
            for (int i = 0; i < products.Length; i++) result[((rowA + i) * rowsOfB) + rowB] = products[i];
        }
    }

    /// <summary>Hands out the product of each row of A with each row of B.</summary>
    /// <param name="a">(count, width), and possibly more behind.</param>
    /// <param name="count">Rows of A.</param>
    /// <param name="b">(rows, width).</param>
    /// <param name="width">The length of a row.</param>
    /// <param name="taker">What is done with the products.</param>
    /// <param name="cancellation">Stops within a few rows, with an <see cref="OperationCanceledException"/>.</param>
    public static void Run<T>(float[] a, int count, float[] b, int width, T taker, CancellationToken cancellation = default)
        where T : struct, ITaker => Run(RowTile.Best, a, count, b, width, taker, cancellation);

    /// <summary>The same with a tile that is given.</summary>
    internal static void Run<T>(
        RowTile tile, float[] a, int count, float[] b, int width, T taker, CancellationToken cancellation = default)
        where T : struct, ITaker
    {
        int panels = (count + tile.Lanes - 1) / tile.Lanes, chunks = Math.Min(Environment.ProcessorCount, panels);
        if (chunks <= 1 || (long)count * b.Length < WorthThreads)
        {
            Chunk(tile, a, 0, count, b, width, taker, cancellation);
        }
        else
        {
            Parallel.For(0, chunks, chunk =>
            {
                int from = panels * chunk / chunks * tile.Lanes, to = Math.Min(count, panels * (chunk + 1) / chunks * tile.Lanes);
                Chunk(tile, a, from, to, b, width, taker, cancellation);
            });
        }
        cancellation.ThrowIfCancellationRequested();
    }

    private static void Chunk<T>(
        RowTile tile, float[] a, int from, int to, float[] b, int width, T taker, CancellationToken cancellation)
        where T : struct, ITaker
    {
        int atOnce = Math.Max(1, Packed / (tile.Lanes * width)) * tile.Lanes;
        float[] packed = ArrayPool<float>.Shared.Rent(Math.Min(atOnce, to - from + tile.Lanes) * width);
        try
        {
            for (int first = from; first < to; first += atOnce)
            {
                int some = Math.Min(atOnce, to - first);
                Pack(a.AsSpan(first * width, some * width), packed, width, tile.Lanes);
                Group(tile, packed, first, some, b, width, taker, cancellation);
            }
        }
        finally
        {
            ArrayPool<float>.Shared.Return(packed);
        }
    }

    /// <summary>Brings rows of A side by side, (panels, width, lanes); the last panel ends with zeros.</summary>
    private static void Pack(ReadOnlySpan<float> rows, Span<float> packed, int width, int lanes)
    {
        int count = rows.Length / width;
        for (int panel = 0; panel < count; panel += lanes)
        {
            Span<float> room = packed.Slice(panel * width, lanes * width);
            int some = Math.Min(lanes, count - panel);
            if (some < lanes) room.Clear();
            for (int lane = 0; lane < some; lane++)
            {
                ReadOnlySpan<float> row = rows.Slice((panel + lane) * width, width);
                for (int i = 0, at = lane; i < row.Length; i++, at += lanes) room[at] = row[i];
            }
        }
    }

    /// <summary>All rows of B with some rows of A that are packed.</summary>
    private static void Group<T>(
        RowTile tile, float[] packed, int first, int count, float[] b, int width, T taker, CancellationToken cancellation)
        where T : struct, ITaker
    {
        int rows = b.Length / width, lanes = tile.Lanes, atOnce = tile.Rows;
        Span<float> sums = stackalloc float[RowTile.MostSums], few = sums[..(atOnce * lanes)];
        // Fewer rows than a tile takes are followed by rows of zeros, whose products nobody takes.
        float[] all = rows < atOnce ? [.. b, .. new float[(atOnce - rows) * width]] : b;
        for (int j = 0; j < rows && !cancellation.IsCancellationRequested; j += atOnce)
        {
            // The last tile steps back and repeats some rows instead of being smaller.
            int rowB = Math.Max(0, Math.Min(j, rows - atOnce));
            for (int panel = 0; panel < count; panel += lanes)
            {
                tile.Sum(packed.AsSpan(panel * width, lanes * width), all.AsSpan(rowB * width, atOnce * width), few);
                int some = Math.Min(lanes, count - panel);
                for (int row = 0; row < Math.Min(atOnce, rows); row++) taker.Take(first + panel, rowB + row, few.Slice(row * lanes, some));
            }
        }
    }
}
