using System.Numerics;
using PromptAD.Encoders;
using PromptAD.Imaging;

namespace PromptAD.Memory;

/// <summary>
/// Encodes a good picture and all that is made of it: moved for the memory, in other places and lights for the scale, gently varied for
/// whitening and limits, in other poses. Pictures are 8-bit planes, (3, size, size).
/// </summary>
/// <param name="encoder">What encodes; stays with the caller.</param>
/// <param name="options">How pictures are remembered.</param>
internal sealed class PictureVersions(IPatchEncoder encoder, MemoryOptions options)
{
    private readonly EncoderInfo info = encoder.Info;
    private readonly int size = encoder.Info.InputSize;

    /// <summary>The picture as it is, all patches.</summary>
    public PictureFeatures Encode(byte[] image, CancellationToken cancellation = default) =>
        encoder.Encode(Painted(image), cancellation);

    /// <summary>The picture moved by parts of a patch, inspected patches alone; as many as the memory is to have.</summary>
    public PictureFeatures[] Shifted(byte[] image, CancellationToken cancellation = default)
    {
        int steps = options.Scoring.MemoryShifts ?? 1;
        byte[] seen = Painted(image);
        return Kept(Changed(
            PatchShift.Count(steps), (i, changed) => PatchShift.Make(i, steps, info.PatchSize, seen, size, changed), cancellation));
    }

    /// <summary>The picture in other places and lights, inspected patches alone.</summary>
    public PictureFeatures[] Varied(byte[] image, CancellationToken cancellation = default) => Kept(Changed(
        GoodVariation.Count, (i, changed) => GoodVariation.Make(i, image, size, info.FillLevels, changed), cancellation));

    /// <summary>Gentle variations of the picture, all patches, in the order of channels that is learned from.</summary>
    public PictureFeatures[] Gentle(byte[] image, CancellationToken cancellation = default)
    {
        byte[] seen = Painted(image);
        return Changed(
            GentleVariation.Count, (i, changed) => GentleVariation.Make(i, seen, size, ChannelOrder.Rgb, changed), cancellation);
    }

    /// <summary>The picture in the poses that are remembered; what a turn leaves empty is left out.</summary>
    /// <param name="image">The picture.</param>
    /// <param name="aspect">Its width over its height.</param>
    /// <param name="poses">Which poses.</param>
    /// <param name="cancellation">Stops within an encoding.</param>
    public PictureFeatures[] Posed(byte[] image, double aspect, PoseMemory poses, CancellationToken cancellation = default)
    {
        byte[] seen = Painted(image);
        PictureFeatures[] encoded = Changed(
            poses.Views.Count, (i, view) => poses.Views[i].Make(seen, size, aspect, view), cancellation);
        return [.. encoded.Select((picture, i) => poses.Whole(picture, poses.Views[i], aspect))];
    }

    /// <summary>
    /// The picture and gentle variations of it, in all poses that are asked for, read in the order of channels of pictures to be judged
    /// (mark Q6), all patches.
    /// </summary>
    /// <param name="image">The picture.</param>
    /// <param name="asLearned">Its features in the order that is learned from, all patches.</param>
    /// <param name="aspect">Its width over its height.</param>
    /// <param name="gently">The features of its variations in that order, if they are known.</param>
    /// <param name="cancellation">Stops within an encoding.</param>
    public PictureFeatures[] Judged(
        byte[] image, PictureFeatures asLearned, double aspect, PictureFeatures[] gently, CancellationToken cancellation = default)
    {
        byte[] seen = Painted(image);
        ChannelOrder order = options.QueryChannels;
        PictureFeatures[] itself = order == ChannelOrder.Rgb ? [asLearned] : Changed(1, InOrder, cancellation);
        if (options.Poses is null && order == ChannelOrder.Rgb && gently.Length > 0) return [.. itself, .. gently];
        byte[] turned = new byte[seen.Length];
        PictureFeatures[] variations = Changed(GentleVariation.Count, Vary, cancellation);
        Vector2[]? Spots(int i) => options.Poses?.Judged(i, GentleVariation.Count).Spots(info.Grid, aspect);
        return [.. itself, .. variations.Select((picture, i) => picture with { Spots = Spots(i) })];

        void InOrder(int only, byte[] changed)
        {
            using Picture picture = Planes.ToPicture(seen, size);
            Planes.Of(picture, order, changed);
        }

        void Vary(int i, byte[] changed)
        {
            options.Poses?.Judged(i, GentleVariation.Count).Make(seen, size, aspect, turned);
            GentleVariation.Make(i, options.Poses is null ? seen : turned, size, order, changed);
        }
    }

    /// <summary>Another moment of the picture, as it would be judged, and copies of it with painted defects, all patches.</summary>
    /// <param name="image">The picture.</param>
    /// <param name="aspect">Its width over its height.</param>
    /// <param name="moment">Which moment.</param>
    /// <param name="painter">Paints the defects.</param>
    /// <param name="first">The number of the first defect.</param>
    /// <param name="count">How many copies.</param>
    /// <param name="cancellation">Stops within an encoding.</param>
    public SpoiltPicture Spoilt(
        byte[] image, double aspect, int moment, IDefectPainter painter, int first, int count, CancellationToken cancellation = default)
    {
        byte[] seen = Painted(image), posed = options.Poses is null ? seen : new byte[seen.Length];
        options.Poses?.Judged(moment % GentleVariation.Count, GentleVariation.Count).Make(seen, size, aspect, posed);
        byte[] good = GentleVariation.MakeMoment(moment, posed, size, options.QueryChannels);
        PictureFeatures itself = Encode(good, cancellation);
        return new SpoiltPicture(
            itself, [.. Enumerable.Range(first, count).Select(number => Encode(painter.Paint(good, size, number), cancellation))]);
    }

    /// <summary>The middles of the inspected patches, in patches from the top left.</summary>
    public Vector2[] Spots { get; } =
    [
        .. (options.Inspected?.Places ?? Enumerable.Range(0, encoder.Info.Patches))
            .Select(place => new Vector2((place % encoder.Info.Grid.Side) + 0.5f, (place / encoder.Info.Grid.Side) + 0.5f)),
    ];

    /// <summary>The rows of several versions of a picture as one, with their places.</summary>
    public PictureFeatures Joined(IReadOnlyList<PictureFeatures> all)
    {
        IEnumerable<float[]> layers = all[0].Memory.Select((_, layer) => all.SelectMany(one => one.Memory[layer]).ToArray());
        return new PictureFeatures([], [], [.. layers]) { Spots = [.. all.SelectMany(one => one.Spots ?? Spots)] };
    }

    /// <summary>The inspected patches alone.</summary>
    public PictureFeatures Keep(PictureFeatures picture) => options.Inspected?.Select(picture) ?? picture;

    /// <summary>
    /// The picture without what is not inspected; itself where all is. Painted before a picture is changed, so that nothing from outside a
    /// mask comes into the memory or the limits, and after.
    /// </summary>
    public byte[] Painted(byte[] image)
    {
        if (options.Inspected is null) return image;
        byte[] painted = [.. image];
        options.Inspected.Paint(painted);
        return painted;
    }

    private PictureFeatures[] Changed(int count, Action<int, byte[]> make, CancellationToken cancellation) =>
        EncodedVersions.Of(info.InputLength, count, make, changed => Encode(changed, cancellation), cancellation);

    private PictureFeatures[] Kept(PictureFeatures[] pictures) => [.. pictures.Select(Keep)];
}
