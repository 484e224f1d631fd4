using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using PromptAD.Decisions;
using PromptAD.Detectors;
using PromptAD.Memory;

namespace PromptAD.Results;

/// <summary>
/// All that a detector file says of itself, for people and programs. Read without the encoder; <see cref="ResultJson"/> writes it.
/// </summary>
public sealed record DetectorDescription
{
    /// <summary>What the product is called in the prompts.</summary>
    [JsonPropertyName("object")]
    public required string ObjectName { get; init; }

    /// <summary>The anomaly states, {} for the object.</summary>
    public required IReadOnlyList<string> States { get; init; }

    /// <summary>k, the number of good pictures it learned from.</summary>
    public required int Shots { get; init; }

    /// <summary>The seed of the contexts' first values.</summary>
    public required int Seed { get; init; }

    /// <summary>The name of the backbone in the store that it was trained with.</summary>
    public required string Backbone { get; init; }

    /// <summary>SHA-256 over the backbone's configuration, vocabulary, weights and precision.</summary>
    public required string BackboneHash { get; init; }

    /// <summary>The backbone of the memory where that is not the one of the words; else null.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public EncoderReference? MemoryBackbone { get; init; }

    /// <summary>True when the backbone's weights were made by rule; then the scores mean nothing.</summary>
    public required bool GeneratedBackbone { get; init; }

    /// <summary>How pictures become input.</summary>
    public required PreprocessingOptions Preprocessing { get; init; }

    /// <summary>Which places of pictures are inspected; null for all.</summary>
    public required MaskDescription? Mask { get; init; }

    /// <summary>How pictures are cut into tiles; null where they are judged as a whole.</summary>
    public required Tiling? Tiles { get; init; }

    /// <summary>The views of good pictures in the memory; null where it has none but the pictures.</summary>
    public required PoseOptions? Poses { get; init; }

    /// <summary>How scores and maps are read.</summary>
    public required ScoringOptions Scoring { get; init; }

    /// <summary>How the words were weighed beside the memory; null where they were not.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public WordWeights? WordWeights { get; init; }

    /// <summary>s as it is used, after mark Q3.</summary>
    public required float Temperature { get; init; }

    /// <summary>As <see cref="DetectorInfo.GoodPeak"/>.</summary>
    public required float GoodPeak { get; init; }

    /// <summary>The memory banks of all regions; null where it has no memory.</summary>
    public required MemoryDescription? Memory { get; init; }

    /// <summary>The limits of verdicts; null where it was never calibrated.</summary>
    public required Limits? Limits { get; init; }

    /// <summary>How many further good pictures it was calibrated with.</summary>
    public required int FurtherGoodScores { get; init; }

    /// <summary>How many scores of the pictures that it learned from, and of their variations, it keeps.</summary>
    public required int ShotScores { get; init; }

    /// <summary>How many falsely rejected parts it has learned from.</summary>
    public required int FeedbackPictures { get; init; }

    /// <summary>How many patches it has learned from them.</summary>
    public required long FeedbackPatches { get; init; }

    /// <summary>How many reference pictures show good parts.</summary>
    public required int KeptGood { get; init; }

    /// <summary>How many reference pictures show defects.</summary>
    public required int KeptDefects { get; init; }

    /// <summary>The training options, for the record; null in files that do not have them.</summary>
    public required JsonElement? Training { get; init; }

    /// <summary>When it was trained.</summary>
    public required DateTimeOffset Created { get; init; }

    /// <summary>The program that trained it.</summary>
    public required string Program { get; init; }

    /// <summary>The format of the file.</summary>
    public required int Format { get; init; }

    /// <summary>Whether the file has a hash and agrees with it; files of earlier releases have none.</summary>
    [JsonPropertyName("has_checksum")]
    public required bool IsChecked { get; init; }

    /// <summary>The length of the file.</summary>
    public required long Bytes { get; init; }

    /// <summary>SHA-256 of the file.</summary>
    public required string Sha256 { get; init; }

    /// <summary>Reads a detector file.</summary>
    /// <exception cref="PromptADException">The file is missing, damaged, no detector, or newer than this library.</exception>
    public static DetectorDescription Read(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        Detector detector = Detector.Load(path);
        using FileStream stream = File.OpenRead(path);
        return Of(detector, stream);
    }

    /// <summary>Reads a detector file's bytes.</summary>
    /// <exception cref="PromptADException">They are damaged, no detector, or newer than this library.</exception>
    public static DetectorDescription Read(byte[] content)
    {
        ArgumentNullException.ThrowIfNull(content);
        using var stream = new MemoryStream(content, writable: false);
        Detector detector = Detector.Load(stream);
        stream.Position = 0;
        return Of(detector, stream);
    }

    private static DetectorDescription Of(Detector detector, Stream stream)
    {
        DetectorMetadata metadata = detector.Metadata;
        GoodScores good = detector.GoodScores;
        return new DetectorDescription
        {
            ObjectName = metadata.ObjectName,
            States = metadata.States,
            Shots = metadata.Shots,
            Seed = metadata.Seed,
            Backbone = metadata.BackboneId,
            BackboneHash = metadata.BackboneHash,
            MemoryBackbone = metadata.MemoryBackbone,
            GeneratedBackbone = metadata.GeneratedBackbone,
            Preprocessing = metadata.Preprocessing,
            Mask = metadata.Mask is { } mask ? MaskDescription.From(mask) : null,
            Tiles = metadata.Tiles,
            Poses = metadata.Poses,
            Scoring = metadata.Scoring,
            WordWeights = metadata.WordWeights,
            Temperature = metadata.Temperature,
            GoodPeak = metadata.GoodPeak,
            Memory = detector.Banks.Count > 0 ? MemoryDescription.From(detector.Banks) : null,
            Limits = metadata.Limits,
            FurtherGoodScores = good.Further.Count,
            ShotScores = good.Shots.Count,
            FeedbackPictures = detector.FeedbackHistory.Count,
            FeedbackPatches = detector.FeedbackHistory.Sum(entry => (long)entry.Patches),
            KeptGood = detector.References.Count(one => one.IsGood),
            KeptDefects = detector.References.Count(one => !one.IsGood),
            Training = metadata.Training,
            Created = metadata.Created,
            Program = metadata.Program,
            Format = metadata.Format,
            IsChecked = detector.IsChecked,
            Bytes = stream.Length,
            Sha256 = Convert.ToHexStringLower(SHA256.HashData(stream)),
        };
    }
}

/// <summary>The mask of a detector.</summary>
/// <param name="Width">The width of the product's pictures.</param>
/// <param name="Height">Their height.</param>
/// <param name="Inspected">How much of a picture is inspected, 0 to 1.</param>
public sealed record MaskDescription(int Width, int Height, double Inspected)
{
    internal static MaskDescription From(MaskRecord mask)
    {
        bool[] raster = mask.ToMask().Raster(mask.Side);
        return new MaskDescription(mask.Width, mask.Height, (double)raster.Count(place => place) / raster.Length);
    }
}

/// <summary>The memory banks of a detector.</summary>
/// <param name="Patches">The rows of all regions.</param>
/// <param name="Channels">The length of a row at the first layer.</param>
/// <param name="Layers">The number of layers.</param>
/// <param name="Whitened">Whether rows are whitened.</param>
public sealed record MemoryDescription(int Patches, int Channels, int Layers, bool Whitened)
{
    /// <summary>The length of a row at each layer.</summary>
    [JsonIgnore]
    public IReadOnlyList<int> Widths { get; init; } = [];

    /// <summary>
    /// How many directions the plane of each layer has, in the first region; null for a bank. <see cref="Patches"/> are then those that
    /// feedback has put beside the planes.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<int>? Components { get; init; }

    /// <summary>The bytes of all rows and planes.</summary>
    [JsonIgnore]
    public long Bytes { get; init; }

    internal static MemoryDescription From(IReadOnlyList<MemoryBank> banks)
    {
        MemoryBank first = banks[0];
        int rows = banks.Sum(bank => bank.Rows);
        long planes = banks.SelectMany(bank => bank.Subspaces ?? []).Sum(plane => (long)plane.Mean.Length + plane.Components.Length);
        return new MemoryDescription(rows, first.Widths[0], first.Layers.Count, first.Whitenings is not null)
        {
            Widths = first.Widths,
            Components = first.Subspaces is { } subspaces ? [.. subspaces.Select(subspace => subspace.Count)] : null,
            Bytes = (((long)rows * first.Widths.Sum()) + planes) * sizeof(float),
        };
    }
}
