using PromptAD.Encoders;
using PromptAD.Imaging;

namespace PromptAD.Memory;

/// <summary>
/// One region of a good picture: what the memory holds of it, and what scale and limits are made from, which is encoded when it is asked
/// for unless <see cref="MemoryOptions.KeepsVariations"/> says otherwise.
/// </summary>
public sealed class GoodRegion
{
    private readonly PictureVersions versions;
    private byte[] image; // 8-bit planes, (3, size, size)
    private readonly double aspect;
    private PictureFeatures encoded; // all patches
    private PictureFeatures[]? gentle, varied, judged; // where they are kept

    private GoodRegion(PictureVersions versions, byte[] image, double aspect, PictureFeatures encoded, PictureFeatures[] shifted)
    {
        (this.versions, this.image, this.aspect, this.encoded) = (versions, image, aspect, encoded);
        Itself = versions.Keep(encoded);
        Moved = Remembered = [.. shifted.Select(Rows)];
    }

    /// <summary>The picture as it is, inspected patches alone.</summary>
    public PictureFeatures Itself { get; private set; }

    /// <summary>The picture as it is, all patches.</summary>
    internal PictureFeatures Whole => encoded;

    /// <summary>The picture moved by parts of a patch, and gently varied where that is remembered; inspected patches alone.</summary>
    internal IReadOnlyList<PictureFeatures> Moved { get; private set; }

    /// <summary>What the memory holds beside the picture itself: <see cref="Moved"/>, or what is chosen of it and of other poses.</summary>
    internal IReadOnlyList<PictureFeatures> Remembered { get; private set; }

    /// <summary>The picture itself and what is remembered beside, as one, with the places of its rows.</summary>
    internal PictureFeatures All => versions.Joined([Itself, .. Remembered]);

    /// <summary>The same without other poses.</summary>
    internal PictureFeatures Unturned => versions.Joined([Itself, .. Moved]);

    /// <summary>Encodes a region of a picture.</summary>
    /// <param name="info">The encoder.</param>
    /// <param name="versions">What encodes.</param>
    /// <param name="options">How it is remembered.</param>
    /// <param name="poses">Chooses what is remembered of other poses; null without any.</param>
    /// <param name="image">The region, (3, size, size); kept.</param>
    /// <param name="aspect">The picture's width over its height.</param>
    /// <param name="isComplete">
    /// Whether all that is made of the picture is remembered, as of the first few. Of later ones it is as many rows as the picture has
    /// itself, and variations for scale and limits are encoded when they are asked for.
    /// </param>
    /// <param name="isJudged">Whether it is judged for limits.</param>
    /// <param name="cancellation">Stops within an encoding.</param>
    internal static GoodRegion Encode(
        EncoderInfo info,
        PictureVersions versions,
        MemoryOptions options,
        PoseMemory? poses,
        byte[] image,
        double aspect,
        bool isComplete,
        bool isJudged,
        CancellationToken cancellation)
    {
        PictureFeatures encoded = versions.Encode(image, cancellation);
        PictureFeatures[] shifted = isComplete ? versions.Shifted(image, cancellation) : [];
        var region = new GoodRegion(versions, image, aspect, encoded, shifted);
        if (isComplete && options is { KeepsVariations: true, NeedsVaried: true }) region.varied = versions.Varied(image, cancellation);
        bool isVaried = isComplete ? options.RemembersGentle : options.RemembersGentleOfLater;
        PictureFeatures[] changed = isVaried ? versions.Gentle(image, cancellation) : [];
        if (!isComplete && options.RemembersGentleOfLater)
        {
            PictureFeatures[] all = [region.Itself, .. changed.Select(versions.Keep)];
            int most = MemoryOptions.VersionsOfLater * versions.Spots.Length;
            region.Moved = region.Remembered = [RowChoice.Of(info, all, versions.Spots, most, cancellation)];
        }
        else if (isVaried)
        {
            region.gentle = [.. changed.Select(versions.Keep).Select(Rows)];
            region.Moved = region.Remembered = [.. region.Moved, .. region.gentle];
        }
        if (isComplete && options.KeepsVariations && isJudged)
            region.judged = versions.Judged(image, encoded, aspect, changed, cancellation);
        if (poses is not null)
        {
            PictureFeatures[] views = versions.Posed(image, aspect, poses, cancellation);
            region.Remembered = options.Kind == MemoryKind.Subspace
                ? [.. region.Moved, .. views]
                : [poses.Choose(region.Itself, region.Moved, views, cancellation)];
        }
        return region;
    }

    /// <summary>Forgets what a memory is made of, which sums hold, but for what is compared with words.</summary>
    /// <param name="isStudied">Whether variations of the picture are still asked for.</param>
    internal void Forget(bool isStudied)
    {
        Moved = Remembered = [];
        if (isStudied) return;
        image = [];
        encoded = Itself = Itself with { Memory = [] };
    }

    /// <summary>Gentle variations, inspected patches alone.</summary>
    internal PictureFeatures[] Gentle(CancellationToken cancellation = default) =>
        gentle ?? [.. versions.Gentle(image, cancellation).Select(versions.Keep)];

    /// <summary>The picture in other places and lights, inspected patches alone.</summary>
    public PictureFeatures[] Varied(CancellationToken cancellation = default) => varied ?? versions.Varied(image, cancellation);

    /// <summary>The picture and gentle variations of it as they would be judged, all patches.</summary>
    internal PictureFeatures[] Judged(CancellationToken cancellation = default) =>
        judged ?? versions.Judged(image, encoded, aspect, gently: [], cancellation);

    /// <summary>Another moment of the picture as it would be judged, and copies of it with painted defects.</summary>
    /// <param name="moment">Which moment.</param>
    /// <param name="painter">Paints the defects.</param>
    /// <param name="first">The number of the first defect.</param>
    /// <param name="count">How many copies.</param>
    /// <param name="cancellation">Stops within an encoding.</param>
    internal SpoiltPicture Spoilt(int moment, IDefectPainter painter, int first, int count, CancellationToken cancellation = default) =>
        versions.Spoilt(image, aspect, moment, painter, first, count, cancellation);

    /// <summary>What a memory is made of, without what is compared with words.</summary>
    private static PictureFeatures Rows(PictureFeatures picture) => picture with { Cls = [], Tokens = [] };
}
