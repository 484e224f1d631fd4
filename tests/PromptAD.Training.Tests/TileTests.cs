using System.Numerics;
using PromptAD.Detectors;

namespace PromptAD.Training.Tests;

public sealed class TileTests(TinyBackbone tiny) : IClassFixture<TinyBackbone>
{
    private const int Side = 96;
    private static readonly Tiling Tiles = new(2, 2);

    [Theory]
    [InlineData(ScoreFusion.Harmonic)]
    [InlineData(ScoreFusion.CommonScale)]
    public void A_saved_detector_judges_as_the_trained_one_in_a_stream_too(ScoreFusion fusion)
    {
        string file = Path.Combine(tiny.Folder, $"tiled-{fusion}.promptad");
        using AnomalyDetector detector = Train(fusion);
        detector.Save(file);
        using AnomalyDetector loaded = AnomalyDetector.Load(file, tiny.Store);
        Prediction expected = detector.Predict(Frame(9)), found = loaded.Predict(Frame(9));
        Assert.Equal((expected.Score, expected.TextScore, expected.VisualScore), (found.Score, found.TextScore, found.VisualScore));
        Assert.Equal(expected.Map.Values.ToArray(), found.Map.Values.ToArray());
        Assert.Equal((58, 58), (found.Map.Width, found.Map.Height)); // 32 pixels a tile, a fifth of which overlaps
        Assert.All(found.Map.Values.ToArray(), value => Assert.InRange(value, 0, 1));
        Assert.Equal(detector.Limits, loaded.Limits);
        Assert.Equal((Tiles, 2, DetectorMetadata.TileFormat), (loaded.Info.Tiles, loaded.Info.Shots, Detector.Load(file).Metadata.Format));

        PictureInput[] pictures = [.. Enumerable.Range(9, 4).Select(seed => PictureInput.FromFrame(Noise(seed), Side, Side, PixelFormat.Rgb24))];
        StreamedPrediction[] streamed = [.. loaded.PredictAsync(pictures.ToAsyncEnumerable()).ToBlockingEnumerable(TestContext.Current.CancellationToken)];
        Assert.Equal(Enumerable.Range(9, 4).Select(seed => detector.Predict(Frame(seed)).Score), streamed.Select(one => one.Prediction!.Score));
    }

    [Fact]
    public void Each_tile_is_compared_with_its_own_place_and_the_worst_one_rules()
    {
        using AnomalyDetector detector = Train(ScoreFusion.Harmonic, shots: 1);
        Assert.InRange(detector.Predict(Frame(0)).VisualScore!.Value, 0, 1e-5f);
        // Two tiles exchanged: each is known, but not in that place.
        byte[] pixels = Noise(0), exchanged = [.. pixels];
        for (int y = 0; y < Side / 2; y++)
        {
            int row = y * Side * 3;
            pixels.AsSpan(row + (Side * 3 / 2), Side * 3 / 2).CopyTo(exchanged.AsSpan(row));
            pixels.AsSpan(row, Side * 3 / 2).CopyTo(exchanged.AsSpan(row + (Side * 3 / 2)));
        }
        Assert.InRange(detector.Predict(new CameraFrame(exchanged, Side, Side, PixelFormat.Rgb24)).VisualScore!.Value, 1e-3f, 1);

        // A stain in the lower right corner lies in the last tile alone; what a detector of that tile by itself says of it is the score.
        byte[] stained = [.. pixels];
        for (int y = 80; y < 92; y++) stained.AsSpan(((y * Side) + 80) * 3, 36).Fill(255);
        Prediction found = detector.Predict(new CameraFrame(stained, Side, Side, PixelFormat.Rgb24));
        var last = new Detector(
            Model(detector).Metadata with { Tiles = null }, Model(detector).Words, [Model(detector).Banks[^1]]);
        using var alone = new AnomalyDetector(last, tiny.Backbone, ownsBackbone: false);
        Prediction expected = alone.Predict(Tiles.Cut(new CameraFrame(stained, Side, Side, PixelFormat.Rgb24), 3));
        Assert.Equal(expected.Score, found.Score);
        Assert.True(found.Map.Peak is { X: > 35, Y: > 35 }, $"{found.Map.Peak}");
        Assert.True(found.Score > detector.Predict(Frame(0)).Score);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Limits_come_from_tiles_that_leave_their_picture_out(int shots)
    {
        using AnomalyDetector detector = Train(ScoreFusion.Harmonic, shots);
        Assert.Equal(shots * 10, detector.Detector.GoodScores.Shots.Count);
        Assert.Equal(Enumerable.Range(0, shots), detector.Detector.GoodScores.Shots.Select(score => score.Source).Distinct());
        Assert.All(detector.Detector.GoodScores.Shots, score => Assert.InRange(score.Score, 0.01f, 1));
        Prediction prediction = detector.Predict(Frame(50));
        Assert.Equal(detector.Limits!.Judge(prediction.Score), prediction.Verdict);
        if (shots == 1) return;

        // A picture's left-out score is what a detector taught the others says of it, with the same words.
        AnomalyDetector others = Train(ScoreFusion.Harmonic, shots, first: 1);
        Detector own = Model(detector);
        using var left = new AnomalyDetector(
            own with { Banks = Model(others).Banks }, tiny.Backbone, ownsBackbone: false);
        Assert.Equal(left.Predict(Frame(0)).Score, detector.Detector.GoodScores.Shots[0].Score, 1e-5f);
        Assert.Equal(left.Predict(Frame(0)).Map.Max, detector.Detector.GoodScores.Shots[0].Peak, 1e-5f);
        Assert.Equal(5, detector.Calibrate(Enumerable.Range(60, 5).Select(seed => detector.Predict(Frame(seed)))).Counted);
    }

    [Fact]
    public void Pictures_that_are_not_square_have_maps_of_their_grid()
    {
        var trainer = new PromptTrainer(tiny.Backbone, "nut", Options(ScoreFusion.Harmonic) with { Tiles = new Tiling(1, 3) });
        trainer.AddGood(new CameraFrame(Noise(0).AsSpan(0, 96 * 40 * 3), 96, 40, PixelFormat.Rgb24));
        using AnomalyDetector detector = trainer.Train();
        Prediction found = detector.Predict(new CameraFrame(Noise(1).AsSpan(0, 96 * 40 * 3), 96, 40, PixelFormat.Rgb24));
        Assert.Equal((84, 32, 96, 40), (found.Map.Width, found.Map.Height, found.Width, found.Height));
        detector.SetLimits(new LimitOptions { ReviewScore = 1e-6f, NGScore = 1e-6f, PixelScore = 0 });
        Region region = Assert.Single(detector.Predict(new CameraFrame(Noise(1).AsSpan(0, 96 * 40 * 3), 96, 40, PixelFormat.Rgb24)).Regions);
        Assert.Equal((0, 0, 96, 40), (region.X, region.Y, region.Width, region.Height));
        found.SaveOverlay(Path.Combine(tiny.Folder, "overlay.png"), new CameraFrame(Noise(1).AsSpan(0, 96 * 40 * 3), 96, 40, PixelFormat.Rgb24));
    }

    [Fact]
    public void What_does_not_go_with_tiles_is_refused()
    {
        var mask = new PictureMask(64, 64).Inspect([new Vector2(0, 0), new(32, 0), new(32, 64), new(0, 64)]);
        TrainingOptions options = Options(ScoreFusion.Harmonic);
        Assert.Equal(
            "A mask does not go with tiles; use a mask or tiles, not both.",
            Refused(() => new PromptTrainer(tiny.Backbone, "nut", options) { Mask = mask }.Train()));
        Assert.StartsWith("Poses turn a part from one tile into another", Refused(() => Train(options with { Poses = PoseOptions.Quarter })));
        Assert.StartsWith("EpochSelection is Best, which does not go", Refused(() => Train(options with { EpochSelection = EpochSelection.Best })));
        Assert.Equal("Tiles.Rows is 9; it must lie between 1 and 8.", Refused(() => Train(options with { Tiles = new Tiling(9, 2) })));
        Assert.Contains("too small for 2 x 2 tiles", Refused(() =>
            new PromptTrainer(tiny.Backbone, "nut", options).AddGood(new CameraFrame(new byte[20 * 90], 20, 90, PixelFormat.Gray8))));
        using AnomalyDetector detector = Train(ScoreFusion.Harmonic);
        string file = Path.Combine(tiny.Folder, "tiled.onnx");
        Assert.StartsWith("A detector with tiles cannot be exported", Refused(() => detector.Export(file, ["any.png"])));
        Assert.False(File.Exists(file));
    }

    private static string Refused(Action action) => Assert.Throws<PromptADException>(action).Message;

    private static TrainingOptions Options(ScoreFusion fusion) =>
        TinyBackbone.Short() with { Tiles = Tiles, Scoring = new ScoringOptions { MapSize = 32, Fusion = fusion } };

    private AnomalyDetector Train(TrainingOptions options) => new PromptTrainer(tiny.Backbone, "nut", options).Train();

    private AnomalyDetector Train(ScoreFusion fusion, int shots = 2, int first = 0)
    {
        var trainer = new PromptTrainer(tiny.Backbone, "nut", Options(fusion));
        for (int i = first; i < shots; i++) trainer.AddGood(Frame(i));
        return trainer.Train();
    }

    private Detector Model(AnomalyDetector detector)
    {
        string file = Path.Combine(tiny.Folder, $"{Guid.NewGuid():N}.promptad");
        detector.Save(file);
        return Detector.Load(file);
    }

    private static byte[] Noise(int seed)
    {
        var pixels = new byte[Side * Side * 3];
        new Random(seed).NextBytes(pixels);
        return pixels;
    }

    private static CameraFrame Frame(int seed) => new(Noise(seed), Side, Side, PixelFormat.Rgb24);
}
