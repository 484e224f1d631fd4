using System.Numerics;
using PromptAD.Files;
using PromptAD.Results;

namespace PromptAD.Tests.Detectors;

/// <summary>Detectors whose memory is a subspace: made, saved, calibrated, taught and exported.</summary>
public sealed class SubspaceDetectorTests : DetectorTest
{
    private static readonly MemoryTrainingOptions Small = new()
    {
        Scoring = new ScoringOptions { Fusion = ScoreFusion.CommonScale, MapSize = MapSize },
        Memory = MemoryKind.Subspace,
        ExplainedVariance = 0.8,
    };

    private static readonly LimitOptions Low = new() { ReviewScore = 1e-6f, NGScore = 1e-6f, PixelScore = 0.9f };

    public static TheoryData<string, int> Kinds => new()
    {
        { "plain", 2 }, { "plain", 1 }, { "plain", 20 }, { "whitened", 2 }, { "whitened", 6 }, { "shifted", 1 }, { "posed", 2 },
        { "tiled", 2 }, { "harmonic", 3 }, { "masked", 2 },
    };

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Is_saved_judges_and_is_calibrated(string kind, int pictures)
    {
        using AnomalyDetector detector = Train(kind, pictures);
        detector.Save(File);
        using AnomalyDetector loaded = AnomalyDetector.Load(File, Backbone);

        Prediction found = detector.Predict(Frame(Noise(99))), again = loaded.Predict(Frame(Noise(99)));

        Assert.Equal((found.Score, found.Verdict, found.Map.Max), (again.Score, again.Verdict, again.Map.Max));
        Assert.InRange(found.Score, 0, 1);
        Assert.Equal((pictures, 6, MemoryKind.Subspace),
            (loaded.Info.Shots, loaded.Detector.Metadata.Format, loaded.Detector.Metadata.Memory));
        Assert.NotNull(loaded.Limits);
        // Pictures that were learned from say nothing, and planes do not tell them from others.
        CalibrationReport report = loaded.Calibrate(Enumerable.Range(0, 25).Select(seed => loaded.Predict(Frame(Noise(seed)))));
        Assert.Equal(25 - pictures, report.Counted);
        Assert.Empty(report.NearCopies);
    }

    [Fact]
    public void A_picture_learned_from_is_nearer_than_others()
    {
        using AnomalyDetector detector = Train("plain", 2);
        Assert.True(detector.Predict(Frame(Noise(0))).Score < detector.Predict(Frame(Noise(99))).Score);
    }

    [Theory]
    [InlineData("plain")]
    [InlineData("whitened")]
    [InlineData("harmonic")]
    [InlineData("masked")]
    public void An_export_says_the_same_also_after_feedback(string kind)
    {
        using AnomalyDetector detector = Train(kind, 2);
        ExportCheck check = detector.Export(InFolder("part.onnx"), [Save(20), Save(21)]);
        Assert.InRange(Math.Max(check.ScoreDifference, check.MapDifference), 0, 2e-5f);
        Teach(detector, 30);
        check = detector.Export(InFolder("taught.onnx"), [Save(22), Save(23)]);
        Assert.InRange(Math.Max(check.ScoreDifference, check.MapDifference), 0, 2e-5f);
    }

    [Theory]
    [InlineData("plain")]
    [InlineData("whitened")]
    public void Feedback_is_remembered_beside_the_plane_and_undone(string kind)
    {
        using AnomalyDetector detector = Train(kind, 2);
        float before = detector.Predict(Frame(Noise(30))).Score;
        detector.SetLimits(Low);
        byte[] untaught = Saved(detector);
        FeedbackReport report = Teach(detector, 30);
        Assert.True(report.Entry!.ScoreAfter < report.Entry.ScoreBefore);
        detector.Save(File);

        using (AnomalyDetector loaded = AnomalyDetector.Load(File, Backbone))
        {
            Assert.Equal(report.Entry.ScoreAfter, loaded.Predict(Frame(Noise(30))).Score);
            Assert.Equal(report.Entry.Patches, loaded.Detector.Memory!.Rows);
        }
        MemoryDescription memory = DetectorDescription.Read(File).Memory!;
        Assert.Equal((report.Entry.Patches, 2), (memory.Patches, memory.Components!.Count));
        detector.UndoFeedback();
        Assert.Equal(before, detector.Predict(Frame(Noise(30))).Score);
        Assert.Equal(untaught, Saved(detector));
    }

    [Fact]
    public void The_same_pictures_make_the_same_detector_however_many_cores_there_are()
    {
        byte[] Make()
        {
            using AnomalyDetector detector = Train("whitened", 3);
            return Saved(new AnomalyDetector(
                detector.Detector with { Metadata = detector.Detector.Metadata with { Created = default } }, Backbone));
        }

        Assert.Equal(Make(), Make());
    }

    [Fact]
    public void Files_that_do_not_fit_are_refused_in_one_line()
    {
        using (AnomalyDetector detector = Train("plain", 2)) detector.Save(File);
        byte[] whole = System.IO.File.ReadAllBytes(File);
        void Damages(string expected, Func<TensorEntry, TensorEntry>? entries = null, Action<System.Text.Json.Nodes.JsonObject>? metadata = null)
        {
            System.IO.File.WriteAllBytes(File, whole);
            Rewrite(entries: entries, metadata: metadata);
            string message = Refused(() => Detector.Load(File)).Message;
            Assert.Contains(expected, message);
            Assert.DoesNotContain('\n', message);
        }

        Damages("subspaces do not fit", entry => entry.Name == "subspace.1.components" ? entry with { Shape = [1, 23] } : entry);
        Damages("subspaces do not fit", entry => entry.Name == "subspace.2.components" ? entry with { Shape = [entry.Count] } : entry);
        Damages("it has no memory", entry => entry.Name.StartsWith("subspace.1", StringComparison.Ordinal) ? entry with { Name = "other" + entry.Name } : entry);
        Damages("it has no memory bank", metadata: json => json.Remove("memory"));
        Damages("its history tells of other patches", metadata: json => json["history"] = System.Text.Json.Nodes.JsonNode.Parse(
            """[{"number": 1, "picture": "a", "patches": 1, "score_before": 1, "score_after": 0, "created": "2026-01-01T00:00:00Z"}]"""));
        Damages("detector format 99", metadata: json => json["format"] = 99);
    }

    [Fact]
    public void Refuses_an_explained_variance_that_cannot_be_used()
    {
        MemoryTrainingOptions all = Small with { ExplainedVariance = 1 }, bank = new() { ExplainedVariance = 0.9 };
        Assert.Contains("ExplainedVariance is 1; it must lie between 0.5 and 0.9999", Refused(() => new MemoryTrainer(Backbone, "nut", all).Train()).Message);
        Assert.Contains("choose a subspace with MemoryTrainingOptions.Memory", Refused(() => new MemoryTrainer(Backbone, "nut", bank).Train()).Message);
    }

    private AnomalyDetector Train(string kind, int pictures)
    {
        PictureMask? mask = kind == "masked" ? new PictureMask(40, 30).Inspect((Vector2[])[new(0, 0), new(30, 0), new(30, 20), new(0, 20)]) : null;
        var trainer = new MemoryTrainer(Backbone, "metal nut", Options(kind)) { Mask = mask };
        for (int seed = 0; seed < pictures; seed++) Assert.True(trainer.AddGood(Frame(Noise(seed))));
        return trainer.Train(TestContext.Current.CancellationToken);
    }

    private FeedbackReport Teach(AnomalyDetector detector, int seed)
    {
        detector.SetLimits(Low);
        return detector.LearnFalseReject(
            Save(seed), new FeedbackOptions { Novelty = -3, Force = true }, TestContext.Current.CancellationToken);
    }

    private static MemoryTrainingOptions Options(string kind) => kind switch
    {
        "whitened" => Small with { Scoring = Small.Scoring with { WhitenMemory = true } },
        "shifted" => Small with { Scoring = Small.Scoring with { MemoryShifts = 2 } },
        "posed" => Small with { Poses = PoseOptions.Free },
        "tiled" => Small with { Tiles = new Tiling(1, 2) },
        "harmonic" => Small with { Scoring = new ScoringOptions { MapSize = MapSize } },
        _ => Small,
    };
}
