using PromptAD.Imaging;
using PromptAD.Pictures;

namespace PromptAD.Training.Tests;

/// <summary>
/// Whether copies of the pictures learned from, and pictures of another product, are told from pictures of other good parts, with the
/// embedded backbone.
/// </summary>
[Trait("Category", "Big")]
public sealed class NearCopyTests : EmbeddedBackboneTest
{
    private const int Size = 480, Shots = 2, Others = 6;

    [Fact]
    public void Copies_saved_again_as_JPEG_and_another_product_are_told_from_other_good_parts()
    {
        using Backbone backbone = OpenBackbone();
        using var generator = new PictureGenerator(Size);
        var product = new Product(ProductKind.Find("chequer-plate")!, Seed: 0, Difficulty: 0, InFixture: true);
        string[] pictures = [.. Enumerable.Range(0, Shots + Others).Select(i => Save(i, generator.DrawClean(product, (ulong)i).Rgb))];
        TrainingOptions options = TrainingOptions.Recommended with { Optimizer = new OptimizerOptions { Epochs = 1 } };
        var trainer = new PromptTrainer(backbone, "chequer plate", options);
        foreach (string picture in pictures[..Shots]) trainer.AddGood(picture);
        using AnomalyDetector detector = trainer.Train();
        string[] copies = [.. pictures[..Shots].SelectMany(picture => (string[])[Copy(picture, 75), Copy(picture, 90)])];

        string[] strange = [Save(100, generator.DrawClean(product with { Kind = ProductKind.Find("gear")! }, 0).Rgb)];
        string[] judged = [.. copies, .. pictures, .. strange];

        (int counted, IReadOnlyList<int> near, IReadOnlyList<int> far) = detector.Calibrate(judged.Select(detector.Predict));

        Assert.Equal(copies.Length + Others + strange.Length, counted); // the pictures themselves are left out
        Assert.Equal(Enumerable.Range(0, copies.Length), near);
        Assert.Equal([judged.Length - 1], far);
    }

    private string Save(int number, byte[] pixels)
    {
        string path = Path.Combine(Folder, $"{number}.png");
        PictureEncoder.Save(Frame(pixels), path);
        return path;
    }

    private static string Copy(string picture, int quality)
    {
        string path = $"{picture}.{quality}.jpg";
        using Picture decoded = PictureDecoder.Decode(picture, pixelLimit: Size * Size);
        using FileStream stream = File.Create(path);
        PictureEncoder.EncodeJpeg(decoded, quality, stream);
        return path;
    }
}
