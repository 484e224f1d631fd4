using PromptAD.Encoders.Dino;

namespace PromptAD.Tests.Detectors;

/// <summary>A detector whose encoder knows no words: trained, saved, opened with its backbone and exported.</summary>
public sealed class DinoDetectorTests : DetectorTest
{
    private const string Configuration = """
        {"kind": "dinov2", "width": 32, "layers": 3, "heads": 2, "patch": 8, "trained_size": 40, "input_size": 64, "registers": 2,
         "memory_taps": {"blocks": [1, 2], "normed": true, "weights": [0.5, 1]}}
        """;

    [Theory]
    [InlineData(ScoreFusion.Harmonic, false)]
    [InlineData(ScoreFusion.CommonScale, false)]
    [InlineData(ScoreFusion.CommonScale, true)]
    public void Judges_by_its_memory_and_says_the_same_as_an_export(ScoreFusion fusion, bool whitens)
    {
        Store.Generate(DinoConfiguration.Parse(Configuration), "dino");
        using Backbone backbone = Store.Open("dino", threads: 1);
        var trainer = new MemoryTrainer(backbone, "metal nut", new MemoryTrainingOptions
        {
            Scoring = new ScoringOptions { Fusion = fusion, MapSize = MapSize, WhitenMemory = whitens },
        });
        for (int seed = 0; seed < 2; seed++) Assert.True(trainer.AddGood(Frame(Noise(seed))));
        using (AnomalyDetector trained = trainer.Train(TestContext.Current.CancellationToken)) trained.Save(File);

        using AnomalyDetector detector = AnomalyDetector.Load(File, backbone);
        Prediction found = detector.Predict(Frame(Noise(9))), known = detector.Predict(Frame(Noise(0)));
        Assert.True(known.Score < found.Score);
        Assert.Null(found.TextScore);
        ExportCheck check = detector.Export(InFolder("part.onnx"), [Save(20), Save(21)]);
        Assert.InRange(check.ScoreDifference, 0, 2e-5f);
        Assert.InRange(check.MapDifference, 0, 2e-5f);
        Assert.Equal(Problem.Mismatch, Assert.Throws<PromptADException>(() => AnomalyDetector.Load(File, Backbone)).Problem);
    }
}
