using System.Numerics;
using PromptAD.Encoders;
using PromptAD.Imaging;

namespace PromptAD.Memory;

/// <summary>
/// What is remembered of a picture in other poses. Rows are chosen for each picture by itself, so that a memory that leaves a picture out
/// is the one that would have been made without it.
/// </summary>
internal sealed class PoseMemory
{
    private readonly PoseOptions options;
    private readonly EncoderInfo encoder;

    /// <exception cref="PromptADException">The memory would not even hold the pictures themselves.</exception>
    public PoseMemory(PoseOptions options, EncoderInfo encoder)
    {
        if (options.MostRows < encoder.Patches)
        {
            throw new PromptADException(Diagnostic.OutOfRange(
                "Poses.MostRows", options.MostRows, $"be at least {encoder.Patches}, the patches of a picture itself"));
        }
        this.options = options;
        this.encoder = encoder;
        Views = options.Remembered();
    }

    /// <summary>The views that are encoded of each picture, the picture itself left out.</summary>
    public IReadOnlyList<PoseView> Views { get; }

    /// <summary>The patches of one view that show nothing but the picture; corners that a turn leaves empty are not remembered.</summary>
    public PictureFeatures Whole(PictureFeatures encoded, PoseView view, double aspect)
    {
        Vector2[] spots = view.Spots(encoder.Grid, aspect);
        int[] places = view.Whole(encoder.Grid, aspect);
        return new PictureFeatures([], [], Channels.Pick(encoded.Memory, places, encoder.Widths))
        {
            Spots = [.. places.Select(place => spots[place])],
        };
    }

    /// <summary>What is remembered of a picture beside its own patches.</summary>
    /// <param name="itself">The picture.</param>
    /// <param name="moved">The picture moved by parts of a patch.</param>
    /// <param name="views">Its views, as <see cref="Whole"/> has them.</param>
    /// <param name="cancellation">Stops the choosing.</param>
    public PictureFeatures Choose(
        PictureFeatures itself,
        IEnumerable<PictureFeatures> moved,
        IEnumerable<PictureFeatures> views,
        CancellationToken cancellation = default)
    {
        Vector2[] unturned = new PoseView(0, IsMirrored: false).Spots(encoder.Grid, aspect: 1);
        return RowChoice.Of(encoder, [itself, .. moved, .. views], unturned, options.MostRows, cancellation);
    }
}
