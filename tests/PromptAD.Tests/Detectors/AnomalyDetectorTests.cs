using PromptAD.Imaging;
using PromptAD.Scoring;

namespace PromptAD.Tests.Detectors;

public sealed class AnomalyDetectorTests : DetectorTest
{
    [Fact]
    public void A_picture_that_was_learned_from_is_at_0_and_another_above()
    {
        // The detector reads queries blue first, as mark Q6 lets it, so the learned picture is handed over that way.
        using AnomalyDetector detector = AnomalyDetector.Load(File, Backbone);
        byte[] learned = Noise(0);
        var frame = new CameraFrame(learned, 40, 30, PixelFormat.Bgr24);
        Assert.InRange(detector.Predict(frame).VisualScore!.Value, 0, 1e-6f);
        Assert.InRange(detector.Predict(Frame(Noise(5))).VisualScore!.Value, 1e-3f, 1);
    }

    [Fact]
    public void Scores_and_map_fit_together()
    {
        using AnomalyDetector detector = AnomalyDetector.Load(File, Store);
        Prediction prediction = detector.Predict(Frame(Noise(5)));
        Assert.Equal(ScoreMaps.Fuse(prediction.TextScore!.Value, prediction.VisualScore!.Value), prediction.Score);
        Assert.Equal((MapSize, MapSize), (prediction.Map.Width, prediction.Map.Height));
        Assert.All(prediction.Map.Values.ToArray(), value => Assert.InRange(value, 0, 1));
        Assert.Equal((40, 30), (prediction.Width, prediction.Height));
        Assert.True(prediction.Timings.Encode > TimeSpan.Zero);
        Assert.Equal(TimeSpan.Zero, new PredictionTimings().Total);
    }

    [Fact]
    public void A_picture_scores_the_same_from_a_file_a_stream_bytes_and_a_frame()
    {
        byte[] pixels = Noise(5);
        string path = InFolder("picture.png");
        PictureEncoder.Save(Frame(pixels), path);
        byte[] encoded = System.IO.File.ReadAllBytes(path);
        using AnomalyDetector detector = AnomalyDetector.Load(File, Backbone);
        float expected = detector.Predict(Frame(pixels)).Score;
        Assert.Equal(expected, detector.Predict(path).Score);
        Assert.Equal(expected, detector.Predict(encoded).Score);
        using var stream = new MemoryStream(encoded);
        Assert.Equal(expected, detector.Predict(stream).Score);
        Assert.True(stream.CanRead); // still open
    }

    [Fact]
    public void Detectors_share_a_backbone_that_outlives_them()
    {
        AnomalyDetector.Load(File, Backbone).Dispose();
        using AnomalyDetector again = AnomalyDetector.Load(File, Backbone);
        Assert.InRange(again.Predict(Frame(Noise(5))).Score, 0, 1);
    }

    [Fact]
    public void Eight_threads_get_what_one_gets()
    {
        using AnomalyDetector detector = AnomalyDetector.Load(File, Backbone);
        byte[][] pictures = [.. Enumerable.Range(0, 5).Select(Noise)];
        float[][] expected = [.. pictures.Select(pixels => detector.Predict(Frame(pixels)).Map.Values.ToArray())];
        var threads = new List<Thread>();
        var differences = new System.Collections.Concurrent.ConcurrentBag<string>();
        for (int thread = 0; thread < 8; thread++)
        {
            int first = thread;
            threads.Add(new Thread(() =>
            {
                for (int i = first; i < first + 20; i++)
                {
                    ReadOnlySpan<float> map = detector.Predict(Frame(pictures[i % 5])).Map.Values.Span;
                    if (!map.SequenceEqual(expected[i % 5])) differences.Add($"picture {i % 5} in thread {first}");
                }
            }));
        }
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());
        Assert.Empty(differences);
    }

    [Fact]
    public void A_picture_beyond_the_pixel_limit_is_refused()
    {
        PreprocessingOptions small = Model.Metadata.Preprocessing with { MaxPicturePixels = 1199 };
        (Model with { Metadata = Model.Metadata with { Preprocessing = small } }).Save(File);
        string path = InFolder("picture.png");
        PictureEncoder.Save(Frame(Noise(5)), path);
        using AnomalyDetector detector = AnomalyDetector.Load(File, Backbone);
        Assert.Contains("1199", Refused(() => detector.Predict(path)).Message);
    }
}
