using PromptAD.Detectors;
using PromptAD.Evaluation;
using PromptAD.Pretraining.Data;
using PromptAD.Scoring;

namespace PromptAD.Pretraining.Measuring;

/// <summary>Areas under the ROC curve of each way to read: pictures in the order of <see cref="Readouts.ScoreNames"/>, pixels of <see cref="Readouts.MapNames"/>.</summary>
internal sealed record Areas(double[] Pictures, double[]? Pixels)
{
    public static Areas Mean(IReadOnlyList<Areas> all) => new(
        [.. all[0].Pictures.Select((_, i) => all.Average(areas => areas.Pictures[i]))],
        all[0].Pixels is { } pixels ? [.. pixels.Select((_, i) => all.Average(areas => areas.Pixels![i]))] : null);
}

/// <summary>Measures a backbone on one category by the honest protocol: good pictures drawn by seed, learned prompts of the last epoch, no defect known.</summary>
internal sealed class Measurement
{
    private const int MapSize = 128; // coarser than the published 400, for speed; the order of the pixels hardly changes
    private readonly Backbone backbone;
    private readonly Category category;
    private readonly List<Encoded> test;
    private readonly List<byte[]?> masks;

    public Measurement(Backbone backbone, Category category)
    {
        this.backbone = backbone;
        this.category = category;
        test = [.. category.Test.Select(picture => Encoded.Read(backbone, picture.Path))];
        masks = [.. category.Test.Select(picture => picture.ReadMask(MapSize, MapSize) is { } mask ? mask.Pixels.ToArray() : null)];
    }

    /// <summary>Trains a detector and measures it.</summary>
    /// <param name="name">What the product is called.</param>
    /// <param name="shots">k.</param>
    /// <param name="seed">Picks the pictures and the first contexts.</param>
    public Areas Measure(string name, int shots, int seed)
    {
        string[] good = [.. category.TrainGood.Shuffled(new Random(seed)).Take(shots)];
        var trainer = new PromptTrainer(backbone, name, TrainingOptions.Recommended with { Seed = seed });
        foreach (string path in good) trainer.AddGood(path);
        using AnomalyDetector detector = trainer.Train();
        var readouts = new Readouts(ModelOf(detector), [.. good.SelectMany(path => Encoded.ReadVaried(backbone, path))]);
        bool[] isDefective = [.. category.Test.Select(picture => picture.IsDefective)];
        double[][] scores = [.. test.Select(readouts.Score)];
        double[] pictures = [.. Readouts.ScoreNames.Select((_, i) => RankingMetrics.Measure([.. scores.Select(row => row[i])], isDefective).Auroc)];
        return new Areas(pictures, Pixels(readouts, isDefective));
    }

    private double[]? Pixels(Readouts readouts, bool[] isDefective)
    {
        if (!masks.Where((mask, i) => mask is not null && isDefective[i]).Any()) return null;
        PixelScores[] pixels = [.. Readouts.MapNames.Select(_ => new PixelScores())];
        for (int i = 0; i < test.Count; i++)
        {
            if (masks[i] is not { } mask) continue;
            float[][] maps = readouts.Maps(test[i]);
            for (int m = 0; m < maps.Length; m++)
            {
                float[] map = ScoreMaps.Upsample(maps[m], (int)Math.Round(Math.Sqrt(maps[m].Length)), MapSize);
                ScoreMaps.Smooth(map, MapSize, 4f * MapSize / 400);
                pixels[m].Add(map, mask, MapSize, MapSize);
            }
        }
        return [.. pixels.Select(each => each.Measure().Ranking.Auroc)];
    }

    private static DetectorModel ModelOf(AnomalyDetector detector)
    {
        string path = Path.GetTempFileName();
        try
        {
            detector.Save(path);
            return DetectorModel.Load(path);
        }
        finally
        {
            File.Delete(path);
        }
    }
}
