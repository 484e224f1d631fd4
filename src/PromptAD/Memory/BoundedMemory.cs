using System.Numerics;
using System.Numerics.Tensors;
using PromptAD.Encoders;

namespace PromptAD.Memory;

/// <summary>
/// The memory of many pictures: as many rows as are allowed, chosen so that none of the others is far from all of them (k-centre greedy, in
/// the space that distances are taken in).
/// </summary>
internal static class BoundedMemory
{
    /// <summary>Chooses rows.</summary>
    /// <param name="pictures">What each picture gives, with the places of its rows.</param>
    /// <param name="empty">A memory without rows, which whitens and weighs as this one is to.</param>
    /// <param name="most">How many rows there may be.</param>
    /// <param name="cancellation">Stops the choosing.</param>
    public static (MemoryBank Bank, MemoryRows Rows) Choose(
        IReadOnlyList<PictureFeatures> pictures,
        MemoryBank empty,
        int most,
        CancellationToken cancellation = default)
    {
        MemoryBank all = MemoryFitting.With(empty, pictures, cancellation);
        int[] sources = [.. pictures.SelectMany((picture, i) => Enumerable.Repeat(i, picture.Memory[0].Length / empty.Widths[0]))];
        Vector2[] places = [.. pictures.SelectMany(picture => picture.Spots!)];
        if (all.Rows <= most) return (all, new MemoryRows(sources, places));
        int[] chosen = Coreset(all, most, cancellation);
        return (all.Pick(chosen), new MemoryRows([.. chosen.Select(row => sources[row])], [.. chosen.Select(row => places[row])]));
    }

    /// <summary>The chosen rows, in the order of the pictures.</summary>
    private static int[] Coreset(MemoryBank bank, int most, CancellationToken cancellation)
    {
        (float[] rows, int width) = GreedyCoreset.Shorten(SideBySide(bank), bank.Widths.Sum(), cancellation);
        int[] further = GreedyCoreset.Choose(rows, width, kept: 1, most, cancellation);
        return [.. further.Append(0).Order()];
    }

    /// <summary>All layers of a row, one after the other, each as long as it counts in the distance, (rows, sum of widths).</summary>
    private static float[] SideBySide(MemoryBank bank)
    {
        int all = bank.Widths.Sum(), place = 0;
        var joined = new float[bank.Rows * all];
        foreach ((int layer, int width) in bank.Widths.Index())
        {
            // Whitened rows have about one unit a channel; others have length 1.
            float scale = bank.WeightOf(layer) / (bank.Whitenings is null ? 1 : MathF.Sqrt(2 * width));
            for (int row = 0; row < bank.Rows; row++)
            {
                TensorPrimitives.Multiply(
                    bank.Layers[layer].AsSpan(row * width, width), scale, joined.AsSpan((row * all) + place, width));
            }
            place += width;
        }
        return joined;
    }
}
