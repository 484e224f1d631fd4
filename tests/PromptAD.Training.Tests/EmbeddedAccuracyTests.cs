using PromptAD.Evaluation;
using PromptAD.Imaging;
using PromptAD.Pictures;

namespace PromptAD.Training.Tests;

/// <summary>
/// Real accuracy, not plumbing: the embedded backbone learns from one drawn picture of products of kinds that its pretraining never saw, by
/// every method of the paper's comparison. Drawn by seed, so the figures are the same in every run.
/// </summary>
[Trait("Category", "Big")]
public sealed class EmbeddedAccuracyTests : EmbeddedBackboneTest
{
    private const int Size = 240, Good = 12, Defective = 12;
    private const double Noise = 0.01;
    private static readonly string[] Kinds = ["chequer-plate", "biscuit", "zipper"];

    [Fact]
    public void One_good_picture_is_enough_to_find_defects_and_each_part_of_the_method_has_its_share()
    {
        Category[] categories = [.. Kinds.Select(Draw)];
        using Backbone backbone = OpenBackbone();
        EvaluationMethod[] methods =
        [
            EvaluationMethod.PromptAD, EvaluationMethod.Memory, EvaluationMethod.PromptAD.NoMemory, EvaluationMethod.Concatenation.NoMemory,
            EvaluationMethod.Coop.NoMemory, EvaluationMethod.Manual.NoMemory,
        ];
        var options = new BenchmarkOptions { Methods = methods, Shots = [1], Seeds = 1 };
        IReadOnlyList<RunResult> runs = new Benchmark(backbone, options).Run(categories, Path.Combine(Folder, "out"));
        Dictionary<string, (double Image, double Pixel)> areas = runs.GroupBy(run => run.Method).ToDictionary(
            group => group.Key, group => (group.Average(run => run.Image.Auroc), group.Average(run => run.Pixel!.Ranking.Auroc)));
        string table = string.Join('\n', areas.Select(pair => $"{pair.Key,-20} {pair.Value.Image:P1} {pair.Value.Pixel:P1}"));
        TestContext.Current.TestOutputHelper?.WriteLine(table);

        (double image, double pixel) = areas["promptad"];
        Assert.True(image >= 0.98 && pixel >= 0.97, table);
        Assert.True(image >= areas["memory"].Image && pixel >= areas["memory"].Pixel, $"words do harm:\n{table}");
        Assert.True(image >= areas["promptad-no-memory"].Image && pixel >= areas["promptad-no-memory"].Pixel, $"memory does not help:\n{table}");
        // The memory is nearly perfect here, so what is said of words shows without it.
        double words = areas["promptad-no-memory"].Image;
        Assert.True(words >= 0.93, table);
        // The paper's gains of learning, of the margin and of concatenation are too small to show on 72 pictures, whose AUROC has a standard
        // error of two points; nothing may be lost by them.
        Assert.True(words >= areas["manual-no-memory"].Image - Noise, $"learned words are worse than manual ones:\n{table}");
        Assert.True(words >= areas["concatenation-no-memory"].Image - Noise, $"the margin does harm:\n{table}");
        Assert.True(words >= areas["coop-no-memory"].Image - Noise, $"concatenation does harm:\n{table}");
    }

    private Category Draw(string kind)
    {
        string root = Path.Combine(Folder, kind);
        using var generator = new PictureGenerator(Size);
        var product = new Product(ProductKind.Find(kind)!, Seed: 0, Difficulty: 0, InFixture: true);
        foreach ((string path, byte[] pixels) in DrawnDataset.Draw(generator, product, train: 1, Good, Defective))
        {
            PixelFormat format = pixels.Length == Size * Size ? PixelFormat.Gray8 : PixelFormat.Rgb24;
            PictureEncoder.Save(new CameraFrame(pixels, Size, Size, format), Path.Combine(root, path));
        }
        return Dataset.Open(root).Categories[0];
    }
}
