using System.Numerics;
using PromptAD.Backbones;
using PromptAD.Imaging;
using PromptAD.Scoring;

namespace PromptAD.Training;

/// <summary>
/// What is remembered of a picture in other poses. Rows are chosen for each picture by itself, so that a memory that leaves a picture out
/// is the one that would have been made without it.
/// </summary>
internal sealed class PoseMemory
{
    private readonly PoseOptions options;
    private readonly VisionConfiguration vision;

    /// <exception cref="PromptADException">The memory would not even hold the pictures themselves.</exception>
    public PoseMemory(PoseOptions options, VisionConfiguration vision)
    {
        if (options.MostRows < vision.Patches)
        {
            throw new PromptADException(
                $"Poses.MostRows is {options.MostRows}, but a picture itself has {vision.Patches} patches; it must be at least that.");
        }
        this.options = options;
        this.vision = vision;
    }

    /// <summary>The patches of one view that show nothing but the picture; corners that a turn leaves empty are not remembered.</summary>
    public PictureFeatures Whole(PictureFeatures encoded, PoseView view, double aspect)
    {
        Vector2[] spots = view.Spots(vision.PatchGrid, aspect);
        int[] places = view.Whole(vision.PatchGrid, aspect);
        return new PictureFeatures([], [], [.. encoded.Memory.Select(layer => Channels.Pick(layer, places, vision.Width))])
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
        Vector2[] unturned = new PoseView(0, IsMirrored: false).Spots(vision.PatchGrid, aspect: 1);
        PictureFeatures[] all = [itself, .. moved, .. views];
        (float[] rows, int width) = GreedyCoreset.Shorten(SideBySide(all), all[0].Memory.Count * vision.Width, cancellation);
        int[] chosen = GreedyCoreset.Choose(rows, width, vision.Patches, options.MostRows, cancellation);
        Vector2[] spots = [.. all.SelectMany(picture => picture.Spots ?? unturned)];
        IEnumerable<float[]> layers = itself.Memory.Select((_, layer) =>
            Channels.Pick([.. all.SelectMany(picture => picture.Memory[layer])], chosen, vision.Width));
        return new PictureFeatures([], [], [.. layers]) { Spots = [.. chosen.Select(row => spots[row])] };
    }

    /// <summary>All layers of a row, each of length 1, one after the other, (rows, layers · width): one choice for all layers.</summary>
    private float[] SideBySide(PictureFeatures[] pictures)
    {
        int layers = pictures[0].Memory.Count, width = vision.Width;
        var joined = new float[pictures.Sum(picture => picture.Memory[0].Length) * layers];
        int row = 0;
        foreach (PictureFeatures picture in pictures)
        {
            float[][] normalized = [.. picture.Memory.Select(rows => Channels.Normalize(rows, width))];
            for (int start = 0; start < picture.Memory[0].Length; start += width, row++)
            {
                for (int layer = 0; layer < layers; layer++)
                    normalized[layer].AsSpan(start, width).CopyTo(joined.AsSpan(((row * layers) + layer) * width));
            }
        }
        return joined;
    }
}
