using PromptAD.Encoders;

namespace PromptAD.Memory;

/// <summary>
/// The memory of many pictures: as many rows as are allowed, chosen so that none of the others is far from all of them (k-centre greedy, in
/// the space that distances are taken in).
/// </summary>
internal static class BoundedMemory
{
    private const int AtOnce = 16; // pictures; so the room that choosing takes does not grow with their number

    /// <summary>Chooses rows.</summary>
    /// <param name="pictures">What each picture gives, with the places of its rows; asked for one after the other.</param>
    /// <param name="empty">A memory without rows, which whitens and weighs as this one is to.</param>
    /// <param name="most">How many rows there may be.</param>
    /// <param name="cancellation">Stops the choosing.</param>
    public static (MemoryBank Bank, MemoryRows Rows) Choose(
        IEnumerable<PictureFeatures> pictures, MemoryBank empty, int most, CancellationToken cancellation = default)
    {
        MemoryBank? bank = null;
        MemoryRows rows = new([], []);
        int number = 0;
        foreach (PictureFeatures[] some in pictures.Chunk(AtOnce))
        {
            MemoryBank more = MemoryFitting.With(empty, some, cancellation);
            bank = bank is null ? more : bank.With(more);
            rows = rows.With(some.Select(picture => (number++, picture.Spots!)));
            if (bank.Rows <= most) continue;
            int[] chosen = Coreset(bank, most, cancellation);
            (bank, rows) = (bank.Pick(chosen), rows.Pick(chosen));
        }
        return (bank!, rows);
    }

    /// <summary>The chosen rows, in the order of the pictures.</summary>
    private static int[] Coreset(MemoryBank bank, int most, CancellationToken cancellation)
    {
        // Whitened rows have about one unit a channel; others have length 1.
        float Scale(int layer) => bank.WeightOf(layer) / (bank.Whitenings is null ? 1 : MathF.Sqrt(2 * bank.Widths[layer]));
        int[] further = GreedyCoreset.Choose(bank.Layers, bank.Widths, Scale, kept: 1, most, cancellation);
        return [.. further.Append(0).Order()];
    }
}
