using PromptAD.Imaging;
using PromptAD.Pictures;

namespace PromptAD.Training.Tests;

/// <summary>
/// What tiles are for: a defect of 6 x 6 pixels in a drawn picture of 2048 x 2048, with the embedded backbone. Drawn by seed, so the
/// figures are the same in every run.
/// </summary>
[Trait("Category", "Big")]
public sealed class TileAccuracyTests : EmbeddedBackboneTest
{
    private const int Size = 2048, Defect = 6, Tested = 2;

    [Fact]
    public void A_tiny_defect_is_missed_without_tiles_and_found_with_them()
    {
        using var generator = new PictureGenerator(Size / 2);
        var product = new Product(ProductKind.Find("plastic")!, Seed: 0, Difficulty: 0, InFixture: true);
        byte[][] good = [.. Enumerable.Range(0, 1 + Tested).Select(i => Enlarge(generator.DrawClean(product, (ulong)i).Rgb, i))];
        using Backbone backbone = OpenBackbone();
        (float highest, Found[] without) = Judge(backbone, good, tiles: null);
        Assert.All(without, found => Assert.True(found.Score <= highest && found.Distance > 100, $"found without tiles: {found}"));
        (highest, Found[] with) = Judge(backbone, good, new Tiling(5, 5));
        Assert.All(with, found => Assert.True(found.Score >= highest + 0.02 && found.Distance < 30, $"missed with tiles: {found}, good {highest}"));
    }

    /// <summary>Learns from the first picture and judges the others: the highest score as they are, and what is found in each with a defect.</summary>
    private static (float Highest, Found[] Found) Judge(Backbone backbone, byte[][] good, Tiling? tiles)
    {
        TrainingOptions options = TrainingOptions.Recommended with { Tiles = tiles, Limits = null, Optimizer = new OptimizerOptions { Epochs = 10 } };
        var trainer = new PromptTrainer(backbone, "plastic sheet", options);
        trainer.AddGood(Frame(good[0]));
        using AnomalyDetector detector = trainer.Train();
        float highest = good[1..].Max(picture => detector.Predict(Frame(picture)).Score);
        Found[] found =
        [
            .. good[1..].Select((picture, i) =>
            {
                (byte[] spoilt, int x, int y) = Spoil(picture, seed: i + 1);
                Prediction prediction = detector.Predict(Frame(spoilt));
                double step = (double)Size / prediction.Map.Width;
                (double peakX, double peakY) = ((prediction.Map.Peak.X + 0.5) * step, (prediction.Map.Peak.Y + 0.5) * step);
                return new Found(prediction.Score, double.Hypot(peakX - x, peakY - y));
            }),
        ];
        TestContext.Current.TestOutputHelper?.WriteLine($"tiles {tiles}: good pictures at most {highest:F3}; {string.Join("; ", found)}");
        return (highest, found);
    }

    private sealed record Found(float Score, double Distance);

    /// <summary>The picture twice as wide and high, with a camera's noise.</summary>
    private static byte[] Enlarge(byte[] rgb, int seed)
    {
        using Picture large = new BicubicResampler(Size, Size).Resize(new CameraFrame(rgb, Size / 2, Size / 2, PixelFormat.Rgb24));
        var random = new Random(seed);
        var noisy = new byte[3 * Size * Size];
        for (int i = 0; i < noisy.Length; i++)
        {
            byte level = large.Pixels[(i / 3 * 4) + 2 - (i % 3)];
            noisy[i] = (byte)Math.Clamp(level + random.Next(-4, 5), 0, 255);
        }
        return noisy;
    }

    /// <summary>The picture with a square somewhere that is a third of the range darker.</summary>
    private static (byte[] Rgb, int X, int Y) Spoil(byte[] rgb, int seed)
    {
        var random = new Random(seed);
        byte[] spoilt = [.. rgb];
        int left = random.Next(Size / 4, Size * 3 / 4), top = random.Next(Size / 4, Size * 3 / 4);
        for (int y = top; y < top + Defect; y++)
            for (int i = 0; i < 3 * Defect; i++) spoilt[(((y * Size) + left) * 3) + i] = (byte)Math.Max(0, rgb[(((y * Size) + left) * 3) + i] - 90);
        return (spoilt, left + (Defect / 2), top + (Defect / 2));
    }
}
