using PromptAD.Memory;
using PromptAD.Tests.Scoring;

namespace PromptAD.Tests.Detectors;

public sealed class WhitenedDetectorTests : DetectorTest
{
    [Fact]
    public void What_is_saved_is_loaded()
    {
        Detector whitened = Whitened(largest: 30);
        whitened.Save(File);
        MemoryBank loaded = Detector.Load(File).Memory!;
        Assert.Equal(whitened.Memory!.Layers, loaded.Layers);
        Assert.Equal(whitened.Memory!.Whitenings!.Select(whitening => whitening.Mean), loaded.Whitenings!.Select(whitening => whitening.Mean));
        Assert.Equal(whitened.Memory!.Whitenings!.Select(whitening => whitening.Matrix), loaded.Whitenings!.Select(whitening => whitening.Matrix));
        using AnomalyDetector detector = AnomalyDetector.Load(File, Backbone);
        Assert.InRange(detector.Predict(Frame(Noise(3))).VisualScore!.Value, 1e-4f, 1);
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(2e6f)]
    public void Values_that_no_whitening_makes_are_refused(float value)
    {
        Whitened(value).Save(File);
        Assert.Contains("'memory.1' holds a value that is not a number between", Refused(() => Detector.Load(File)).Message);
    }

    [Fact]
    public void A_whitening_that_does_not_fit_or_is_missing_is_refused()
    {
        Detector whitened = Whitened(largest: 1);
        Whitening[] narrow = [.. whitened.Memory!.Whitenings!.Select(whitening => whitening with { Mean = whitening.Mean[1..] })];
        (whitened with { Banks = [new MemoryBank(whitened.Memory!.Layers, whitened.Memory!.Widths, narrow)] }).Save(File);
        Assert.Contains("its whitening does not fit its memory bank", Refused(() => Detector.Load(File)).Message);
        (whitened with { Banks = [new MemoryBank(whitened.Memory!.Layers, whitened.Memory!.Widths)] }).Save(File);
        Assert.Contains("'metric.1.mean' is missing", Refused(() => Detector.Load(File)).Message);
    }

    /// <summary>The detector with a whitening that doubles, and one value put into its memory.</summary>
    private Detector Whitened(float largest)
    {
        int width = Model.Memory!.Widths[0];
        Whitening[] whitenings = [.. Model.Memory!.Layers.Select((_, layer) => new Whitening(RandomFeatures.Rows(1, width, layer), Doubling(width)))];
        float[][] layers = [.. Model.Memory!.Layers.Select((rows, layer) => whitenings[layer].Apply(rows))];
        layers[0][3] = largest;
        ScoringOptions scoring = Model.Metadata.Scoring with { WhitenMemory = true };
        return Model with { Metadata = Model.Metadata with { Scoring = scoring }, Banks = [new MemoryBank(layers, width, whitenings)] };
    }

    private static float[] Doubling(int width)
    {
        var matrix = new float[width * width];
        for (int i = 0; i < width; i++) matrix[(i * width) + i] = 2;
        return matrix;
    }
}
