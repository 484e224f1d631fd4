using System.Numerics.Tensors;

namespace PromptAD.Memory;

/// <summary>
/// A few rows that stand for many: k-centre greedy. Again and again the row that is farthest from all chosen ones is chosen, so that no row
/// is ever much farther from the chosen ones than it needs to be.
/// </summary>
internal static class GreedyCoreset
{
    /// <summary>Above so many values a row, distances are taken between random projections of the rows.</summary>
    private const int MostValues = 128;

    private const int RowsWorthThreads = 2048;

    /// <summary>Chooses rows; the result depends on the arguments alone.</summary>
    /// <param name="rows">(rows, width).</param>
    /// <param name="width">The length of a row.</param>
    /// <param name="kept">How many of the first rows are chosen from the start; at least 1.</param>
    /// <param name="count">How many rows are to be chosen, the kept ones included.</param>
    /// <param name="cancellation">Stops between two choices.</param>
    /// <returns>
    /// The chosen rows beyond the kept ones in the order of choosing: fewer where all others are copies of chosen ones.
    /// </returns>
    public static int[] Choose(float[] rows, int width, int kept, int count, CancellationToken cancellation = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(kept, 1);
        int all = rows.Length / width;
        var nearest = new float[all]; // the distance to the nearest chosen row
        Array.Fill(nearest, float.MaxValue);
        var chosen = new List<int>();
        for (int centre = 0; centre < kept - 1; centre++)
        {
            cancellation.ThrowIfCancellationRequested();
            Approach(rows, width, centre, kept, nearest);
        }
        int last = kept - 1;
        while (true)
        {
            cancellation.ThrowIfCancellationRequested();
            last = Approach(rows, width, last, kept, nearest);
            if (last < 0 || nearest[last] <= 0 || kept + chosen.Count >= count) return [.. chosen];
            chosen.Add(last);
        }
    }

    /// <summary>Chooses rows of several layers, one choice for all.</summary>
    /// <param name="layers">Rows at each layer, (rows, width).</param>
    /// <param name="widths">The length of a row at each layer.</param>
    /// <param name="scale">What a layer's rows are multiplied by, so that layers count alike in the distance.</param>
    /// <param name="kept">As above.</param>
    /// <param name="count">As above.</param>
    /// <param name="cancellation">Stops between two choices.</param>
    public static int[] Choose(
        IReadOnlyList<float[]> layers,
        IReadOnlyList<int> widths,
        Func<int, float> scale,
        int kept,
        int count,
        CancellationToken cancellation = default)
    {
        int all = widths.Sum(), rows = layers[0].Length / widths[0], place = 0;
        var joined = new float[checked(rows * all)]; // the layers of a row one after the other
        foreach ((int layer, int width) in widths.Index())
        {
            float by = scale(layer);
            for (int row = 0; row < rows; row++)
                TensorPrimitives.Multiply(layers[layer].AsSpan(row * width, width), by, joined.AsSpan((row * all) + place, width));
            place += width;
        }
        (float[] shortened, int length) = Shorten(joined, all, cancellation);
        return Choose(shortened, length, kept, count, cancellation);
    }

    /// <summary>
    /// Rows of at most 128 values whose distances are nearly those of the given ones (Johnson and Lindenstrauss): sums with signs that are
    /// drawn once and for all. Shorter rows stay as they are.
    /// </summary>
    public static (float[] Rows, int Width) Shorten(float[] rows, int width, CancellationToken cancellation = default)
    {
        if (width <= MostValues) return (rows, width);
        var random = new Random(1);
        var signs = new float[MostValues * width];
        for (int i = 0; i < signs.Length; i++) signs[i] = random.Next(2) == 0 ? -1 : 1;
        var shortened = new float[rows.Length / width * MostValues];
        RowProducts.Run(rows, rows.Length / width, signs, width, new RowProducts.Keep(shortened, MostValues), cancellation);
        return (shortened, MostValues);
    }

    /// <summary>Takes a chosen row into account and returns the row beyond the first ones that is farthest now; -1 without any.</summary>
    private static int Approach(float[] rows, int width, int centre, int first, float[] nearest)
    {
        int all = nearest.Length - first, parts = all < RowsWorthThreads ? 1 : Environment.ProcessorCount;
        var farthest = new int[parts];
        if (parts == 1) Part(0);
        else Parallel.For(0, parts, Part);
        int found = -1;
        foreach (int row in farthest) if (row >= 0 && (found < 0 || nearest[row] > nearest[found])) found = row;
        return found; // the first of equally far ones, whatever the number of parts

        void Part(int part)
        {
            ReadOnlySpan<float> from = rows.AsSpan(centre * width, width);
            int start = first + (int)((long)all * part / parts), end = first + (int)((long)all * (part + 1) / parts);
            farthest[part] = -1;
            for (int row = start; row < end; row++)
            {
                // A row's distance to itself is 0, so what is chosen is not chosen again.
                float distance = TensorPrimitives.Distance(rows.AsSpan(row * width, width), from);
                if (distance < nearest[row]) nearest[row] = distance;
                if (farthest[part] < 0 || nearest[row] > nearest[farthest[part]]) farthest[part] = row;
            }
        }
    }
}
