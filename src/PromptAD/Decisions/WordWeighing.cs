using PromptAD.Encoders;
using PromptAD.Imaging;
using PromptAD.Memory;
using PromptAD.Scoring;
using PromptAD.Words;

namespace PromptAD.Decisions;

/// <summary>
/// Finds how much words count beside the memory of one product, from its good pictures alone. Other moments of them are judged, and copies
/// of those with painted defects, against a memory without the picture where there are others. With d what a defect adds to a score and σ
/// the deviation of good scores, a weight is as good as the mean of Φ(d/σ) over the copies: the part of good pictures that a copy would
/// score above if they were spread so. Few pictures say little of how good parts differ, so words start with a handicap, which is the
/// smaller the more pictures there are. The best weight is taken.
/// </summary>
/// <remarks>
/// Of one picture, σ knows nothing of how good parts differ, which flatters the memory. Of several it does, and what flatters the words is
/// left: they may have learned from painted defects. <see cref="Trust"/> is for that.
/// </remarks>
public sealed class WordWeighing
{
    /// <summary>The weights that are tried.</summary>
    public static IReadOnlyList<float> Weights { get; } = [0, 0.1f, 0.25f, 0.5f, 1, 2];

    private const int Moments = 12, CopiesOfEach = 4;
    private const double SmallestDeviation = 1e-6;
    private const double WordHandicap = 0.02, TokenHandicap = 0.01; // of a single picture: for a weight of 1, and for the class token
    private readonly IDefectPainter painter;
    private readonly WordPrototypes words;
    private readonly float temperature;
    private readonly ScoringOptions scoring;
    private readonly PatchGrid grid;
    private readonly InspectedPatches? inspected;

    /// <param name="painter">Paints the defects.</param>
    /// <param name="words">The learned words.</param>
    /// <param name="temperature">s (mark Q3).</param>
    /// <param name="scoring">
    /// How scores are read, on a common scale; the weight of the words is looked for, and whether the class token counts where that is
    /// null.
    /// </param>
    /// <param name="grid">Where the patches lie.</param>
    public WordWeighing(IDefectPainter painter, WordPrototypes words, float temperature, ScoringOptions scoring, PatchGrid grid)
        : this(painter, words, temperature, scoring, grid, inspected: null)
    {
    }

    internal WordWeighing(
        IDefectPainter painter,
        WordPrototypes words,
        float temperature,
        ScoringOptions scoring,
        PatchGrid grid,
        InspectedPatches? inspected)
    {
        ArgumentNullException.ThrowIfNull(painter);
        ArgumentNullException.ThrowIfNull(words);
        ArgumentNullException.ThrowIfNull(scoring);
        (this.painter, this.words, this.temperature) = (painter, words, temperature);
        (this.scoring, this.grid, this.inspected) = (scoring, grid, inspected);
    }

    /// <summary>
    /// Of several pictures, the part of what a defect changes in the words' answers that is believed, 0 to 1, as
    /// <see cref="Backbone.WordTrust"/>.
    /// </summary>
    /// <value>1 by default.</value>
    public float Trust { get; init; } = 1;

    /// <summary>Whether words can be weighed for these options: they are on a common scale and nobody has chosen a weight.</summary>
    public static bool Applies(ScoringOptions scoring)
    {
        ArgumentNullException.ThrowIfNull(scoring);
        return scoring is { Fusion: ScoreFusion.CommonScale, TextWeight: null };
    }

    /// <summary>Finds the weights.</summary>
    /// <param name="regions">The memory of each region.</param>
    /// <param name="scale">What good pictures score.</param>
    /// <param name="cancellation">Stops within an encoding.</param>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public WordWeights Find(IReadOnlyList<RegionMemory> regions, ScoreScale scale, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(regions);
        ArgumentNullException.ThrowIfNull(scale);
        // Of masked pictures, variations have the inspected patches alone, and the moments have to do.
        Judged[] varied = inspected is null ? [.. regions.SelectMany(region => Varied(region, cancellation))] : [];
        Moment[] moments = [.. Enumerable.Range(0, Moments).Select(number => Judge(regions[number % regions.Count], number, cancellation))];
        int pictures = regions[0].Pictures.Count;
        float trust = pictures > 1 ? Trust : 1;
        bool[] tokens = scoring.ClassToken is { } chosen ? [chosen] : [false, true];
        (float Weight, bool Token, double Told)[] tried =
        [
            .. from weight in Weights
               from token in weight == 0 ? tokens[..1] : tokens
               select (weight, token, ToldApart(weight, token, scale, moments, varied, trust)),
        ];
        (float best, bool counts, double told) = tried.MaxBy( // the first of equals, which is the lightest
            one => one.Told - (((WordHandicap * one.Weight) + (one.Token && one.Weight > 0 ? TokenHandicap : 0)) / pictures));
        return new WordWeights(best, counts, Moments * CopiesOfEach, told, tried[0].Told);
    }

    /// <summary>The mean of Φ(d/σ) over the copies.</summary>
    private double ToldApart(float weight, bool token, ScoreScale scale, Moment[] moments, Judged[] varied, float trust)
    {
        var scorer = new PictureScorer(
            grid, words.Image, words.Pixel, temperature, scoring with { TextWeight = weight, ClassToken = token }, scale, inspected);
        double Of(Judged judged) => scorer.Deviations(judged.Picture, judged.Map);
        double OfCopy(Judged copy, Judged good) => scorer.Deviations(copy.Picture, copy.Map, good.Picture, trust);
        double[] good = [.. moments.Select(moment => Of(moment.Good))];
        double[] all = [.. good, .. varied.Select(Of)];
        double mean = all.Average(), deviation = Math.Sqrt(all.Average(score => (score - mean) * (score - mean)));
        return moments.Zip(good).SelectMany(pair => pair.First.Copies.Select(copy => OfCopy(copy, pair.First.Good) - pair.Second))
            .Average(added => Normal(added / Math.Max(deviation, SmallestDeviation)));
    }

    /// <summary>Φ(x), the normal distribution, to 2e-4 (Page 1977).</summary>
    private static double Normal(double x) => 1 / (1 + Math.Exp(-2 * Math.Sqrt(2 / Math.PI) * x * (1 + (0.044715 * x * x))));

    private static IEnumerable<Judged> Varied(RegionMemory region, CancellationToken cancellation) =>
        region.Varied(cancellation).Select(one => new Judged(one.Picture, one.Memory!.VisualMap(one.Picture.Memory, cancellation)));

    private Moment Judge(RegionMemory region, int number, CancellationToken cancellation)
    {
        int source = number / Math.Max(1, Moments / Math.Min(Moments, region.Pictures.Count)) % region.Pictures.Count;
        SpoiltPicture spoilt = region.Pictures[source].Spoilt(
            number, painter, number * CopiesOfEach, CopiesOfEach, cancellation);
        PictureFeatures[] pictures = [spoilt.Good, .. spoilt.Copies];
        float[][] maps = region.Pictures.Count > 1
            ? LeftOut(region, source, pictures, cancellation)
            : [.. pictures.Select(picture => region.Bank.VisualMap(picture.Memory, cancellation))];
        Judged[] judged = [.. pictures.Zip(maps, (picture, map) => new Judged(picture with { Memory = [] }, map))];
        return new Moment(judged[0], judged[1..]);
    }

    private float[][] LeftOut(RegionMemory region, int source, PictureFeatures[] pictures, CancellationToken cancellation)
    {
        var plain = new PictureScorer(
            grid, image: null, pixel: null, temperature, scoring with { Fusion = ScoreFusion.Harmonic }, scale: null);
        ILeftOutScores leftOut = LeftOutRegion.Of(region, inspected, cancellation).Scores;
        return [.. leftOut.Judge(source, pictures, plain, region.Bank, cancellation).Select(found => found.VisualMap!)];
    }

    /// <summary>A picture and how far its patches are from the memory, (patches).</summary>
    private readonly record struct Judged(PictureFeatures Picture, float[] Map);

    /// <summary>A good picture and the copies of it.</summary>
    private readonly record struct Moment(Judged Good, Judged[] Copies);
}
