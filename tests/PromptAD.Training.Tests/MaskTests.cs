using System.Numerics;

namespace PromptAD.Training.Tests;

public sealed class MaskTests(TinyBackbone tiny) : IClassFixture<TinyBackbone>
{
    private static readonly PictureMask LeftHalf = new PictureMask(64, 64).Inspect([new Vector2(0, 0), new(32, 0), new(32, 64), new(0, 64)]);

    [Theory]
    [InlineData(ScoreFusion.Harmonic)]
    [InlineData(ScoreFusion.CommonScale)]
    public void What_is_not_inspected_changes_neither_judging_nor_memory_and_limits(ScoreFusion fusion)
    {
        string file = Path.Combine(tiny.Folder, $"masked-{fusion}.promptad");
        using AnomalyDetector detector = Train(fusion, changed: false), same = Train(fusion, changed: true);
        Prediction plain = detector.Predict(Frame(9, changed: false));
        Assert.Equal(plain.Score, detector.Predict(Frame(9, changed: true)).Score);
        Assert.Equal(plain.Map.Values.ToArray(), detector.Predict(Frame(9, changed: true)).Map.Values.ToArray());
        if (fusion == ScoreFusion.Harmonic) // the common scale is read from good pictures mirrored, so it sees all of them
        {
            Assert.Equal(plain.Score, same.Predict(Frame(9, changed: false)).Score);
            Assert.Equal(detector.Limits, same.Limits);
        }
        Assert.All(plain.Map.Values.ToArray().Index(), value => Assert.True(value.Index % 32 < 16 || value.Item == 0));
        Assert.True(plain.Map.Max > 0);

        detector.Save(file);
        using AnomalyDetector loaded = AnomalyDetector.Load(file, tiny.Store);
        Assert.Equal(plain.Score, loaded.Predict(Frame(9, changed: true)).Score);
        Assert.Equal(2, Detector.Load(file).Metadata.Format); // earlier programs would ignore the mask
        Assert.Equal(LeftHalf.Raster(32), loaded.Info.Mask!.Raster(32));
    }

    [Fact]
    public void The_memory_holds_inspected_patches_alone()
    {
        string masked = Path.Combine(tiny.Folder, "masked.promptad"), whole = Path.Combine(tiny.Folder, "whole.promptad");
        using (AnomalyDetector detector = Train(ScoreFusion.Harmonic, changed: false)) detector.Save(masked);
        using (AnomalyDetector detector = tiny.Trainer().Train()) detector.Save(whole);
        Assert.Equal(Detector.Load(whole).Memory!.Layers[0].Length / 2, Detector.Load(masked).Memory!.Layers[0].Length);
        Assert.Equal(1, Detector.Load(whole).Metadata.Format);
    }

    [Fact]
    public void Pictures_of_another_shape_are_refused()
    {
        var trainer = new PromptTrainer(tiny.Backbone, "nut", TinyBackbone.Short()) { Mask = LeftHalf };
        Assert.Contains("made for 64 x 64", Assert.Throws<PromptADException>(() => trainer.AddGood(Wide())).Message);
        using AnomalyDetector detector = Train(ScoreFusion.Harmonic, changed: false);
        Assert.Contains("made for 64 x 64", Assert.Throws<PromptADException>(() => detector.Predict(Wide())).Message);
        Vector2[] tiniest = [new(0, 0), new(4, 0), new(0, 4)];
        Assert.Throws<PromptADException>(() => new PromptTrainer(tiny.Backbone, "nut") { Mask = new PictureMask(64, 64).Inspect(tiniest) });

        static CameraFrame Wide() => new(new byte[64 * 32], 64, 32, PixelFormat.Gray8);
    }

    private AnomalyDetector Train(ScoreFusion fusion, bool changed)
    {
        TrainingOptions options = TinyBackbone.Short() with { Scoring = new ScoringOptions { MapSize = 32, Fusion = fusion, TopPatches = 2 } };
        var trainer = new PromptTrainer(tiny.Backbone, "metal nut", options) { Mask = LeftHalf };
        for (int seed = 0; seed < 2; seed++) trainer.AddGood(Frame(seed, changed));
        return trainer.Train();
    }

    /// <summary>Noise whose right half can be another one; the pictures have the size of the encoder's input, so nothing is resized.</summary>
    private static CameraFrame Frame(int seed, bool changed)
    {
        var pixels = new byte[64 * 64 * 3];
        var other = new byte[pixels.Length];
        new Random(seed).NextBytes(pixels);
        new Random(seed + 1000).NextBytes(other);
        for (int i = 0; changed && i < pixels.Length; i++) if (i / 3 % 64 >= 32) pixels[i] = other[i];
        return new CameraFrame(pixels, 64, 64, PixelFormat.Rgb24);
    }
}
