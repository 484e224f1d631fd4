using PromptAD.Detectors;

namespace PromptAD.Tests.Detectors;

/// <summary>Detectors without words or without a memory.</summary>
public sealed class PartialDetectorTests : DetectorTest
{
    private Detector MemoryOnly => Model with { Words = null, Metadata = With(DetectorMetadata.MemoryPart) };

    private Detector WordsOnly => Model with { Banks = [], Metadata = With(DetectorMetadata.WordsPart) };

    [Fact]
    public void Without_words_the_memory_alone_makes_the_score()
    {
        MemoryOnly.Save(File);
        using AnomalyDetector detector = AnomalyDetector.Load(File, Backbone), whole = new(Model, Backbone);

        Prediction found = detector.Predict(Frame(Noise(5))), expected = whole.Predict(Frame(Noise(5)));

        Assert.Null(found.TextScore);
        Assert.Equal((expected.VisualScore, expected.VisualScore), (found.VisualScore, found.Score));
        Assert.Equal(DetectorMetadata.PartsFormat, detector.Detector.Metadata.Format);
        Assert.Null(detector.Detector.WordEncoder);
        Assert.Equal(new EncoderReference("tiny", Backbone.Hash), detector.Detector.MemoryEncoder);
    }

    [Fact]
    public void Without_a_memory_the_words_alone_make_the_score()
    {
        WordsOnly.Save(File);
        using AnomalyDetector detector = AnomalyDetector.Load(File, Backbone), whole = new(Model, Backbone);

        Prediction found = detector.Predict(Frame(Noise(5))), expected = whole.Predict(Frame(Noise(5)));

        Assert.Null(found.VisualScore);
        Assert.Equal((expected.TextScore, expected.TextScore), (found.TextScore, found.Score));
        Assert.False(found.IsUnfamiliar);
        Assert.Null(detector.Detector.MemoryEncoder);
    }

    [Fact]
    public void Both_are_calibrated_and_judge_with_limits()
    {
        foreach (Detector one in (Detector[])[MemoryOnly, WordsOnly])
        {
            using var detector = new AnomalyDetector(one, Backbone);
            Assert.Equal(3, detector.Calibrate(Enumerable.Range(10, 3).Select(seed => detector.Predict(Frame(Noise(seed))))).Counted);
            Assert.True(detector.Predict(Frame(Noise(7))).HasVerdict);
        }
    }

    [Fact]
    public void Feedback_needs_a_memory()
    {
        using var detector = new AnomalyDetector(WordsOnly, Backbone);
        detector.SetLimits(new LimitOptions { ReviewScore = 1e-6f, NGScore = 1e-6f, PixelScore = 1 });
        Assert.Contains("has no memory", Refused(() => detector.LearnFalseReject(Save(5))).Message);
    }

    [Fact]
    public void A_detector_with_neither_is_refused()
    {
        (Model with { Words = null, Banks = [], Metadata = With() }).Save(File);
        Assert.Contains("neither words nor a memory", Refused(() => Detector.Load(File)).Message);
    }

    [Fact]
    public void A_part_that_is_missing_is_told_of()
    {
        (MemoryOnly with { Metadata = With(DetectorMetadata.WordsPart, DetectorMetadata.MemoryPart) }).Save(File);
        Assert.Contains("'image.normal' is missing", Refused(() => Detector.Load(File)).Message);
    }

    private DetectorMetadata With(params string[] parts)
    {
        DetectorMetadata metadata = Model.Metadata with { Parts = parts };
        return metadata with { Format = metadata.LowestFormat };
    }
}
