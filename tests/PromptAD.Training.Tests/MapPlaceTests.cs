using PromptAD.Pictures;

namespace PromptAD.Training.Tests;

/// <summary>Whether heat maps of the embedded backbone, whose patches convolutions make, point at what is defective.</summary>
[Trait("Category", "Big")]
public sealed class MapPlaceTests : EmbeddedBackboneTest
{
    private const int Size = 480, Defect = 16, Spots = 24;

    [Fact]
    public void The_peak_lies_on_a_painted_square_in_the_mean_of_many_places()
    {
        using var generator = new PictureGenerator(Size);
        byte[] good = generator.DrawClean(new Product(ProductKind.Find("plastic")!, Seed: 0, Difficulty: 0, InFixture: true), 0).Rgb;
        using Backbone backbone = OpenBackbone();
        TrainingOptions options = TrainingOptions.Recommended with { Limits = null, Optimizer = new OptimizerOptions { Epochs = 5 } };
        var trainer = new PromptTrainer(backbone, "plastic sheet", options);
        trainer.AddGood(Frame(good));
        using AnomalyDetector detector = trainer.Train();
        var random = new Random(1);
        double right = 0, down = 0;
        for (int spot = 0; spot < Spots; spot++)
        {
            int left = random.Next(60, Size - 60), top = random.Next(60, Size - 60);
            Prediction prediction = detector.Predict(Frame(Spoil(good, left, top)));
            double step = (double)Size / prediction.Map.Width;
            right += (((prediction.Map.Peak.X + 0.5) * step) - left - (Defect / 2.0)) / Spots;
            down += (((prediction.Map.Peak.Y + 0.5) * step) - top - (Defect / 2.0)) / Spots;
        }
        TestContext.Current.TestOutputHelper?.WriteLine($"mean offset {right:F1} to the right, {down:F1} down, of {Size} pixels");
        Assert.InRange(right, -4, 4); // of a patch of 32
        Assert.InRange(down, -4, 4);
    }

    private static byte[] Spoil(byte[] rgb, int left, int top)
    {
        byte[] spoilt = [.. rgb];
        for (int y = top; y < top + Defect; y++)
        {
            for (int x = left; x < left + Defect; x++)
            {
                int at = 3 * ((y * Size) + x);
                (spoilt[at], spoilt[at + 1], spoilt[at + 2]) = (255, 255, 0);
            }
        }
        return spoilt;
    }
}
