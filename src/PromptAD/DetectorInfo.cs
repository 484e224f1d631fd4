using PromptAD.Decisions;
using PromptAD.Detectors;

namespace PromptAD;

/// <summary>What a detector is and how it was made.</summary>
/// <param name="ObjectName">What the product is called in the prompts.</param>
/// <param name="States">The anomaly states, {} for the object.</param>
/// <param name="Shots">k, the number of good pictures it learned from.</param>
/// <param name="Seed">The seed of the contexts' first values.</param>
/// <param name="BackboneId">The backbone's name in the store it was trained with; that of the words where there are two.</param>
/// <param name="BackboneHash">SHA-256 over the backbone's configuration, vocabulary and weights.</param>
/// <param name="HasGeneratedBackbone">True when a backbone's weights were made by rule; then the scores mean nothing.</param>
/// <param name="Preprocessing">How pictures become input.</param>
/// <param name="Scoring">How scores and maps are read.</param>
/// <param name="GoodPeak">
/// The highest map value of the good pictures, each patch compared with all others, 0 to 1: what heat maps are scaled by.
/// </param>
/// <param name="Created">When it was trained.</param>
public sealed record DetectorInfo(
    string ObjectName,
    IReadOnlyList<string> States,
    int Shots,
    int Seed,
    string BackboneId,
    string BackboneHash,
    bool HasGeneratedBackbone,
    PreprocessingOptions Preprocessing,
    ScoringOptions Scoring,
    float GoodPeak,
    DateTimeOffset Created)
{
    /// <summary>The backbone of the memory where that is not the one of the words; else null.</summary>
    public EncoderReference? MemoryBackbone { get; init; }

    /// <summary>What its memory holds of good patches; says nothing where it has none.</summary>
    public MemoryKind Memory { get; init; }

    /// <summary>How the words were weighed beside the memory; null where nothing but an option or the backbone says it.</summary>
    public WordWeights? WordWeights { get; init; }

    /// <summary>Which places of pictures are inspected; null for all.</summary>
    public PictureMask? Mask { get; init; }

    /// <summary>How pictures are cut into tiles; null where they are judged as a whole.</summary>
    public Tiling? Tiles { get; init; }

    /// <summary>The views of good pictures that the memory has, as training noted them; null where it has none but the pictures.</summary>
    public PoseOptions? Poses { get; init; }

    /// <summary>The limits of verdicts; null where the detector was never calibrated.</summary>
    public Limits? Limits { get; init; }

    /// <summary>Reads what a detector file says of itself, without its backbone.</summary>
    /// <exception cref="PromptADException">The file is missing, damaged, no detector, or newer than this library.</exception>
    public static DetectorInfo Read(string path) => Detector.Load(path).Info;

    internal static DetectorInfo From(DetectorMetadata metadata) =>
        new(
            metadata.ObjectName, metadata.States, metadata.Shots, metadata.Seed, metadata.BackboneId, metadata.BackboneHash,
            metadata.GeneratedBackbone, metadata.Preprocessing, metadata.Scoring, metadata.GoodPeak, metadata.Created)
        {
            MemoryBackbone = metadata.MemoryBackbone,
            Memory = metadata.Memory,
            WordWeights = metadata.WordWeights,
            Mask = metadata.Mask?.ToMask(),
            Tiles = metadata.Tiles,
            Poses = metadata.Poses,
            Limits = metadata.Limits,
        };
}
