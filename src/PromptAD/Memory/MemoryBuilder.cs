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

    /// <param name="encoder">What encodes; stays with the caller.</param>
    /// <param name="options">How pictures are remembered.</param>
    /// <exception cref="PromptADException">The memory of poses would not even hold the pictures themselves.</exception>
    public MemoryBuilder(IPatchEncoder encoder, MemoryOptions options)
    {
        (this.encoder, this.options) = (encoder.Info, options);
        versions = new PictureVersions(encoder, options);
        poses = options.Poses is { } asked ? new PoseMemory(asked, encoder.Info) : null;
    }

    /// <summary>The number of different pictures added so far.</summary>
    public int Pictures => pictures.Count;

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
        string hash = (picture with { Regions = [.. picture.Regions.Select(versions.Painted)] }).Hash;
        if (added.Contains(hash)) return false;
        bool isComplete = pictures.Count < MemoryOptions.CompletePictures, isJudged = pictures.Count < options.JudgedPictures;
        GoodRegion[] regions =
        [
            .. picture.Regions.Select(planes =>
                GoodRegion.Encode(encoder, versions, options, poses, planes, picture.Aspect, isComplete, isJudged, cancellation)),
        ];
        pictures.Add(regions);
        return added.Add(hash);
    }

    /// <summary>The memory of each region, of all pictures added so far; at least one.</summary>
    /// <param name="cancellation">Stops the whitening, and encodings that it needs.</param>
    public IReadOnlyList<RegionMemory> Build(CancellationToken cancellation = default) =>
        [.. Enumerable.Range(0, options.Regions).Select(region => Build(OfRegion(region), cancellation))];

    /// <summary>A memory of each picture by itself, without other views of it, of a single region; all are whitened alike.</summary>
    /// <param name="cancellation">Stops the whitening.</param>
    public IReadOnlyList<MemoryBank> BuildEach(CancellationToken cancellation = default)
    {
        GoodRegion[] good = OfRegion(0);
        MemoryBank empty = Empty(good, cancellation);
        return [.. good.Select(picture => MemoryFitting.With(empty, [picture.Itself], cancellation))];
    }

    private RegionMemory Build(GoodRegion[] good, CancellationToken cancellation)
    {
        if (good.Length > MemoryOptions.CompletePictures) return BuildBounded(good, cancellation);
        MemoryBank empty = Empty(good, cancellation);
        MemoryBank With(Func<GoodRegion, IEnumerable<PictureFeatures>> others) => MemoryFitting.With(
            empty, [.. good.Select(picture => picture.Itself), .. good.SelectMany(others)], cancellation);
        MemoryBank bank = With(picture => picture.Remembered);
        return new RegionMemory(bank, poses is null ? bank : With(picture => picture.Moved), good);
    }

    private RegionMemory BuildBounded(GoodRegion[] good, CancellationToken cancellation)
    {
        MemoryBank empty = Empty(good[..Math.Min(good.Length, MemoryOptions.StudiedPictures)], cancellation);
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
