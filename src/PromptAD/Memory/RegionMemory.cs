using PromptAD.Encoders;

namespace PromptAD.Memory;

/// <summary>The memory of one region of all good pictures, with what scale and limits are made from.</summary>
/// <param name="Bank">The memory bank: the pictures as they are, then what is remembered of each beside.</param>
/// <param name="Unturned">
/// The same without other poses, which are the pictures themselves: nothing is to be learned from them about distances to others.
/// </param>
/// <param name="Pictures">The region of each picture.</param>
public sealed record RegionMemory(MemoryBank Bank, MemoryBank Unturned, IReadOnlyList<GoodRegion> Pictures)
{
    /// <summary>Where the bank's rows come from, where it is bounded; null where it holds all of every picture.</summary>
    internal MemoryRows? Rows { get; init; }

    /// <summary>What the planes of a memory that is a subspace are made by; null for a bank.</summary>
    internal SubspaceMemory? Subspaces { get; init; }

    /// <summary>The pictures as they are, inspected patches alone.</summary>
    internal IReadOnlyList<PictureFeatures> Itself => [.. Pictures.Select(picture => picture.Itself)];

    /// <summary>What the bank holds beside, equally many for each of up to four pictures, picture after picture.</summary>
    internal IReadOnlyList<PictureFeatures> Remembered => [.. Pictures.SelectMany(picture => picture.Remembered)];

    /// <summary>The pictures in other places and lights, each with the memory that the scale compares it with.</summary>
    /// <param name="cancellation">Stops within an encoding.</param>
    internal IEnumerable<(PictureFeatures Picture, MemoryBank? Memory)> Varied(CancellationToken cancellation = default) =>
        from picture in Pictures.Take(MemoryOptions.StudiedPictures)
        from varied in picture.Varied(cancellation)
        select (varied, (MemoryBank?)Unturned);
}
