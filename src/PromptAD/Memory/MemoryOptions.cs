namespace PromptAD.Memory;

/// <summary>How good pictures are remembered.</summary>
/// <param name="Scoring">Whitening, shifts and fusion, with what was left to the backbone filled in.</param>
public sealed record MemoryOptions(ScoringOptions Scoring)
{
    /// <summary>Nothing but the pictures themselves.</summary>
    public static MemoryOptions ItselfAlone { get; } = new(new ScoringOptions().For(ScoringDefaults.Published));

    /// <summary>What is remembered of good patches.</summary>
    /// <value><see cref="MemoryKind.Bank"/> by default.</value>
    public MemoryKind Kind { get; init; }

    /// <summary>The part of the good patches' variance that a subspace explains.</summary>
    /// <value>Above 0, below 1; 0.99 by default.</value>
    public double ExplainedVariance { get; init; } = MemoryTrainingOptions.UsualExplainedVariance;

    /// <summary>The poses that are remembered; null for the pictures as they are.</summary>
    public PoseOptions? Poses { get; init; }

    /// <summary>The patches that are remembered; null for all. Not with tiles or poses.</summary>
    internal InspectedPatches? Inspected { get; init; }

    /// <summary>
    /// How pictures are cut into regions, each with a memory of its own; null for one region, the picture. Not with poses.
    /// </summary>
    public Tiling? Tiles { get; init; }

    /// <summary>The order of channels in which pictures to be judged are read (mark Q6).</summary>
    /// <value>Red, green, blue by default.</value>
    public ChannelOrder QueryChannels { get; init; } = ChannelOrder.Rgb;

    /// <summary>How many of the first pictures are judged, too, for limits.</summary>
    /// <value>0 by default: none is.</value>
    public int JudgedPictures { get; init; }

    /// <summary>
    /// Whether the pictures that scale and limits need are encoded when a picture is added, and kept. Otherwise they are encoded when they
    /// are asked for, each time, and any number of pictures can be added.
    /// </summary>
    /// <value>false by default.</value>
    public bool KeepsVariations { get; init; }

    /// <summary>Up to so many pictures are remembered whole, with all that is made of them.</summary>
    public const int CompletePictures = 4;

    /// <summary>Of each further picture, so many times its own rows are remembered at most, before the bound of all.</summary>
    public const int VersionsOfLater = 2;

    /// <summary>So many of the first pictures are varied, for whitening, scale and limits; more say little more.</summary>
    public const int StudiedPictures = 16;

    /// <summary>The most rows of a region's memory bank where there are more pictures than <see cref="CompletePictures"/>.</summary>
    public int MostRows { get; init; } = MemoryTrainingOptions.UsualMemoryRows;

    /// <summary>How many regions a picture has.</summary>
    internal int Regions => Tiles?.Count ?? 1;

    /// <summary>Whether the memory is whitened, which takes gentle variations of each picture.</summary>
    internal bool IsWhitened => Scoring.WhitenMemory == true;

    /// <summary>Whether gentle variations are remembered beside the picture: of many tiles they would be too many.</summary>
    internal bool RemembersGentle => IsWhitened && Tiles is null;

    /// <summary>
    /// Whether gentle variations of later pictures are, too, of which a bank chooses rows: a subspace learns more of a further picture.
    /// </summary>
    internal bool RemembersGentleOfLater => RemembersGentle && Kind == MemoryKind.Bank;

    /// <summary>Whether pictures in other places and lights are needed, for the common scale.</summary>
    internal bool NeedsVaried => Scoring.Fusion == ScoreFusion.CommonScale;
}
