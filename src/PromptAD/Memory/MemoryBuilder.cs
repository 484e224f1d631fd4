using PromptAD.Encoders;

namespace PromptAD.Memory;

/// <summary>
/// From pictures of good parts to memory banks: of one region where pictures are taken as a whole, of several where they are cut into
/// tiles. Not for several threads at once.
/// </summary>
public sealed class MemoryBuilder
{
    private readonly EncoderInfo encoder;
    private readonly MemoryOptions options;
    private readonly PictureVersions versions;
    private readonly PoseMemory? poses;
    private readonly List<GoodRegion[]> pictures = [];
    private readonly HashSet<string> added = []; // hashes of the pictures as they are encoded
    private readonly List<string> hashes = [];
    private readonly SubspaceSums[]? sums; // of each region; null for a bank

    /// <param name="encoder">What encodes; stays with the caller.</param>
    /// <param name="options">How pictures are remembered.</param>
    /// <exception cref="PromptADException">The memory of poses would not even hold the pictures themselves.</exception>
    public MemoryBuilder(IPatchEncoder encoder, MemoryOptions options)
    {
        (this.encoder, this.options) = (encoder.Info, options);
        versions = new PictureVersions(encoder, options);
        poses = options.Poses is { } asked ? new PoseMemory(asked, encoder.Info) : null;
        if (options.Kind == MemoryKind.Bank) return;
        sums = [.. Enumerable.Range(0, options.Regions).Select(_ => new SubspaceSums(encoder.Info.Widths, options.IsWhitened))];
    }

    /// <summary>The number of different pictures added so far.</summary>
    public int Pictures => pictures.Count;

    /// <summary>SHA-256 of each picture's planes, region after region, as they are encoded.</summary>
    internal IReadOnlyList<string> Hashes => hashes;

    /// <summary>What was added: picture after picture, and region after region of each.</summary>
    public IEnumerable<GoodRegion> Regions => pictures.SelectMany(regions => regions);

    /// <summary>Encodes a picture and adds it, as a whole or not at all.</summary>
    /// <param name="picture">The picture; its planes are kept.</param>
    /// <param name="cancellation">Stops within an encoding.</param>
    /// <returns>
    /// false where the very same picture was added before: it counts once, because it would say of itself that good parts do not differ at
    /// all.
    /// </returns>
    /// <exception cref="OperationCanceledException">The token was cancelled, and nothing was added.</exception>
    public bool Add(GoodPicture picture, CancellationToken cancellation = default)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(picture.Regions.Count, options.Regions);
        GoodPicture painted = picture with { Regions = [.. picture.Regions.Select(versions.Painted)] };
        string hash = painted.Hash;
        if (added.Contains(hash)) return false;
        bool isComplete = pictures.Count < MemoryOptions.CompletePictures, isJudged = pictures.Count < options.JudgedPictures;
        GoodRegion[] regions =
        [
            .. picture.Regions.Select(planes =>
                GoodRegion.Encode(encoder, versions, options, poses, planes, picture.Aspect, isComplete, isJudged, cancellation)),
        ];
        foreach ((int region, SubspaceSums into) in (sums ?? []).Index()) Sum(regions[region], into);
        pictures.Add(regions);
        hashes.Add(painted.HashOfAll());
        return added.Add(hash);
    }

    /// <summary>Adds a region to the sums, and forgets of all but the first pictures what they were made from.</summary>
    private void Sum(GoodRegion region, SubspaceSums into)
    {
        into.Add(pictures.Count, [region.Itself, .. region.Remembered]);
        if (pictures.Count >= MemoryOptions.CompletePictures) region.Forget(pictures.Count < MemoryOptions.StudiedPictures);
    }

    /// <summary>The memory of each region, of all pictures added so far; at least one.</summary>
    /// <param name="cancellation">Stops the whitening, and encodings that it needs.</param>
    public IReadOnlyList<RegionMemory> Build(CancellationToken cancellation = default) =>
        [.. Enumerable.Range(0, options.Regions).Select(region => Build(OfRegion(region), sums?[region], cancellation))];

    /// <summary>A memory of each picture by itself, without other views of it, of a single region; all are whitened alike.</summary>
    /// <param name="cancellation">Stops the whitening.</param>
    public IReadOnlyList<MemoryBank> BuildEach(CancellationToken cancellation = default)
    {
        GoodRegion[] good = OfRegion(0);
        MemoryBank empty = Empty(good, cancellation);
        return [.. good.Select(picture => MemoryFitting.With(empty, [picture.Itself], cancellation))];
    }

    private RegionMemory Build(GoodRegion[] good, SubspaceSums? summed, CancellationToken cancellation)
    {
        if (summed is not null) return BuildSubspace(good, summed, cancellation);
        if (good.Length > MemoryOptions.CompletePictures) return BuildBounded(good, cancellation);
        MemoryBank empty = Empty(good, cancellation);
        MemoryBank With(Func<GoodRegion, IEnumerable<PictureFeatures>> others) => MemoryFitting.With(
            empty, [.. good.Select(picture => picture.Itself), .. good.SelectMany(others)], cancellation);
        MemoryBank bank = With(picture => picture.Remembered);
        return new RegionMemory(bank, poses is null ? bank : With(picture => picture.Moved), good);
    }

    /// <summary>Planes explain other poses, too; so the scale is read with the very memory that judges.</summary>
    private RegionMemory BuildSubspace(GoodRegion[] good, SubspaceSums summed, CancellationToken cancellation)
    {
        var memory = new SubspaceMemory(summed, good, Empty(Studied(good), cancellation), options.ExplainedVariance);
        MemoryBank bank = memory.Whole(cancellation);
        return new RegionMemory(bank, bank, good) { Subspaces = memory };
    }

    private static GoodRegion[] Studied(GoodRegion[] good) => good[..Math.Min(good.Length, MemoryOptions.StudiedPictures)];

    private RegionMemory BuildBounded(GoodRegion[] good, CancellationToken cancellation)
    {
        MemoryBank empty = Empty(Studied(good), cancellation);
        (MemoryBank Bank, MemoryRows Rows) Of(Func<GoodRegion, PictureFeatures> rows) =>
            BoundedMemory.Choose(good.Select(rows), empty, options.MostRows, cancellation);
        (MemoryBank bank, MemoryRows origins) = Of(picture => picture.All);
        return new RegionMemory(bank, poses is null ? bank : Of(picture => picture.Unturned).Bank, good) { Rows = origins };
    }

    private GoodRegion[] OfRegion(int region) => [.. pictures.Select(regions => regions[region])];

    /// <summary>A memory without any row that whitens as these pictures want it.</summary>
    private MemoryBank Empty(GoodRegion[] good, CancellationToken cancellation)
    {
        IReadOnlyList<Whitening>? whitenings = options.IsWhitened
            ? MemoryFitting.Whiten(
                [.. good.Select(picture => picture.Itself)], good.Select(picture => picture.Gentle(cancellation)), encoder.Widths,
                cancellation)
            : null;
        return new MemoryBank([], encoder.Widths, whitenings, encoder.Weights);
    }
}
