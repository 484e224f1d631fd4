using System.Text.Json;
using System.Text.Json.Serialization;
using PromptAD.Decisions;
using PromptAD.Imaging;
using PromptAD.Scoring;
using PromptAD.Validation;

namespace PromptAD.Detectors;

/// <summary>The JSON in a detector file's header.</summary>
internal sealed record DetectorMetadata
{
    public const int CurrentFormat = PairFormat;

    /// <summary>The format that programs of all versions read.</summary>
    public const int FirstFormat = 1;

    /// <summary>The format of a detector with a mask, which earlier programs would ignore.</summary>
    public const int MaskFormat = 2;

    /// <summary>The format of a detector with tiles, of which earlier programs would read the first alone.</summary>
    public const int TileFormat = 3;

    /// <summary>The format of a detector of 16-bit pictures that use fewer bits, which earlier programs would read as dark.</summary>
    public const int BitsFormat = 4;

    /// <summary>The format of a detector without words or without a memory.</summary>
    public const int PartsFormat = 5;

    /// <summary>The format of a detector whose memory is a subspace.</summary>
    public const int SubspaceFormat = 6;

    /// <summary>The format of a detector whose memory comes from another backbone than its words.</summary>
    public const int PairFormat = 7;

    /// <summary>What <see cref="Parts"/> calls words and memory.</summary>
    public const string WordsPart = "words", MemoryPart = "memory";

    public required int Format { get; init; }

    /// <summary>The lowest format that can hold it.</summary>
    [JsonIgnore]
    public int LowestFormat => MemoryBackbone is not null ? PairFormat
        : Memory == MemoryKind.Subspace ? SubspaceFormat
        : Parts is not null ? PartsFormat
        : Preprocessing.SignificantBits is < SampleDepth.Most ? BitsFormat
        : Tiles is not null ? TileFormat
        : Mask is not null ? MaskFormat : FirstFormat;

    public required string BackboneId { get; init; }

    public required string BackboneHash { get; init; }

    /// <summary>The backbone of the memory where that is not the one of the words; else null. From format 7 on.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] // so that detectors without have the bytes they always had
    public EncoderReference? MemoryBackbone { get; init; }

    /// <summary>True when the backbone's weights were made by rule and know nothing of pictures.</summary>
    public required bool GeneratedBackbone { get; init; }

    public required string ObjectName { get; init; }

    public required IReadOnlyList<string> States { get; init; }

    public required int Shots { get; init; }

    public required int Seed { get; init; }

    /// <summary>s as it is used, after mark Q3.</summary>
    public required float Temperature { get; init; }

    /// <summary>The highest map value of the good pictures, each patch compared with all others: what heat maps are scaled by.</summary>
    public required float GoodPeak { get; init; }

    public required PreprocessingOptions Preprocessing { get; init; }

    public required ScoringOptions Scoring { get; init; }

    /// <summary>How the words were weighed; null where they were not, for the record.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] // so that detectors without have the bytes they always had
    public WordWeights? WordWeights { get; init; }

    /// <summary>Which parts it has; null for words and memory. From format 5 on.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<string>? Parts { get; init; }

    [JsonIgnore]
    public bool HasWords => Parts?.Contains(WordsPart) ?? true;

    [JsonIgnore]
    public bool HasMemory => Parts?.Contains(MemoryPart) ?? true;

    /// <summary>What its memory holds. From format 6 on.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] // so that detectors without have the bytes they always had
    public MemoryKind Memory { get; init; }

    /// <summary>
    /// SHA-256 of each picture learned from, as the encoder sees it: planes do not tell which pictures they know. Null for a bank.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<string>? Learned { get; init; }

    /// <summary>Where the scores of good patches lie; null where <see cref="Scoring"/> does not need it.</summary>
    [JsonPropertyName("calibration")] // the name that files have known it by from the first
    public ScoreScale? Scale { get; init; }

    /// <summary>Which places are inspected; null for all. From format 2 on.</summary>
    public MaskRecord? Mask { get; init; }

    /// <summary>How pictures are cut into tiles; null where they are judged as a whole. From format 3 on.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] // so that detectors without have the bytes they always had
    public Tiling? Tiles { get; init; }

    /// <summary>The limits of verdicts; null in a file that was never calibrated.</summary>
    public Limits? Limits { get; init; }

    /// <summary>What good pictures score, from which the limits were found; null where there are none.</summary>
    public GoodScores? GoodScores { get; init; }

    /// <summary>What was learned from feedback, the earliest first; null where nothing was.</summary>
    public IReadOnlyList<FeedbackEntry>? History { get; init; }

    /// <summary>The pictures that feedback is checked with; their pixels are tensors of the file. Null where there are none.</summary>
    [JsonPropertyName("kept")]
    public IReadOnlyList<ReferencePicture>? References { get; init; }

    /// <summary>The training options, for the record; prediction does not read them.</summary>
    public JsonElement? Training { get; init; }

    /// <summary>The views in the memory, which are among the training options; null where there are none, or none that can be.</summary>
    [JsonIgnore]
    public PoseOptions? Poses
    {
        get
        {
            if (Training is not { ValueKind: JsonValueKind.Object } training || !training.TryGetProperty("poses", out JsonElement noted))
                return null;
            try
            {
                PoseOptions? poses = noted.Deserialize(DetectorJson.Default.PoseOptions);
                poses?.Validate();
                return poses;
            }
            catch (Exception e) when (e is JsonException or PromptADException)
            {
                return null; // for the record alone, so that it spoils nothing
            }
        }
    }

    public required DateTimeOffset Created { get; init; }

    public required string Program { get; init; }

    /// <exception cref="PromptADException">A value cannot be used.</exception>
    public void Validate()
    {
        Check.Range(Format, 1, CurrentFormat, "format");
        Check.Range(Temperature, float.MinValue, float.MaxValue, "temperature");
        Check.Range(GoodPeak, 0, 1, "good_peak");
        if (States.Any(state => state is null)) throw new PromptADException(Problem.Damaged, "an anomaly state is empty.");
        if (!HasWords && !HasMemory) throw new PromptADException(Problem.Damaged, "it has neither words nor a memory.");
        Check.Known(Memory, "memory");
        if (MemoryBackbone is not null && !(HasWords && HasMemory))
            throw new PromptADException(Problem.Damaged, "it has two backbones, but words or a memory alone.");
        Preprocessing.Validate();
        Scoring.Validate();
        Scale?.Validate();
        if (Scoring.Fusion == ScoreFusion.CommonScale && Scale is null)
            throw new PromptADException(Problem.Damaged, "the scale that its fusion needs is missing.");
        Mask?.Validate();
        Tiles?.Validate();
        if (Tiles is not null && Mask is not null) throw new PromptADException(
            Problem.Damaged,
            "it has tiles and a mask, which do not go together.");
        Limits?.Validate();
        GoodScores?.Validate();
        Check.Range(References?.Count ?? 0, 0, Detector.MaxReferencePictures, "the number of reference pictures");
        foreach (FeedbackEntry entry in History ?? []) Check.Range(entry.Patches, 1, int.MaxValue, "history.patches");
    }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, UseStringEnumConverter = true,
    RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(DetectorMetadata))]
[JsonSerializable(typeof(Limits))]
[JsonSerializable(typeof(PoseOptions))]
internal sealed partial class DetectorJson : JsonSerializerContext;
