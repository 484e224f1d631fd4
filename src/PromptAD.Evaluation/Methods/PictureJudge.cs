using PromptAD.Scoring;

namespace PromptAD.Evaluation.Methods;

/// <summary>Scores and maps of section 4 of the method, where either the words or the memory may be missing.</summary>
/// <param name="temperature">s.</param>
/// <param name="scoring">The map's size and smoothing.</param>
internal sealed class PictureJudge(float temperature, ScoringOptions scoring)
{
    /// <summary>The picture's score: words, memory, or both fused harmonically.</summary>
    /// <param name="image">Prototypes of the image level; null without words.</param>
    /// <param name="cls">The picture's global feature, (E).</param>
    /// <param name="visualMap">The visual map over the patches; null without memory.</param>
    public (float Score, float? Text, float? Visual) Score(Prototypes? image, float[] cls, float[]? visualMap)
    {
        float? text = image?.Score(cls, temperature)[0];
        float? visual = visualMap is null ? null : ScoreMaps.Upsample(visualMap, Grid(visualMap), scoring.MapSize).Max();
        float score = (text, visual) switch
        {
            ({ } t, { } v) => ScoreMaps.Fuse(t, v),
            _ => text ?? visual ?? throw new ArgumentException("A picture is judged by prompts, by a memory, or by both."),
        };
        return (score, text, visual);
    }

    /// <summary>The picture's map, upsampled and smoothed, (size · size).</summary>
    /// <param name="pixel">Prototypes of the pixel level; null without words.</param>
    /// <param name="tokens">The picture's patch tokens, (patches, E).</param>
    /// <param name="visualMap">The visual map over the patches; null without memory.</param>
    public float[] Map(Prototypes? pixel, float[] tokens, float[]? visualMap)
    {
        float[]? textMap = pixel?.Score(tokens, temperature);
        float[] patches = (textMap, visualMap) switch
        {
            ({ } t, { } v) => ScoreMaps.Fuse(t, v),
            _ => textMap ?? visualMap ?? throw new ArgumentException("A picture is judged by prompts, by a memory, or by both."),
        };
        float[] map = ScoreMaps.Upsample(patches, Grid(patches), scoring.MapSize);
        ScoreMaps.Smooth(map, scoring.MapSize, scoring.SmoothingSigma);
        return map;
    }

    private static int Grid(float[] map) => (int)Math.Round(Math.Sqrt(map.Length));
}
