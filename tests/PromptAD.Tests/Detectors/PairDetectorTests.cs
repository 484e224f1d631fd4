using System.Numerics;
using System.Text.Json;
using PromptAD.Encoders.Dino;
using PromptAD.Results;
using PromptAD.Tests.Scoring;
using PromptAD.Words;

namespace PromptAD.Tests.Detectors;

/// <summary>Detectors whose words come from one backbone and whose memory from another.</summary>
public sealed class PairDetectorTests : DetectorTest
{
    // Larger and finer than the words' 32 pixels and 4 x 4 patches; and smaller and coarser.
    private const string Larger = """
        {"kind": "dinov2", "width": 32, "layers": 3, "heads": 2, "patch": 8, "trained_size": 40, "input_size": 48, "registers": 2,
         "memory_taps": {"blocks": [1, 2], "normed": true, "weights": [0.5, 1]}}
        """;

    private const string Smaller = """
        {"kind": "dinov2", "width": 16, "layers": 3, "heads": 2, "patch": 8, "trained_size": 24, "input_size": 24}
        """;

    public static TheoryData<string, string> Kinds => new()
    {
        { Larger, "common" }, { Larger, "harmonic" }, { Larger, "whitened" }, { Larger, "tiled" }, { Larger, "masked" }, { Larger, "posed" },
        { Larger, "subspace" }, { Smaller, "common" }, { Smaller, "masked" }, { Smaller, "subspace" },
    };

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Is_saved_opened_from_the_store_and_judges(string memory, string kind)
    {
        using Backbone other = Other(memory), pair = Backbone.WithMemoryOf(other);
        using AnomalyDetector trained = Train(pair, kind);
        trained.Save(File);
        using AnomalyDetector loaded = AnomalyDetector.Load(File, Store, threads: 1), put = AnomalyDetector.Load(File, pair);

        Prediction found = trained.Predict(Frame(Noise(9))), again = loaded.Predict(Frame(Noise(9)));

        Assert.Equal((found.Score, found.TextScore, found.VisualScore), (again.Score, again.TextScore, again.VisualScore));
        Assert.Equal(found.Score, put.Predict(Frame(Noise(9))).Score);
        Assert.NotNull(found.TextScore);
        Assert.Equal(("tiny", "dino"), (loaded.Detector.WordEncoder!.Id, loaded.Detector.MemoryEncoder!.Id));
        Assert.Equal((7, other.Hash), (loaded.Detector.Metadata.Format, loaded.Info.MemoryBackbone!.Hash));
        var streamed = new List<float>();
        await foreach (StreamedPrediction one in loaded.PredictAsync(
            new[] { PictureInput.FromFile(Save(9)) }.ToAsyncEnumerable(), cancellation: TestContext.Current.CancellationToken))
        {
            streamed.Add(one.Prediction!.Score);
        }
        Assert.Equal([found.Score], streamed);
        DetectorDescription description = DetectorDescription.Read(File);
        Assert.Equal(("tiny", "dino"), (description.Backbone, description.MemoryBackbone!.Id));
    }

    [Fact]
    public void The_memory_says_what_it_says_alone_where_it_reads_the_larger_picture()
    {
        using Backbone other = Other(Larger), pair = Backbone.WithMemoryOf(other);
        using AnomalyDetector both = Train(pair, "common");
        var trainer = new MemoryTrainer(other, "metal nut", Options("common"));
        for (int seed = 0; seed < 2; seed++) trainer.AddGood(Frame(Noise(seed)));
        using AnomalyDetector alone = trainer.Train(TestContext.Current.CancellationToken);
        Assert.Equal(alone.Predict(Frame(Noise(9))).VisualScore, both.Predict(Frame(Noise(9))).VisualScore);
    }

    [Theory]
    [InlineData(Larger, "common")]
    [InlineData(Larger, "harmonic")]
    [InlineData(Larger, "masked")]
    [InlineData(Larger, "subspace")]
    [InlineData(Smaller, "common")]
    [InlineData(Smaller, "masked")]
    public void One_exported_file_has_both(string memory, string kind)
    {
        using Backbone other = Other(memory), pair = Backbone.WithMemoryOf(other);
        using AnomalyDetector detector = Train(pair, kind);
        foreach (bool resizes in (bool[])[true, false])
        {
            ExportCheck check = detector.Export(
                InFolder("part.onnx"), [Save(20), Save(21)], new ExportOptions { IncludeResizing = resizes, Replace = true });
            Assert.InRange(Math.Max(check.ScoreDifference, check.MapDifference), 0, 2e-5f);
        }
    }

    [Fact]
    public void Learns_from_feedback_and_is_calibrated()
    {
        using Backbone other = Other(Larger), pair = Backbone.WithMemoryOf(other);
        using AnomalyDetector detector = Train(pair, "common");
        detector.AddReferencePicture(Save(50), isGood: true, TestContext.Current.CancellationToken);
        detector.SetLimits(new LimitOptions { ReviewScore = 1e-6f, NGScore = 1e-6f, PixelScore = 0.9f });
        FeedbackReport report = detector.LearnFalseReject(
            Save(5), new FeedbackOptions { Novelty = -3, Force = true }, TestContext.Current.CancellationToken);
        Assert.True(report.Entry!.ScoreAfter < report.Entry.ScoreBefore);
        Assert.Equal(5, detector.Calibrate(Enumerable.Range(20, 5).Select(seed => detector.Predict(Frame(Noise(seed))))).Counted);
    }

    [Fact]
    public void What_is_missing_or_does_not_fit_is_told_in_one_line()
    {
        string needed;
        using (Backbone other = Other(Larger), pair = Backbone.WithMemoryOf(other))
        {
            needed = other.Hash;
            using AnomalyDetector detector = Train(pair, "common");
            detector.Save(File);
            Assert.Contains("Open both, and put them together with Backbone.WithMemoryOf", Refused(() => AnomalyDetector.Load(File, Backbone)).Message);
            Assert.Contains("'dino'", Refused(() => AnomalyDetector.Load(File, other)).Message);
            string words = InFolder("words.promptad");
            Model.Save(words);
            Assert.Contains("was made with backbone 'tiny' alone", Refused(() => AnomalyDetector.Load(words, pair)).Message);
            Assert.Contains("at most two", Refused(() => pair.WithMemoryOf(other)).Message);
            Assert.Contains("has no text tower", Refused(() => other.WithMemoryOf(Backbone)).Message);
            Assert.Contains("both to come from backbone 'tiny'", Refused(() => Backbone.WithMemoryOf(Backbone)).Message);
            Assert.Contains("train it with 'dino' alone", Refused(() => new MemoryTrainer(pair, "nut").Train()).Message);
        }
        Store.Remove("dino");
        string message = Refused(() => AnomalyDetector.Load(File, Store)).Message;
        Assert.Contains($"takes its memory from backbone 'dino' (hash {needed[..12]}", message);
        Assert.Contains("BackboneStore.Import", message);
        Assert.DoesNotContain('\n', message);
    }

    [Fact]
    public void A_pair_that_is_disposed_leaves_both_open()
    {
        using Backbone other = Other(Larger);
        Backbone.WithMemoryOf(other).Dispose();
        Assert.NotNull(other.OpenEncoder());
        Assert.NotNull(Backbone.OpenEncoder());
    }

    private Backbone Other(string configuration)
    {
        Store.Generate(DinoConfiguration.Parse(configuration), "dino");
        return Store.Open("dino", threads: 1);
    }

    private static AnomalyDetector Train(Backbone pair, string kind)
    {
        PictureMask? mask = kind == "masked" ? new PictureMask(40, 30).Inspect((Vector2[])[new(0, 0), new(30, 0), new(30, 20), new(0, 20)]) : null;
        var trainer = new MemoryTrainer(pair, "metal nut", Options(kind)) { Mask = mask };
        for (int seed = 0; seed < 2; seed++) Assert.True(trainer.AddGood(Frame(Noise(seed))));
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        return trainer.Train(Words(pair.Encoder.EmbeddingSize), trainer.BuildMemory(cancellation), new LimitOptions(), cancellation: cancellation);
    }

    private static LearnedWords Words(int channels)
    {
        Prototypes Drawn(int seed) => new(RandomFeatures.Rows(1, channels, seed), RandomFeatures.Rows(1, channels, seed + 10));
        return new LearnedWords(
            new WordPrototypes(Drawn(1), Drawn(2)), 4.6f, ["damaged {}"], 0, JsonSerializer.SerializeToElement(new Dictionary<string, string>()));
    }

    private static MemoryTrainingOptions Options(string kind)
    {
        var small = new MemoryTrainingOptions { Scoring = new ScoringOptions { Fusion = ScoreFusion.CommonScale, MapSize = MapSize, TopPatches = 3 } };
        return kind switch
        {
            "harmonic" => small with { Scoring = new ScoringOptions { MapSize = MapSize } },
            "whitened" => small with { Scoring = small.Scoring with { WhitenMemory = true } },
            "tiled" => small with { Tiles = new Tiling(1, 2) },
            "posed" => small with { Poses = PoseOptions.Free },
            "subspace" => small with { Memory = MemoryKind.Subspace, ExplainedVariance = 0.8 },
            _ => small,
        };
    }
}
