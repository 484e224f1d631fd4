using System.Numerics;
using PromptAD.Encoders;
using PromptAD.Imaging;
using PromptAD.Scoring;

namespace PromptAD.Training;

/// <summary>
/// Encodes a good picture and all that is made of it: moved for the memory, in other places and lights for the scale, gently varied for
/// whitening and limits. Pictures are 8-bit planes, (3, size, size).
/// </summary>
/// <param name="backbone">The backbone; stays with the caller.</param>
/// <param name="options">How to train.</param>
/// <param name="inspected">The patches that count; null for all.</param>
internal sealed class ShotEncoder(Backbone backbone, TrainingOptions options, InspectedPatches? inspected)
{
    private readonly int size = backbone.Encoder.InputSize;
    private readonly int steps = options.Scoring.For(backbone.Configuration.Scoring).MemoryShifts ?? 1;

    /// <summary>The picture moved by parts of a patch, inspected patches alone; as many as the memory is to have.</summary>
    public PictureFeatures[] Shifted(byte[] image, CancellationToken cancellation = default)
    {
        int patch = backbone.Encoder.PatchSize;
        return Kept(Changed(
            image,
            PatchShift.Count(steps),
            (i, changed) => PatchShift.Make(i, steps, patch, image, size, changed),
            cancellation));
    }

    /// <summary>The picture in other places and lights, inspected patches alone.</summary>
    public PictureFeatures[] Varied(byte[] image, CancellationToken cancellation = default) =>
        Kept(Changed(
            image,
            GoodVariation.Count,
            (i, changed) => GoodVariation.Make(i, image, size, backbone.Encoder.FillLevels, changed),
            cancellation));

    /// <summary>The inspected patches alone.</summary>
    public PictureFeatures Keep(PictureFeatures picture) =>
        inspected?.Keep(picture) ?? picture;

    /// <summary>
    /// The picture and gentle variations of it, in all poses that are asked for, read in the order of channels of pictures to be judged
    /// (mark Q6).
    /// </summary>
    /// <param name="image">The picture.</param>
    /// <param name="asLearned">Its features in the order that is learned from.</param>
    /// <param name="aspect">Its width divided by its height.</param>
    /// <param name="gently">The features of its variations in that order, if they are known.</param>
    /// <param name="cancellation">Stops within an encoding.</param>
    public PictureFeatures[] Judged(
        byte[] image,
        PictureFeatures asLearned,
        double aspect,
        PictureFeatures[] gently,
        CancellationToken cancellation = default)
    {
        ChannelOrder order = options.Preprocessing.QueryChannels;
        PictureFeatures[] itself = order == ChannelOrder.Rgb ? [asLearned] : Changed(image, 1, InOrder, cancellation);
        if (options.Poses is null && order == ChannelOrder.Rgb && gently.Length > 0) return [.. itself, .. gently];
        byte[] turned = new byte[image.Length];
        PictureFeatures[] variations = Changed(image, GentleVariation.Count, Vary, cancellation);
        Vector2[]? Spots(int i) => options.Poses?.Judged(i, GentleVariation.Count).Spots(backbone.Encoder.Grid, aspect);
        return [.. itself, .. variations.Select((picture, i) => picture with { Spots = Spots(i) })];

        void InOrder(int only, byte[] changed)
        {
            using Picture picture = Planes.ToPicture(image, size);
            Planes.Of(picture, order, changed);
        }

        void Vary(int i, byte[] changed)
        {
            options.Poses?.Judged(i, GentleVariation.Count).Make(image, size, aspect, turned);
            GentleVariation.Make(i, options.Poses is null ? image : turned, size, order, changed);
        }
    }

    /// <summary>Gentle variations of the picture, all patches, in the order of channels that is learned from.</summary>
    public PictureFeatures[] Gentle(byte[] image, CancellationToken cancellation = default) =>
        EncodedVersions.Gentle(image, size, ChannelOrder.Rgb, changed => Encode(changed, cancellation), cancellation);

    /// <summary>Any versions of the picture, all patches.</summary>
    /// <param name="image">The picture.</param>
    /// <param name="count">How many versions there are.</param>
    /// <param name="make">Writes one of them into the encoder's input.</param>
    /// <param name="cancellation">Stops within an encoding.</param>
    public PictureFeatures[] Changed(
        byte[] image, int count, Action<int, byte[]> make, CancellationToken cancellation = default) =>
        EncodedVersions.Of(image.Length, count, make, changed => Encode(changed, cancellation), cancellation);

    /// <summary>The picture without what is not inspected; itself where all is.</summary>
    public byte[] Painted(byte[] image)
    {
        if (inspected is null) return image;
        byte[] painted = [.. image];
        inspected.Paint(painted);
        return painted;
    }

    /// <summary>The picture as it is, all patches.</summary>
    public PictureFeatures Encode(byte[] image, CancellationToken cancellation = default) =>
        backbone.OpenEncoder(cancellation).Encode(Painted(image), cancellation);

    private PictureFeatures[] Kept(PictureFeatures[] pictures) => [.. pictures.Select(Keep)];
}
