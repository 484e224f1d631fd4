using System.Numerics;
using PromptAD.Encoders;

namespace PromptAD.Memory;

/// <summary>Which rows of a picture's versions are remembered beside the picture's own, where not all are: those that are farthest from all
/// chosen before.</summary>
internal static class RowChoice
{
    /// <summary>Chooses rows of a picture's versions.</summary>
    /// <param name="encoder">What has encoded them.</param>
    /// <param name="versions">
    /// The versions; the picture itself first, whose rows are kept in any case and not among the chosen ones.
    /// </param>
    /// <param name="spots">The places of patches in a version that notes none.</param>
    /// <param name="most">How many rows there may be, the picture's own included.</param>
    /// <param name="cancellation">Stops the choosing.</param>
    public static PictureFeatures Of(
        EncoderInfo encoder,
        IReadOnlyList<PictureFeatures> versions,
        IReadOnlyList<Vector2> spots,
        int most,
        CancellationToken cancellation = default)
    {
        int kept = versions[0].Memory[0].Length / encoder.Layers[0].Width;
        (float[] rows, int width) = GreedyCoreset.Shorten(SideBySide(encoder, versions), encoder.Widths.Sum(), cancellation);
        int[] chosen = GreedyCoreset.Choose(rows, width, kept, most, cancellation);
        Vector2[] all = [.. versions.SelectMany(version => version.Spots ?? spots)];
        IEnumerable<float[]> layers = versions[0].Memory.Select((_, layer) =>
            Channels.Pick([.. versions.SelectMany(version => version.Memory[layer])], chosen, encoder.Layers[layer].Width));
        return new PictureFeatures([], [], [.. layers]) { Spots = [.. chosen.Select(row => all[row])] };
    }

    /// <summary>All layers of a row, each of length 1, one after the other, (rows, sum of widths): one choice for all layers.</summary>
    private static float[] SideBySide(EncoderInfo encoder, IReadOnlyList<PictureFeatures> pictures)
    {
        int all = encoder.Widths.Sum(), row = 0;
        var joined = new float[pictures.Sum(picture => picture.Memory[0].Length / encoder.Layers[0].Width) * all];
        foreach (PictureFeatures picture in pictures)
        {
            int first = row, place = 0;
            foreach ((int layer, float[] rows) in picture.Memory.Index())
            {
                int width = encoder.Layers[layer].Width;
                float[] normalized = Channels.Normalize(rows, width);
                row = first;
                for (int start = 0; start < rows.Length; start += width, row++)
                    normalized.AsSpan(start, width).CopyTo(joined.AsSpan((row * all) + place));
                place += width;
            }
        }
        return joined;
    }
}
