using PromptAD.Backbones;

namespace PromptAD.Scoring;

/// <summary>The scores of one picture, each in [0, 1], and its maps over the patches, (patches), row-major.</summary>
internal sealed record PictureScores(float Image, float Textual, float Visual, float[] TextualMap, float[] VisualMap)
{
    /// <summary>The fused map over the patches, before upsampling.</summary>
    public float[] FusedMap() => ScoreMaps.Fuse(TextualMap, VisualMap);
}

/// <summary>Reads scores and maps from the encoder's features (section 4 of the method).</summary>
/// <param name="image">Prototypes of the image level, for the text score.</param>
/// <param name="pixel">Prototypes of the pixel level, for the text map.</param>
/// <param name="memory">Patches of the good pictures.</param>
/// <param name="scale">s, the temperature (mark Q3).</param>
/// <param name="options">The map's size and smoothing.</param>
internal sealed class PictureScorer(Prototypes image, Prototypes pixel, MemoryBank memory, float scale, ScoringOptions options)
{
    /// <summary>Scores one picture's features.</summary>
    /// <exception cref="PromptADException">The features hold a value that is not a number.</exception>
    public PictureScores Score(VisionFeatures features)
    {
        int channels = image.Normal.Length;
        float textual = image.Score(Channels.Normalize(features.Cls, channels), scale)[0];
        float[] textualMap = pixel.Score(Channels.Normalize(features.Tokens, channels), scale);
        float[] visualMap = memory.VisualMap(
            [.. memory.Layers.Select((_, layer) => Channels.Normalize(features.Memory(layer), memory.Width))]);
        // The largest value of the map as it is upsampled, not smoothed.
        float visual = ScoreMaps.Upsample(visualMap, Grid(visualMap), options.MapSize).Max();
        return new PictureScores(ScoreMaps.Fuse(textual, visual), textual, visual, textualMap, visualMap);
    }

    /// <summary>The picture's anomaly map: fused, upsampled and smoothed, (size, size).</summary>
    public float[] Map(PictureScores scores) => Map(scores.FusedMap());

    /// <summary>
    /// The highest map value that good pictures reach, judged by the good pictures themselves: each patch is compared with all others. A
    /// scale for heat maps, not a threshold.
    /// </summary>
    /// <param name="tokens">The good pictures' normalised patch tokens, (images, patches, E).</param>
    /// <param name="images">k.</param>
    public float GoodPeak(float[] tokens, int images)
    {
        float[] fused = ScoreMaps.Fuse(pixel.Score(tokens, scale), memory.OwnMap()); // (images, patches)
        return fused.Chunk(fused.Length / images).Max(map => Map(map).Max());
    }

    private float[] Map(float[] fused)
    {
        float[] map = ScoreMaps.Upsample(fused, Grid(fused), options.MapSize);
        ScoreMaps.Smooth(map, options.MapSize, options.SmoothingSigma);
        return map;
    }

    private static int Grid(float[] map) => (int)Math.Round(Math.Sqrt(map.Length));
}
