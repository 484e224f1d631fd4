using PromptAD.Detectors;

namespace PromptAD.Tests.Detectors;

/// <summary>Training without words, in a process that has no libtorch.</summary>
public sealed class MemoryTrainerTests : DetectorTest
{
    private static readonly MemoryTrainingOptions Small = new() { Scoring = new ScoringOptions { Fusion = ScoreFusion.CommonScale, MapSize = MapSize } };

    public static TheoryData<string> Kinds => new("plain", "whitened", "shifted", "posed", "tiled", "harmonic");

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Makes_a_detector_that_is_saved_and_judges(string kind)
    {
        var trainer = new MemoryTrainer(Backbone, "metal nut", Options(kind));
        for (int seed = 0; seed < 2; seed++) Assert.True(trainer.AddGood(Frame(Noise(seed))));
        Assert.False(trainer.AddGood(Frame(Noise(0))));
        using AnomalyDetector detector = trainer.Train(TestContext.Current.CancellationToken);
        detector.Save(File);
        using AnomalyDetector loaded = AnomalyDetector.Load(File, Backbone);

        Prediction found = detector.Predict(Frame(Noise(9))), again = loaded.Predict(Frame(Noise(9))), known = loaded.Predict(Frame(Noise(0)));

        Assert.Equal((found.Score, found.Verdict, null), (again.Score, again.Verdict, again.TextScore));
        Assert.True(known.Score < found.Score);
        Assert.Equal((2, 5), (loaded.Info.Shots, loaded.Detector.Metadata.Format));
        Assert.Equal([DetectorMetadata.MemoryPart], loaded.Detector.Metadata.Parts);
        Assert.NotNull(loaded.Limits);
    }

    [Fact]
    public void The_same_pictures_make_the_same_detector()
    {
        byte[] Train()
        {
            var trainer = new MemoryTrainer(Backbone, "metal nut", Small);
            trainer.AddGood(Frame(Noise(0)));
            using AnomalyDetector detector = trainer.Train(TestContext.Current.CancellationToken);
            return Saved(new AnomalyDetector(
                detector.Detector with { Metadata = detector.Detector.Metadata with { Created = default } }, Backbone));
        }

        Assert.Equal(Train(), Train());
    }

    [Fact]
    public void Feedback_and_calibration_work_as_with_words()
    {
        var trainer = new MemoryTrainer(Backbone, "metal nut", Small);
        trainer.AddGood(Frame(Noise(0)));
        using AnomalyDetector detector = trainer.Train(TestContext.Current.CancellationToken);
        detector.SetLimits(new LimitOptions { ReviewScore = 1e-6f, NGScore = 1e-6f, PixelScore = 0.9f });

        FeedbackReport report = detector.LearnFalseReject(
            Save(5), new FeedbackOptions { Novelty = -3, Force = true }, TestContext.Current.CancellationToken);

        Assert.True(report.Entry!.ScoreAfter < report.Entry.ScoreBefore);
        Assert.Equal(5, detector.Calibrate(Enumerable.Range(20, 5).Select(seed => detector.Predict(Frame(Noise(seed))))).Counted);
    }

    [Theory]
    [InlineData("harmonic", false)]
    [InlineData("harmonic shifted", true)]
    [InlineData("harmonic tiled", true)]
    [InlineData("plain", true)]
    public void How_near_good_patches_are_is_measured_where_the_memory_cannot_tell(string kind, bool isMeasured)
    {
        var trainer = new MemoryTrainer(Backbone, "metal nut", Options(kind));
        trainer.AddGood(Frame(Noise(0)));
        using AnomalyDetector detector = trainer.Train(TestContext.Current.CancellationToken);
        Assert.Equal(isMeasured, detector.Detector.Scale is not null);
    }

    [Fact]
    public void Refuses_what_cannot_be()
    {
        Assert.Contains("name is empty", Refused(() => new MemoryTrainer(Backbone, " ").Train()).Message);
        Assert.Contains("No picture of a good part", Refused(() => new MemoryTrainer(Backbone, "nut").Train()).Message);
        var both = new MemoryTrainingOptions { Tiles = new Tiling(1, 2), Poses = PoseOptions.Free };
        Assert.Contains("not both", Refused(() => new MemoryTrainer(Backbone, "nut", both).Train()).Message);
        Assert.Contains("one colour", Refused(() => new MemoryTrainer(Backbone, "nut").AddGood(Frame(new byte[40 * 30 * 3]))).Message);
    }

    private static MemoryTrainingOptions Options(string kind) => kind switch
    {
        "whitened" => Small with { Scoring = Small.Scoring with { WhitenMemory = true } },
        "shifted" => Small with { Scoring = Small.Scoring with { MemoryShifts = 2 } },
        "posed" => Small with { Poses = PoseOptions.Free },
        "tiled" => Small with { Tiles = new Tiling(1, 2) },
        "harmonic shifted" => Small with { Scoring = new ScoringOptions { MapSize = MapSize, MemoryShifts = 2 } },
        "harmonic tiled" => Small with { Scoring = new ScoringOptions { MapSize = MapSize }, Tiles = new Tiling(1, 2) },
        "harmonic" => Small with { Scoring = new ScoringOptions { MapSize = MapSize } },
        _ => Small,
    };
}
