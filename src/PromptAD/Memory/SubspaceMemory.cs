using System.Numerics;
using PromptAD.Encoders;

namespace PromptAD.Memory;

/// <summary>
/// Makes the planes of one region's good pictures: of all of them, without some of them, and without some of their places. Each is found
/// once. Not for several threads at once.
/// </summary>
/// <param name="sums">What they are found from.</param>
/// <param name="good">The pictures.</param>
/// <param name="empty">A memory without rows, which whitens and weighs as this one is to.</param>
/// <param name="explained">The part of the variance that planes explain.</param>
internal sealed class SubspaceMemory(SubspaceSums sums, IReadOnlyList<GoodRegion> good, MemoryBank empty, double explained)
{
    private readonly Dictionary<int, MemoryBank> withoutPictures = [];
    private readonly Dictionary<int, MemoryBank?> withoutPlaces = [];

    /// <summary>Whether the pictures' rows are still there, so that places of them can be left out.</summary>
    public bool HasPlaces => good.Count <= MemoryOptions.CompletePictures;

    /// <summary>The memory of all pictures.</summary>
    public MemoryBank Whole(CancellationToken cancellation = default) => sums.Find(empty, explained, left: null, cancellation);

    /// <summary>
    /// The memory without one of the studied pictures: of up to four pictures without it alone, of more without a quarter of those that are
    /// studied. Needs another picture.
    /// </summary>
    public MemoryBank Without(int picture, CancellationToken cancellation = default)
    {
        int fold = SubspaceSums.FoldOf(picture);
        if (withoutPictures.TryGetValue(fold, out MemoryBank? known)) return known;
        return withoutPictures[fold] = sums.Find(empty, explained, fold, cancellation);
    }

    /// <summary>The memory without some places of the pictures.</summary>
    /// <param name="part">Which places, as a number of the caller's.</param>
    /// <param name="isLeftOut">Whether a place, in patches from the top left, is one of them.</param>
    /// <param name="cancellation">Stops within a few rows.</param>
    /// <returns>null where no place is left.</returns>
    public MemoryBank? WithoutPlaces(int part, Func<Vector2, bool> isLeftOut, CancellationToken cancellation = default)
    {
        if (withoutPlaces.TryGetValue(part, out MemoryBank? known)) return known;
        var rest = new List<PictureFeatures>();
        foreach (PictureFeatures picture in good.Select(one => one.All))
        {
            int[] rows = [.. Enumerable.Range(0, picture.Spots!.Length).Where(row => !isLeftOut(picture.Spots[row]))];
            if (rows.Length > 0) rest.Add(picture with { Memory = Channels.Pick(picture.Memory, rows, empty.Widths) });
        }
        return withoutPlaces[part] = rest.Count > 0 ? sums.FindOf(rest, empty, explained, cancellation) : null;
    }
}
