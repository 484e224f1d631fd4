using System.Reflection;
using System.Text.Json;
using PromptAD.Decisions;
using PromptAD.Detectors;
using PromptAD.Encoders;
using PromptAD.Memory;
using PromptAD.Scoring;
using PromptAD.Words;

namespace PromptAD.Training;

/// <content>From prompts and memory to a detector.</content>
public sealed partial class PromptTrainer
{
    private AnomalyDetector Finish(
        Prototypes image,
        Prototypes pixel,
        float temperature,
        IReadOnlyList<RegionMemory> regions,
        LimitOptions? limits,
        CancellationToken cancellation)
    {
        ScoreScale? scale = scoring.Fusion == ScoreFusion.CommonScale
            ? PictureScorer.ScaleOf(
                image, pixel, temperature, regions.SelectMany(region => region.Varied(cancellation)), cancellation)
            : null;
        PatchGrid grid = backbone.Encoder.Grid;
        TiledScorer? tiled = options.Tiles is { } tiles
            ? new TiledScorer(tiles, grid, image, pixel, temperature, scoring, scale)
            : null;
        PictureScorer scorer = tiled?.Tile ?? new PictureScorer(grid, image, pixel, temperature, scoring, scale, inspected);
        float PeakOf(RegionMemory region) =>
            scorer.GoodPeak([.. region.Itself.SelectMany(one => one.Tokens)], Shots, region.Bank, cancellation);
        DetectorMetadata metadata = Describe(temperature, regions.Max(PeakOf), scale);
        var learned = new Detector(metadata, new WordPrototypes(image, pixel), [.. regions.Select(region => region.Bank)]);
        if (limits is not null)
        {
            var leftOut = new LeftOutPictures(
                [.. regions.Select(region => LeftOut(region, cancellation))], scorer, found => tiled?.Map(found) ?? scorer.Map(found[0]));
            int sources = Math.Min(Shots, LeftOutPictures.MostSources);
            learned = Calibration.WithLimits(learned, new GoodScores(leftOut.Of(sources, cancellation), []), limits);
        }
        return new AnomalyDetector(learned, backbone, ownsBackbone: false);
    }

    private LeftOutRegion LeftOut(RegionMemory region, CancellationToken cancellation) => new(
        new LeftOutScores(region.Itself, region.Remembered, inspected), region.Bank,
        source => region.Pictures[source].Judged(cancellation));

    private DetectorMetadata Describe(float temperature, float goodPeak, ScoreScale? scale)
    {
        DetectorMetadata metadata = MetadataOf(temperature, goodPeak, scale);
        return metadata with { Format = metadata.LowestFormat };
    }

    private DetectorMetadata MetadataOf(float temperature, float goodPeak, ScoreScale? scale) => new()
    {
        Format = DetectorMetadata.FirstFormat,
        BackboneId = backbone.Id,
        BackboneHash = backbone.Hash,
        GeneratedBackbone = backbone.IsGenerated,
        ObjectName = ObjectName,
        States = [.. States],
        Shots = Shots,
        Seed = options.Seed,
        Temperature = temperature,
        GoodPeak = goodPeak,
        Preprocessing = options.Preprocessing with { SignificantBits = depth.Bits },
        Scoring = scoring,
        Scale = scale,
        Tiles = options.Tiles,
        Mask = mask is null ? null : MaskRecord.Of(mask, scoring.MapSize),
        Training = JsonSerializer.SerializeToElement(options, TrainingJson.Default.TrainingOptions),
        Created = DateTimeOffset.UtcNow,
        Program = $"PromptAD {Version}",
    };

    private static string? Version =>
        typeof(PromptTrainer).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion;
}
