using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;
using PromptAD.Decisions;
using PromptAD.Detectors;
using PromptAD.Imaging;
using PromptAD.Memory;
using PromptAD.Scoring;
using PromptAD.Words;

namespace PromptAD;

/// <content>From memory, and words if there are any, to a detector.</content>
public sealed partial class MemoryTrainer
{
    /// <summary>Makes the detector: the common scale, what good pictures reach, and the limits.</summary>
    /// <param name="words">The learned words; null for none.</param>
    /// <param name="regions">The memory of each region.</param>
    /// <param name="limits">Where limits are to lie; null for none.</param>
    /// <param name="painter">Paints the defects that words are weighed by; null to leave their weight to the backbone.</param>
    /// <param name="cancellation">Stops within a score.</param>
    private AnomalyDetector Finish(
        LearnedWords? words,
        IReadOnlyList<RegionMemory> regions,
        LimitOptions? limits,
        IDefectPainter? painter,
        CancellationToken cancellation)
    {
        ScoringOptions read = words is null ? scoring with { TextWeight = 0, ClassToken = false } : scoring;
        (Prototypes? image, Prototypes? pixel) = (words?.Prototypes.Image, words?.Prototypes.Pixel);
        float temperature = words?.Temperature ?? 0;
        // Where there are planes, and where rows are chosen or beside the pictures' own, these say nothing of how near good patches are.
        bool isPlain = regions is [{ Rows: null, Subspaces: null, Remembered.Count: 0 }];
        ScoreScale? scale = scoring.Fusion == ScoreFusion.CommonScale || !isPlain
            ? PictureScorer.ScaleOf(
                image, pixel, temperature, regions.SelectMany(region => region.Varied(cancellation)), cancellation)
            : null;
        WordWeights? weights = words is not null && painter is not null && scale is not null && WordWeighing.Applies(options.Scoring)
            ? new WordWeighing(painter, words.Prototypes, temperature, options.Scoring, backbone.Encoder.Grid, inspected)
            {
                Trust = backbone.WordTrust,
            }.Find(regions, scale, cancellation)
            : null;
        if (weights is not null) read = read with { TextWeight = weights.TextWeight, ClassToken = weights.ClassToken };
        TiledScorer? tiled = options.Tiles is { } tiles
            ? new TiledScorer(tiles, backbone.Encoder.Grid, image, pixel, temperature, read, scale)
            : null;
        PictureScorer scorer =
            tiled?.Tile ?? new PictureScorer(backbone.Encoder.Grid, image, pixel, temperature, read, scale, inspected);
        LeftOutRegion[] leftOut = [.. regions.Select(region => LeftOutRegion.Of(region, inspected, cancellation))];
        float PeakOf(RegionMemory region, int number) => region.Subspaces is not null
            ? PeakOfLeftOut(region, leftOut[number], scorer, cancellation)
            : region.Rows is null
            ? scorer.GoodPeak([.. region.Itself.SelectMany(one => one.Tokens)], Shots, region.Bank, cancellation)
            : PeakOfBounded(region, scorer, cancellation);
        DetectorMetadata metadata = Describe(words, read, regions.Select(PeakOf).Max(), scale) with { WordWeights = weights };
        var learned = new Detector(metadata, words?.Prototypes, [.. regions.Select(region => region.Bank)]);
        if (limits is not null)
        {
            var judged = new LeftOutPictures(leftOut, scorer, found => tiled?.Map(found) ?? scorer.Map(found[0]));
            int sources = Math.Min(Shots, LeftOutPictures.MostSources);
            learned = Calibration.WithLimits(learned, new GoodScores(judged.Of(sources, cancellation), []), limits);
        }
        return new AnomalyDetector(learned, backbone, ownsBackbone: false);
    }

    /// <summary>The highest map value that the studied pictures reach, each against a memory without its own rows.</summary>
    private static float PeakOfBounded(RegionMemory region, PictureScorer scorer, CancellationToken cancellation) =>
        region.Pictures.Take(MemoryOptions.StudiedPictures).Select((picture, source) =>
        {
            MemoryBank others = region.Bank.Pick(region.Rows!.Without(source));
            return scorer.Map(scorer.Score(picture.Whole, others.VisualMap(picture.Whole.Memory, cancellation))).Max();
        }).Max();

    /// <summary>The highest map value that the studied pictures reach, each against planes that were found without it.</summary>
    private static float PeakOfLeftOut(
        RegionMemory region, LeftOutRegion leftOut, PictureScorer scorer, CancellationToken cancellation) =>
        region.Pictures.Take(MemoryOptions.StudiedPictures)
            .SelectMany((picture, source) => leftOut.Scores.Judge(source, [picture.Whole], scorer, region.Bank, cancellation))
            .Max(scores => scorer.Map(scores).Max());

    private DetectorMetadata Describe(LearnedWords? words, ScoringOptions read, float goodPeak, ScoreScale? scale)
    {
        var metadata = new DetectorMetadata
        {
            Format = DetectorMetadata.FirstFormat,
            BackboneId = backbone.WordBackbone.Id,
            BackboneHash = backbone.WordBackbone.Hash,
            MemoryBackbone = backbone.MemoryBackbone is { } other ? new EncoderReference(other.Id, other.Hash) : null,
            GeneratedBackbone = backbone.IsGenerated,
            ObjectName = ObjectName,
            States = words?.States ?? [],
            Shots = Shots,
            Seed = words?.Seed ?? 0,
            Temperature = words?.Temperature ?? 0,
            GoodPeak = goodPeak,
            Preprocessing = options.Preprocessing with { SignificantBits = depth.Bits },
            Scoring = read,
            Parts = words is null ? [DetectorMetadata.MemoryPart] : null,
            Memory = options.Memory,
            Learned = options.Memory == MemoryKind.Subspace ? memory.Hashes : null,
            Scale = scale,
            Tiles = options.Tiles,
            Mask = mask is null ? null : MaskRecord.Of(mask, scoring.MapSize),
            Training = words?.Options ?? JsonSerializer.SerializeToElement(options, MemoryTrainingJson.Default.MemoryTrainingOptions),
            Created = DateTimeOffset.UtcNow,
            Program = $"PromptAD {Version}",
        };
        return metadata with { Format = metadata.LowestFormat };
    }

    private static string? Version =>
        typeof(MemoryTrainer).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion;
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, UseStringEnumConverter = true)]
[JsonSerializable(typeof(MemoryTrainingOptions))]
internal sealed partial class MemoryTrainingJson : JsonSerializerContext;
