using PromptAD.Validation;

namespace PromptAD;

/// <summary>How scores and maps are read from the features.</summary>
public sealed record ScoringOptions
{
    /// <summary>The most that <see cref="TextWeight"/> may be.</summary>
    public const float LargestTextWeight = 100;

    /// <summary>The most that <see cref="MemoryShifts"/> may be.</summary>
    public const int MostMemoryShifts = 8;

    /// <summary>The most that <see cref="TopPatches"/> may be.</summary>
    public const int MostTopPatches = 10_000;

    /// <summary>Side of the square anomaly map in pixels.</summary>
    /// <value>1 to 4096; 400 by default, as published.</value>
    public int MapSize { get; init; } = 400;

    /// <summary>Deviation of the Gaussian that smooths the map, in map pixels. 0 switches smoothing off.</summary>
    /// <value>0 to 100; 4 by default, as published.</value>
    public float SmoothingSigma { get; init; } = 4;

    /// <summary>How the checkpoint's temperature enters the softmax, in training and in scoring (mark Q3).</summary>
    /// <value><see cref="LogitScaleUse.AsStored"/> by default, as published.</value>
    public LogitScaleUse LogitScale { get; init; } = LogitScaleUse.AsStored;

    /// <summary>How words and memory become one score.</summary>
    /// <value><see cref="ScoreFusion.Harmonic"/> by default, as published.</value>
    public ScoreFusion Fusion { get; init; } = ScoreFusion.Harmonic;

    /// <summary>
    /// How many of the most anomalous patches make a picture's score: the mean of so many raw patches, or, with 0, the highest value of the
    /// upsampled map.
    /// </summary>
    /// <value>0 to 10 000; 0 by default, as published. All patches where the map has fewer.</value>
    public int TopPatches { get; init; }

    /// <summary>
    /// Whether the class token counts in the picture's score, as published, or patches alone. On a common scale only.
    /// </summary>
    /// <value>
    /// null by default: found for each product together with <see cref="TextWeight"/>, else as the backbone's configuration recommends,
    /// true where it says nothing.
    /// </value>
    public bool? ClassToken { get; init; }

    /// <summary>The weight of the words beside the memory. On a common scale only.</summary>
    /// <value>
    /// 0 to 100; null by default. Then training of words finds it for each product, from copies of the good pictures with painted defects
    /// (<see cref="Decisions.WordWeighing"/>); without words, or where nothing paints, it is what the backbone's configuration recommends,
    /// 1 where it says nothing.
    /// </value>
    public float? TextWeight { get; init; }

    /// <summary>
    /// Whether the memory's channels are decorrelated by the good pictures' own covariance before patches are compared, so that what varies
    /// among good patches counts little. Otherwise they are compared as published.
    /// </summary>
    /// <value>null by default: as the backbone's configuration recommends, false where it says nothing.</value>
    public bool? WhitenMemory { get; init; }

    /// <summary>
    /// Steps along a side of a patch at which the good pictures are remembered, so that a good part may lie between the patches' borders
    /// elsewhere: n·n times the memory, and so many pictures to encode in training. 1 remembers them as they are, as published.
    /// </summary>
    /// <value>1 to 8; null by default: as the backbone's configuration recommends, 1 where it says nothing.</value>
    public int? MemoryShifts { get; init; }

    /// <summary>Whether words have a part in scores and maps; of options that <see cref="For(Backbone)"/> has filled in.</summary>
    public bool CountsWords() => Fusion != ScoreFusion.CommonScale || TextWeight != 0;

    /// <summary>These options with what was left to the backbone filled in: nothing in them is null.</summary>
    /// <param name="backbone">The backbone whose features are read.</param>
    public ScoringOptions For(Backbone backbone)
    {
        ArgumentNullException.ThrowIfNull(backbone);
        return For(backbone.ScoringDefaults);
    }

    /// <summary>The same with what a backbone's configuration recommends.</summary>
    internal ScoringOptions For(ScoringDefaults reading) => this with
    {
        ClassToken = ClassToken ?? reading.ClassToken,
        TextWeight = TextWeight ?? reading.TextWeight,
        WhitenMemory = WhitenMemory ?? reading.WhitenMemory,
        MemoryShifts = MemoryShifts ?? reading.MemoryShifts,
    };

    /// <summary>Refuses options that cannot be used.</summary>
    /// <exception cref="PromptADException">A value is out of its range.</exception>
    public void Validate()
    {
        Check.Range(MapSize, 1, 4096, nameof(MapSize));
        Check.Range(SmoothingSigma, 0, 100, nameof(SmoothingSigma));
        Check.Known(LogitScale, nameof(LogitScale));
        Check.Known(Fusion, nameof(Fusion));
        Check.Range(TopPatches, 0, MostTopPatches, nameof(TopPatches));
        Check.Range(TextWeight ?? 1, 0, LargestTextWeight, nameof(TextWeight));
        Check.Range(MemoryShifts ?? 1, 1, MostMemoryShifts, nameof(MemoryShifts));
    }
}

/// <summary>Mark Q3: what s in s·[z·w_n, z·w_a] is.</summary>
public enum LogitScaleUse
{
    /// <summary>
    /// The checkpoint's <c>logit_scale</c> parameter as stored, about 4.6: what the published program does. Scores stay away from 0 and 1.
    /// </summary>
    AsStored,

    /// <summary>
    /// Its exponential, about 100: what CLIP was trained with. Scores are close to a step. CLIP bounds it by 100; a parameter above ln
    /// 100 is no logarithm and is used as stored.
    /// </summary>
    Exponential,
}

/// <summary>How words and memory become one score.</summary>
public enum ScoreFusion
{
    /// <summary>
    /// 1/(1/text + 1/visual), as published. The smaller of the two rules, which most often is the distance to the memory.
    /// </summary>
    Harmonic,

    /// <summary>
    /// The sum of both, each counted in deviations from what the good pictures themselves score in other places and lights; then brought to
    /// 0 to 1. Both count alike, whatever their range.
    /// </summary>
    CommonScale,
}
