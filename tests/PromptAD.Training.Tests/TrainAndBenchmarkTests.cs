using PromptAD.Evaluation;
using PromptAD.Imaging;

namespace PromptAD.Training.Tests;

/// <summary>A trained detector and a benchmark of the same pictures, options and prompts have one memory, so they say the same.</summary>
public sealed class TrainAndBenchmarkTests(TinyBackbone tiny) : IClassFixture<TinyBackbone>, IDisposable
{
    private const int Side = 64;

    private readonly string folder = Directory.CreateTempSubdirectory("promptad-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData("plain")]
    [InlineData("published")]
    [InlineData("whitened, with shifts")]
    [InlineData("poses")]
    [InlineData("whitened poses")]
    [InlineData("one shot of two copies")]
    public void They_agree_to_the_last_bit(string way)
    {
        (ScoringOptions scoring, PoseOptions? poses) = OptionsOf(way);
        Category category = DrawCategory(areCopies: way == "one shot of two copies");
        var options = new BenchmarkOptions { Shots = [2], Seeds = 1, Epochs = 3, Scoring = scoring, Poses = poses };
        RunResult run = Assert.Single(new Benchmark(tiny.Backbone, options).Run([category], Path.Combine(folder, "out")));
        var training = TrainingOptions.Recommended with { Optimizer = new OptimizerOptions { Epochs = 3 }, Scoring = scoring, Poses = poses };
        var trainer = new PromptTrainer(tiny.Backbone, "part", training);
        foreach (string name in run.LearnedFrom) trainer.AddGood(Path.Combine(category.Root, name));
        using AnomalyDetector detector = trainer.Train();
        RunResult evaluated = DetectorEvaluation.Run(detector, category);
        Assert.Equal(6, run.Pictures.Count);
        Assert.Equal(run.Pictures.Count, run.Pictures.Select(picture => picture.Score).Distinct().Count());
        // Scores of words and memory and the maps' peaks, too; limits are the detector's alone.
        Assert.Equal(evaluated.Pictures.Select(picture => picture with { NormalizedScore = null, Verdict = null }), run.Pictures);
        Assert.NotNull(run.Pixel);
        Assert.Equal(evaluated.Image, run.Image);
        Assert.Equal(evaluated.Pixel, run.Pixel);
    }

    private static (ScoringOptions Scoring, PoseOptions? Poses) OptionsOf(string way)
    {
        ScoringOptions plain = TrainingOptions.Recommended.Scoring with { MapSize = 32 };
        var poses = new PoseOptions { Turn = 50, MostRows = 60 };
        return way switch
        {
            "published" => (TrainingOptions.Published.Scoring with { MapSize = 32 }, null),
            "whitened, with shifts" => (plain with { WhitenMemory = true, MemoryShifts = 2 }, null),
            "poses" => (plain, poses),
            "whitened poses" => (plain with { WhitenMemory = true, MemoryShifts = 2 }, poses),
            _ => (plain, null),
        };
    }

    /// <summary>Two pictures to learn from, three good and three defective ones to test with, of noise.</summary>
    private Category DrawCategory(bool areCopies)
    {
        string root = Path.Combine(folder, "part");
        for (int i = 0; i < 2; i++) Draw(Path.Combine(root, "train", "good", $"{i}.png"), areCopies ? 0 : i);
        for (int i = 0; i < 3; i++) Draw(Path.Combine(root, "test", "good", $"{i}.png"), 10 + i);
        for (int i = 0; i < 3; i++)
        {
            Draw(Path.Combine(root, "test", "hole", $"{i}.png"), 20 + i, hasHole: true);
            Draw(Path.Combine(root, "ground_truth", "hole", $"{i}_mask.png"), seed: -1, hasHole: true);
        }
        return Assert.Single(Dataset.Open(root).Categories);
    }

    /// <summary>Noise, black for a mask; a hole is a white square.</summary>
    private static void Draw(string path, int seed, bool hasHole = false)
    {
        var pixels = new byte[Side * Side * 3];
        if (seed >= 0) new Random(seed).NextBytes(pixels);
        for (int y = 20; hasHole && y < 34; y++) pixels.AsSpan(((y * Side) + 20) * 3, 14 * 3).Fill(255);
        PictureEncoder.Save(new CameraFrame(pixels, Side, Side, PixelFormat.Rgb24), path);
    }
}
