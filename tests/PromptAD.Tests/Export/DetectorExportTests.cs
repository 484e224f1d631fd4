using System.Numerics;
using Microsoft.ML.OnnxRuntime;
using PromptAD.Detectors;
using PromptAD.Encoders.Clip;
using PromptAD.Examples;
using PromptAD.Imaging;
using PromptAD.Memory;
using PromptAD.Scoring;
using PromptAD.Tests.Detectors;
using PromptAD.Tests.Scoring;

namespace PromptAD.Tests.Export;

public sealed class DetectorExportTests : DetectorTest
{
    private string Target => InFolder("part.onnx");

    [Theory]
    [InlineData(ScoreFusion.Harmonic, 0, false, false, true)]
    [InlineData(ScoreFusion.Harmonic, 3, false, true, true)]
    [InlineData(ScoreFusion.Harmonic, 0, true, false, false)]
    [InlineData(ScoreFusion.CommonScale, 0, true, true, true)]
    [InlineData(ScoreFusion.CommonScale, 20, true, true, true)] // more than the mask leaves
    [InlineData(ScoreFusion.CommonScale, 3, true, false, false)]
    public void Says_what_the_detector_says(ScoreFusion fusion, int topPatches, bool whitened, bool masked, bool resizes)
    {
        Detector model = Varied(fusion, topPatches, whitened, masked);
        model.Save(File);
        using AnomalyDetector detector = AnomalyDetector.Load(File, Backbone);
        ExportCheck check = detector.Export(Target, Pictures(3), new ExportOptions { IncludeResizing = resizes });
        Assert.Equal(3, check.Pictures);
        Assert.Equal(resizes ? (40, 30) : (32, 32), (check.Width, check.Height));
        Assert.InRange(check.ScoreDifference, 0, 2e-5f);
        Assert.InRange(check.MapDifference, 0, 2e-5f);
    }

    [Fact]
    public void The_file_needs_nothing_else_and_names_its_limits()
    {
        using AnomalyDetector detector = AnomalyDetector.Load(File, Backbone);
        detector.SetLimits(new LimitOptions { ReviewScore = 0.25f, NGScore = 0.5f, PixelScore = 0.125f });
        detector.Export(Target, Pictures(1));
        string moved = Path.Combine(Directory.CreateDirectory(InFolder("elsewhere")).FullName, "a.onnx");
        System.IO.File.Move(Target, moved);
        Store.Remove("tiny");

        using var session = new InferenceSession(moved);
        Dictionary<string, string> names = session.ModelMetadata.CustomMetadataMap;
        Assert.Equal(("metal nut", "0.25", "0.5", "0.125"), (names["object"], names["review_limit"], names["ng_limit"], names["pixel_limit"]));
        Assert.Contains("\"basis\":\"Given\"", names["limits"]);
        Assert.Equal([30, 40, 3], session.InputMetadata["picture"].Dimensions);
        using OrtValue input = OrtValue.CreateTensorValueFromMemory(OrtMemoryInfo.DefaultInstance, Noise(9).AsMemory(), [30, 40, 3]);
        using var run = new RunOptions();
        using IDisposableReadOnlyCollection<OrtValue> outputs = session.Run(
            run, ["picture"], [input], ["score", "map", "normalized_score"]);
        Prediction expected = detector.Predict(Frame(Noise(9)));
        Assert.Equal(expected.Score, outputs[0].GetTensorDataAsSpan<float>()[0], 1e-5f);
        Assert.Equal(MapSize * MapSize, outputs[1].GetTensorDataAsSpan<float>().Length);
        Assert.Equal(expected.NormalizedScore, outputs[2].GetTensorDataAsSpan<float>()[0], 1e-5f);
    }

    [Theory]
    [InlineData(1e-5f)]
    [InlineData(0.3f)]
    [InlineData(0.99999f)]
    public void A_normalized_score_is_exported_with_every_limit(float limit)
    {
        using AnomalyDetector detector = AnomalyDetector.Load(File, Backbone);
        detector.SetLimits(new LimitOptions { ReviewScore = limit, NGScore = limit, PixelScore = 0.5f });
        Assert.InRange(detector.Export(Target, Pictures(3)).ScoreDifference, 0, 2e-5f);
        using var session = new InferenceSession(Target);
        Assert.Contains("normalized_score", session.OutputNames);
    }

    [Fact]
    public void Without_limits_there_is_no_normalized_score()
    {
        (Model with { Metadata = Model.Metadata with { Limits = null } }).Save(File);
        using AnomalyDetector detector = AnomalyDetector.Load(File, Backbone);
        detector.Export(Target, Pictures(1));
        using var session = new InferenceSession(Target);
        Assert.Equal(["score", "text_score", "visual_score", "map"], session.OutputNames);
    }

    [Fact]
    public void The_example_program_says_the_same()
    {
        using AnomalyDetector detector = AnomalyDetector.Load(File, Backbone);
        Prediction expected = detector.Predict(Frame(Noise(9)));
        foreach ((float review, float ng, string verdict) in ((float, float, string)[])[
            (expected.Score / 2, expected.Score * 0.9f, "NG"), (expected.Score / 2, 0.99f, "REVIEW"), (0.98f, 0.99f, "OK")])
        {
            detector.SetLimits(new LimitOptions { ReviewScore = review, NGScore = ng, PixelScore = 0.5f });
            detector.Export(Target, Pictures(1), new ExportOptions { Replace = true });
            using var example = new ExportedDetector(Target);
            Assert.Equal((40, 30), (example.Width, example.Height));
            (string? said, float score, float? normalized, float[] map) = example.Judge(Noise(9));
            Assert.Equal(verdict, said);
            Assert.Equal(detector.Limits!.Normalize(score), normalized!.Value, 1e-6f);
            Assert.Equal(expected.Score, score, 1e-5f);
            Assert.Equal(expected.Map.Max, map.Max(), 1e-5f);
        }
    }

    [Fact]
    public void Grey_pictures_are_given_as_three_equal_channels()
    {
        byte[] gray = new byte[40 * 30];
        new Random(3).NextBytes(gray);
        string path = InFolder("gray.png");
        PictureEncoder.Save(new CameraFrame(gray, 40, 30, PixelFormat.Gray8), path);
        using AnomalyDetector detector = AnomalyDetector.Load(File, Backbone);
        Assert.InRange(detector.Export(Target, [path]).ScoreDifference, 0, 2e-5f);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    public void It_stops_between_pictures_and_writes_nothing_then(int after)
    {
        using AnomalyDetector detector = AnomalyDetector.Load(File, Backbone);
        using var stop = new CancellationTokenSource();
        var told = new List<double>();
        var progress = new SynchronousProgress<double>(part =>
        {
            told.Add(part);
            if (told.Count == after) stop.Cancel();
        });
        if (after == 0) stop.Cancel();
        Assert.Throws<OperationCanceledException>(() => detector.Export(Target, Pictures(3), null, progress, stop.Token));
        Assert.Equal([.. Enumerable.Range(1, after).Select(count => count / 3.0)], told);
        Assert.False(System.IO.File.Exists(Target));
    }

    [Fact]
    public void Refuses_what_cannot_be_and_leaves_nothing()
    {
        using AnomalyDetector detector = AnomalyDetector.Load(File, Backbone);
        string wide = InFolder("wide.png");
        PictureEncoder.Save(new CameraFrame(new byte[60 * 30], 60, 30, PixelFormat.Gray8), wide);
        string[] pictures = Pictures(1);
        Assert.Contains("is 60 x 30 pixels, but the first picture is 40 x 30", Refused(() => detector.Export(Target, [.. pictures, wide])).Message);
        Assert.Contains("no picture to check", Refused(() => detector.Export(Target, [])).Message);
        Assert.Contains("does not exist", Refused(() => detector.Export(Target, ["missing.png"])).Message);
        Assert.False(System.IO.File.Exists(Target));

        System.IO.File.WriteAllText(Target, "mine");
        Assert.Contains("is there already", Refused(() => detector.Export(Target, pictures)).Message);
        Assert.Equal("mine", System.IO.File.ReadAllText(Target));
        detector.Export(Target, pictures, new ExportOptions { Replace = true });
        Assert.NotEqual("mine", System.IO.File.ReadAllText(Target));

        PreprocessingOptions through = Model.Metadata.Preprocessing with { Resize = ResizeMode.Through1024 };
        (Model with { Metadata = Model.Metadata with { Preprocessing = through } }).Save(File);
        using AnomalyDetector program = AnomalyDetector.Load(File, Backbone);
        Assert.Contains("Train one that resizes in one step, with ResizeMode.Direct.", Refused(() => program.Export(InFolder("other.onnx"), pictures)).Message);
    }

    private string[] Pictures(int count)
    {
        string[] paths = [.. Enumerable.Range(0, count).Select(i => InFolder($"picture{i}.png"))];
        for (int i = 0; i < count; i++) PictureEncoder.Save(Frame(Noise(20 + i)), paths[i]);
        return paths;
    }

    private Detector Varied(ScoreFusion fusion, int topPatches, bool whitened, bool masked)
    {
        VisionConfiguration vision = TinyModels.Configuration.Vision;
        Vector2[] corner = [new(0, 0), new(30, 0), new(30, 20), new(0, 20)];
        PictureMask? mask = masked ? new PictureMask(40, 30).Inspect(corner) : null;
        DetectorMetadata metadata = Model.Metadata with
        {
            Format = DetectorMetadata.CurrentFormat,
            Scoring = Model.Metadata.Scoring with { Fusion = fusion, TopPatches = topPatches, TextWeight = 0.5f, WhitenMemory = whitened },
            Scale = new ScoreScale(new(0.1f, 0.4f), new(-0.2f, 0.3f), new(0.3f, 0.1f)),
            Mask = mask is null ? null : MaskRecord.Of(mask, MapSize),
        };
        if (!whitened) return Model with { Metadata = metadata };
        float[] matrix = new float[vision.Width * vision.Width];
        for (int i = 0; i < matrix.Length; i++)
            if (i % vision.Width <= i / vision.Width) matrix[i] = (i % vision.Width == i / vision.Width ? 5 : 0) + MathF.Sin(i);
        Whitening[] whitenings = [.. Model.Memory!.Layers.Select((_, layer) => new Whitening(RandomFeatures.Rows(1, vision.Width, layer), matrix))];
        var bank = new MemoryBank([.. Model.Memory!.Layers.Select((rows, layer) => whitenings[layer].Apply(rows))], vision.Width, whitenings);
        return Model with { Metadata = metadata, Banks = [bank] };
    }
}
