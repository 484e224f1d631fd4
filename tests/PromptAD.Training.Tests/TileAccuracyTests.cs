using System.Diagnostics;
using PromptAD.Imaging;
using PromptAD.Pictures;

namespace PromptAD.Training.Tests;

/// <summary>
/// What tiles are for: a defect of 6 x 6 pixels in a drawn picture of 2048 x 2048, with the embedded backbone. Drawn by seed, so the
/// figures are the same in every run.
/// </summary>
[Trait("Category", "Big")]
public sealed class TileAccuracyTests : IDisposable
{
    private const int Size = 2048, Defect = 6, Tested = 2;
    private readonly string folder = Directory.CreateTempSubdirectory("promptad-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData("plastic", 6)]
    [InlineData("ceramic", 6)]
    [InlineData("chequer-plate", 6)]
    public void A_tiny_defect_is_missed_without_tiles_and_found_with_them(string kind, int n)
    {
        long t = Stopwatch.GetTimestamp();
        using var generator = new PictureGenerator(Size / 2);
        var product = new Product(ProductKind.Find(kind)!, Seed: 0, Difficulty: 0, InFixture: true);
        byte[][] good = [.. Enumerable.Range(0, 1 + Tested).Select(i => Enlarge(generator.DrawClean(product, (ulong)i).Rgb, i))];
        string line = $"{kind} drawn {Stopwatch.GetElapsedTime(t).TotalSeconds:F1}";
        using Backbone backbone = new BackboneStore(Path.Combine(folder, "store")).Open(BackboneStore.EmbeddedId, threads: 0);
        foreach (Tiling? tiles in (Tiling?[])[null, new Tiling(n, n)])
        {
            t = Stopwatch.GetTimestamp();
            var trainer = new PromptTrainer(backbone, "part", TrainingOptions.Recommended with { Tiles = tiles, Optimizer = new OptimizerOptions { Epochs = 2 }, Limits = null });
            trainer.AddGood(Frame(good[0]));
            using AnomalyDetector detector = trainer.Train();
            line += $"\n  TILE {tiles}: trained {Stopwatch.GetElapsedTime(t).TotalSeconds:F1}";
            t = Stopwatch.GetTimestamp();
            for (int i = 1; i <= Tested; i++)
            {
                (byte[] spoilt, int x, int y) = Spoil(good[i], i);
                Prediction clean = detector.Predict(Frame(good[i])), bad = detector.Predict(Frame(spoilt));
                float px = (float)bad.Map.Peak.X / bad.Map.Width * Size, py = (float)bad.Map.Peak.Y / bad.Map.Height * Size;
                line += $"\n    {clean.Score:F3} -> {bad.Score:F3} at {x},{y} found {px:F0},{py:F0} map {clean.Map.Max:F3} {bad.Map.Max:F3}";
            }
            line += $" predicted {Stopwatch.GetElapsedTime(t).TotalSeconds:F1}";
        }
        Assert.Fail(line);
    }

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

    private static CameraFrame Frame(byte[] rgb) => new(rgb, Size, Size, PixelFormat.Rgb24);

    /// <summary>The picture with a dark square somewhere.</summary>
    private static (byte[] Rgb, int X, int Y) Spoil(byte[] rgb, int seed)
    {
        var random = new Random(seed);
        byte[] spoilt = [.. rgb];
        int left = random.Next(Size / 4, Size * 3 / 4), top = random.Next(Size / 4, Size * 3 / 4);
        for (int y = top; y < top + Defect; y++)
            for (int i = 0; i < 3 * Defect; i++) spoilt[(((y * Size) + left) * 3) + i] = (byte)(rgb[(((y * Size) + left) * 3) + i] > 128 ? 20 : 250);
        return (spoilt, left + (Defect / 2), top + (Defect / 2));
    }
}
