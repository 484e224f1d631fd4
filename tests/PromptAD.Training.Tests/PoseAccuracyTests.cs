using System.Globalization;
using PromptAD.Evaluation;
using PromptAD.Imaging;
using PromptAD.Pictures;

namespace PromptAD.Training.Tests;

/// <summary>
/// What poses are for: drawn products of a kind that pretraining never saw, learned from as they lie and judged turned by any angle, good
/// and bad alike. Drawn by seed, so the figures are the same in every run.
/// </summary>
[Trait("Category", "Big")]
public sealed class PoseAccuracyTests : EmbeddedBackboneTest
{
    private const int Size = 240, Shots = 1, Good = 20, Defective = 20;

    [Theory]
    [InlineData("biscuit")]
    [InlineData("gear")]
    public void Poses_recover_at_least_half_of_what_turned_pictures_cost(string kind)
    {
        Category straight = Draw(kind, turned: false), turned = Draw(kind, turned: true);
        using Backbone backbone = OpenBackbone();
        double Auroc(Category category, PoseOptions? poses) => Assert.Single(
            new Benchmark(backbone, new BenchmarkOptions { Shots = [Shots], Seeds = 1, Poses = poses }).Run([category], Path.Combine(Folder, "out"))).Image.Auroc;
        double before = Auroc(straight, null), without = Auroc(turned, null), with = Auroc(turned, PoseOptions.Free);
        string figures = $"{kind}: as they lie {before:P1}, turned {without:P1}, turned with poses {with:P1}";
        TestContext.Current.TestOutputHelper?.WriteLine(figures);

        Assert.True(before - without >= 0.1, $"turning costs too little to say anything: {figures}");
        Assert.True(with - without >= (before - without) / 2, figures);
    }

    [Fact]
    public void Limits_from_four_pictures_hold_for_turned_good_parts()
    {
        Category turned = Draw("biscuit", turned: true);
        using Backbone backbone = OpenBackbone();
        using var generator = new PictureGenerator(Size);
        var product = new Product(ProductKind.Find("biscuit")!, Seed: 0, Difficulty: 0, InFixture: true);
        var trainer = new PromptTrainer(backbone, "biscuit", TrainingOptions.Recommended with { Poses = PoseOptions.Free });
        for (ulong i = 777; i < 781; i++) trainer.AddGood(Frame(generator.DrawClean(product, i).Rgb));
        using AnomalyDetector detector = trainer.Train();
        Verdict[] good = [.. turned.Test.Where(picture => !picture.IsDefective).Select(picture => detector.Predict(picture.Path).Verdict)];
        TestContext.Current.TestOutputHelper?.WriteLine($"{good.Count(verdict => verdict == Verdict.OK)} of {good.Length} OK");
        // 5 % may be above the review limit; more than 3 of 20 would be seen once in 60 times.
        Assert.InRange(good.Count(verdict => verdict != Verdict.OK), 0, 3);
    }

    private Category Draw(string kind, bool turned)
    {
        string root = Path.Combine(Folder, turned ? "turned" : "straight", kind);
        using var generator = new PictureGenerator(Size);
        var product = new Product(ProductKind.Find(kind)!, Seed: 0, Difficulty: 0, InFixture: true);
        foreach ((string path, byte[] pixels) in DrawnDataset.Draw(generator, product, Shots, Good, Defective))
        {
            int channels = pixels.Length / (Size * Size);
            bool stays = !turned || path.StartsWith("train", StringComparison.Ordinal);
            byte[] shown = stays ? pixels : Turn(pixels, channels, AngleOf(path));
            PixelFormat format = channels == 1 ? PixelFormat.Gray8 : PixelFormat.Rgb24;
            PictureEncoder.Save(new CameraFrame(shown, Size, Size, format), Path.Combine(root, path));
        }
        return Dataset.Open(root).Categories[0];
    }

    /// <summary>The same for a picture and its mask.</summary>
    private static double AngleOf(string path)
    {
        var random = new Random(5);
        double[] angles = [.. Enumerable.Range(0, Good + Defective).Select(_ => random.NextDouble() * 2 * Math.PI)];
        int number = int.Parse(Path.GetFileName(path)[..3], CultureInfo.InvariantCulture);
        return angles[Path.GetFileName(Path.GetDirectoryName(path)) == "good" ? number : Good + number];
    }

    /// <summary>The picture turned about its middle, mirrored at its border; between pixels by straight lines.</summary>
    private static byte[] Turn(byte[] pixels, int channels, double angle)
    {
        var turned = new byte[pixels.Length];
        (double sin, double cos) = Math.SinCos(angle);
        const double Middle = (Size - 1) / 2.0;
        for (int i = 0; i < pixels.Length; i++)
        {
            double right = (i / channels % Size) - Middle, down = (i / channels / Size) - Middle;
            double x = Inside((cos * right) + (sin * down) + Middle), y = Inside((cos * down) - (sin * right) + Middle);
            double At(int dx, int dy) => pixels[(((((int)y + dy) * Size) + (int)x + dx) * channels) + (i % channels)];
            double value = double.Lerp(double.Lerp(At(0, 0), At(1, 0), x % 1), double.Lerp(At(0, 1), At(1, 1), x % 1), y % 1);
            turned[i] = channels == 1 ? (byte)(value < 128 ? 0 : 255) : (byte)Math.Round(value);
        }
        return turned;
    }

    private static double Inside(double at) => Math.Min(Math.Abs(at) <= Size - 1 ? Math.Abs(at) : (2 * (Size - 1)) - Math.Abs(at), Size - 1.001);
}
