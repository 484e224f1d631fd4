using System.Numerics.Tensors;
using PromptAD.Encoders;
using PromptAD.Memory;
using PromptAD.Words;

namespace PromptAD.Scoring;

/// <summary>
/// The scores of one picture and its maps over the patches, (patches), row-major; null where words or memory are missing.
/// </summary>
/// <param name="Image">The picture's score, in [0, 1].</param>
/// <param name="Textual">S_t, in [0, 1].</param>
/// <param name="Visual">What the visual map says of the whole picture, in [0, 1].</param>
/// <param name="TextualMap">M_t, in [0, 1].</param>
/// <param name="VisualMap">M_v, in [0, 1].</param>
/// <param name="FusedMap">Both; in [0, 1], or in deviations with <see cref="ScoreFusion.CommonScale"/>.</param>
public sealed record PictureScores(
    float Image, float? Textual, float? Visual, float[]? TextualMap, float[]? VisualMap, float[] FusedMap);

/// <summary>Reads scores and maps from a picture's features (section 4 of the method), by words, by memory, or by both.</summary>
public sealed class PictureScorer
{
    internal const float Wide = 6; // deviations above good pictures' mean that score 0.75

    private readonly PatchGrid grid;
    private readonly Prototypes? image, pixel;
    private readonly float temperature;
    private readonly ScoringOptions options;
    private readonly ScoreScale? scale;
    private readonly InspectedPatches? inspected;
    private readonly float textWeight;
    private readonly bool hasClassToken;
    private readonly Lazy<MapStretch> stretch, peaks;

    /// <param name="grid">Where the patches lie.</param>
    /// <param name="image">Prototypes of the image level, for the text score; null without words.</param>
    /// <param name="pixel">Prototypes of the pixel level, for the text map; null without words.</param>
    /// <param name="temperature">s (mark Q3).</param>
    /// <param name="options">How to read and to fuse.</param>
    /// <param name="scale">What good pictures score; needed by <see cref="ScoreFusion.CommonScale"/> only.</param>
    public PictureScorer(
        PatchGrid grid, Prototypes? image, Prototypes? pixel, float temperature, ScoringOptions options, ScoreScale? scale)
        : this(grid, image, pixel, temperature, options, scale, inspected: null)
    {
    }

    /// <param name="grid">Where the patches lie.</param>
    /// <param name="image">Prototypes of the image level, for the text score; null without words.</param>
    /// <param name="pixel">Prototypes of the pixel level, for the text map; null without words.</param>
    /// <param name="temperature">s (mark Q3).</param>
    /// <param name="options">How to read and to fuse.</param>
    /// <param name="scale">What good pictures score; needed by <see cref="ScoreFusion.CommonScale"/> only.</param>
    /// <param name="inspected">The patches that count; null for all.</param>
    internal PictureScorer(
        PatchGrid grid,
        Prototypes? image,
        Prototypes? pixel,
        float temperature,
        ScoringOptions options,
        ScoreScale? scale,
        InspectedPatches? inspected)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.Fusion == ScoreFusion.CommonScale && scale is null) throw new ArgumentNullException(nameof(scale));
        stretch = new Lazy<MapStretch>(() => new MapStretch(grid, options.MapSize, options.SmoothingSigma));
        peaks = new Lazy<MapStretch>(() => MapStretch.ForPeaks(grid, options.MapSize));
        this.grid = grid;
        this.image = image;
        this.pixel = pixel;
        this.temperature = temperature;
        this.options = options;
        this.inspected = inspected;
        textWeight = options.TextWeight ?? ScoringDefaults.Published.TextWeight;
        hasClassToken = options.ClassToken ?? ScoringDefaults.Published.ClassToken;
        this.scale = options.Fusion == ScoreFusion.CommonScale ? scale : null;
    }

    /// <summary>Whether scores are deviations from what good patches are on average, which then score 0.5.</summary>
    internal bool IsOnCommonScale => scale is not null;

    /// <summary>Scores one picture.</summary>
    /// <param name="features">The picture.</param>
    /// <param name="visualMap">Its distances to the memory bank, (patches); null without memory.</param>
    public PictureScores Score(PictureFeatures features, float[]? visualMap)
    {
        float? picture = image?.Logits(features.Cls, temperature)[0];
        float[]? patches = Cover(pixel?.Logits(features.Tokens, temperature));
        visualMap = Cover(visualMap);
        float? textual = picture is { } logit ? Prototypes.Probability(logit) : null, visual = visualMap is null ? null : Read(visualMap);
        float[] fused = Fuse(patches, visualMap);
        float score = scale is null
            ? ScoreMaps.FuseKnown(textual, visual) ?? throw Nothing()
            : Squash(Deviations(picture, visualMap, fused));
        return new PictureScores(score, textual, visual, ToScores(patches), visualMap, fused);
    }

    /// <summary>A picture's score on the common scale in deviations, which no function has brought to 0 to 1 yet.</summary>
    /// <param name="features">The picture; its memory is not looked at.</param>
    /// <param name="visualMap">Its distances to the memory bank, (patches).</param>
    internal float Deviations(PictureFeatures features, float[] visualMap)
    {
        float[]? covered = Cover(visualMap);
        float[] fused = Fuse(Cover(pixel?.Logits(features.Tokens, temperature)), covered);
        return Deviations(image?.Logits(features.Cls, temperature)[0], covered, fused);
    }

    /// <summary>The same of a changed copy, of whose change the words believe a part.</summary>
    /// <param name="features">The copy.</param>
    /// <param name="visualMap">Its distances to the memory bank, (patches).</param>
    /// <param name="original">The picture that it was made of.</param>
    /// <param name="trust">The part, 0 to 1.</param>
    internal float Deviations(PictureFeatures features, float[] visualMap, PictureFeatures original, float trust)
    {
        float[]? covered = Cover(visualMap);
        float[]? patches = Believed(pixel, features.Tokens, original.Tokens, trust);
        return Deviations(Believed(image, features.Cls, original.Cls, trust)?[0], covered, Fuse(Cover(patches), covered));
    }

    private float[]? Believed(Prototypes? words, float[] copy, float[] original, float trust)
    {
        if (words is null) return null;
        float[] logits = words.Logits(copy, temperature);
        if (trust < 1) TensorPrimitives.Lerp(words.Logits(original, temperature), logits, trust, logits);
        return logits;
    }

    private float Deviations(float? picture, float[]? visualMap, float[] fused) =>
        Read(fused) + (picture is { } known && hasClassToken ? TextWeight(visualMap) * scale!.Picture.Standardize(known) : 0);

    /// <summary>The picture's anomaly map: fused, upsampled and smoothed, (size, size), values in [0, 1].</summary>
    /// <param name="scores">What <see cref="Score"/> says of it.</param>
    public float[] Map(PictureScores scores) => Map(scores.FusedMap);

    /// <summary>
    /// The highest map value that good pictures reach, judged by the good pictures themselves: each patch is compared with all others. A
    /// scale for heat maps, not a threshold.
    /// </summary>
    /// <param name="tokens">
    /// The good pictures' normalised patch tokens, (images, inspected patches, E); not looked at without words.
    /// </param>
    /// <param name="images">k.</param>
    /// <param name="memory">Their memory bank.</param>
    /// <param name="cancellation">Stops the comparison.</param>
    internal float GoodPeak(float[] tokens, int images, MemoryBank memory, CancellationToken cancellation = default)
    {
        float[]? logits = pixel?.Logits(tokens, temperature); // (images, patches)
        int patches = inspected?.Places.Length ?? grid.Side * grid.Side;
        float[] fused = Fuse(logits, memory.OwnMap(images * patches, cancellation));
        return fused.Chunk(fused.Length / images).Max(map =>
        {
            cancellation.ThrowIfCancellationRequested();
            return Map(inspected?.Fill(map) ?? map).Max();
        });
    }

    /// <summary>What good pictures score, read from the good pictures in other places and lights.</summary>
    /// <param name="image">Prototypes of the image level; null without words.</param>
    /// <param name="pixel">Prototypes of the pixel level; null without words.</param>
    /// <param name="memory">The memory bank; null without memory.</param>
    /// <param name="temperature">s.</param>
    /// <param name="varied">The good pictures as <see cref="Imaging.GoodVariation"/> has changed them; at least one.</param>
    /// <param name="cancellation">Stops within a picture.</param>
    public static ScoreScale ScaleOf(
        Prototypes? image,
        Prototypes? pixel,
        MemoryBank? memory,
        float temperature,
        IReadOnlyCollection<PictureFeatures> varied,
        CancellationToken cancellation = default) =>
        ScaleOf(image, pixel, temperature, varied.Select(picture => (picture, memory)), cancellation);

    /// <summary>The same where each picture has a memory bank of its own, as tiles have; the pictures are asked for once.</summary>
    internal static ScoreScale ScaleOf(
        Prototypes? image,
        Prototypes? pixel,
        float temperature,
        IEnumerable<(PictureFeatures Picture, MemoryBank? Memory)> varied,
        CancellationToken cancellation = default)
    {
        List<float> pictures = [], patches = [], distances = [];
        foreach ((PictureFeatures picture, MemoryBank? memory) in varied)
        {
            pictures.AddRange(image?.Logits(picture.Cls, temperature) ?? []);
            patches.AddRange(pixel?.Logits(picture.Tokens, temperature) ?? []);
            distances.AddRange(memory?.VisualMap(picture.Memory, cancellation) ?? []);
            cancellation.ThrowIfCancellationRequested();
        }
        static MeanAndDeviation SpreadOf(List<float> values) => MeanAndDeviation.Of(values.Count > 0 ? values : [0]);
        return new ScoreScale(SpreadOf(pictures), SpreadOf(patches), SpreadOf(distances));
    }

    /// <summary>Lowers the patches that are not inspected to the lowest of the others.</summary>
    private float[]? Cover(float[]? map) => map is null || inspected is null ? map : inspected.Fill(inspected.Select(map));

    /// <summary>Words and memory of each patch, (patches): fused harmonically, or the sum of their deviations.</summary>
    private float[] Fuse(float[]? logits, float[]? distances)
    {
        var fused = new float[(logits ?? distances ?? throw Nothing()).Length];
        for (int i = 0; i < fused.Length; i++)
        {
            fused[i] = scale is null
                ? ScoreMaps.FuseKnown(logits is null ? null : Prototypes.Probability(logits[i]), distances?[i])!.Value
                : (logits is null ? 0 : TextWeight(distances) * scale.Text.Standardize(logits[i]))
                    + (distances is null ? 0 : scale.Memory.Standardize(distances[i]));
        }
        return fused;
    }

    /// <summary>What the words weigh beside the memory; alone they are all there is.</summary>
    private float TextWeight(float[]? distances) => distances is null ? 1 : textWeight;

    private static float[]? ToScores(float[]? logits) => logits is null ? null : [.. logits.Select(Prototypes.Probability)];

    private float Read(float[] patches)
    {
        if (options.TopPatches == 0) return peaks.Value.Peak(patches);
        float[] ordered = [.. patches];
        Array.Sort(ordered);
        int count = Math.Min(options.TopPatches, inspected?.Places.Length ?? ordered.Length);
        ReadOnlySpan<float> top = ordered.AsSpan(ordered.Length - count);
        return TensorPrimitives.Sum(top) / top.Length;
    }

    private float[] Map(float[] fused)
    {
        float[] map = stretch.Value.Apply(fused);
        for (int i = 0; scale is not null && i < map.Length; i++) map[i] = Squash(map[i]);
        inspected?.Clear(map);
        return map;
    }

    // Rises everywhere and slowly, so that large deviations stay apart as floats.
    private static float Squash(float deviations) => 0.5f + (MathF.Atan(deviations / Wide) / MathF.PI);

    private static ArgumentException Nothing() => new("A picture is judged by prompts, by a memory, or by both.");
}
