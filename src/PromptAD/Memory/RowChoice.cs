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
        IReadOnlyList<int> widths = encoder.Widths;
        float[][] layers = [.. widths.Select((_, layer) => versions.SelectMany(version => version.Memory[layer]).ToArray())];
        float[][] directions = [.. layers.Select((rows, layer) => Channels.Normalize(rows, widths[layer]))]; // one choice for all layers
        int[] chosen = GreedyCoreset.Choose(directions, widths, _ => 1, kept, most, cancellation);
        Vector2[] all = [.. versions.SelectMany(version => version.Spots ?? spots)];
        return new PictureFeatures([], [], Channels.Pick(layers, chosen, widths)) { Spots = [.. chosen.Select(row => all[row])] };
    }
}
