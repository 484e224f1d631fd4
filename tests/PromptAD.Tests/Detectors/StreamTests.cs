using PromptAD.Imaging;

namespace PromptAD.Tests.Detectors;

/// <summary>What takes a file takes a stream that cannot seek, too, and gives the same.</summary>
public sealed class StreamTests : DetectorTest
{
    private static readonly FeedbackOptions Everything = new() { Novelty = -3, Force = true };

    [Fact]
    public void A_detector_is_the_same_bytes_in_a_stream_as_in_a_file_and_comes_back_from_it()
    {
        using AnomalyDetector detector = AnomalyDetector.Load(File, Backbone);
        detector.AddReferencePicture(Save(5), isGood: false);
        detector.Save(File);
        byte[] file = System.IO.File.ReadAllBytes(File);
        using var written = new OneWayStream([]);
        detector.Save(written);
        Assert.Equal(file, written.Written);
        Assert.False(written.IsClosed);

        float expected = detector.Predict(Frame(Noise(9))).Score;
        Func<Stream, AnomalyDetector>[] ways =
        [
            stream => AnomalyDetector.Load(stream, Backbone),
            stream => AnomalyDetector.Load(stream, Store, threads: 1),
            stream => AnomalyDetector.Load(stream, new EncoderOptions { Threads = 1 }, Store),
        ];
        foreach (Func<Stream, AnomalyDetector> load in ways)
        {
            using var stream = new OneWayStream(file);
            using AnomalyDetector loaded = load(stream);
            Assert.Equal(expected, loaded.Predict(Frame(Noise(9))).Score);
            Assert.Equal([("5.png", false)], loaded.ReferencePictures);
            Assert.False(stream.IsClosed);
        }
    }

    [Fact]
    public void A_detector_is_read_from_where_a_stream_is()
    {
        byte[] file = System.IO.File.ReadAllBytes(File);
        using var stream = new MemoryStream([1, 2, 3, .. file]) { Position = 3 };
        using AnomalyDetector loaded = AnomalyDetector.Load(stream, Backbone);
        Assert.Equal("metal nut", loaded.Info.ObjectName);
        Assert.Equal(stream.Length, stream.Position);
    }

    [Fact]
    public void A_stream_that_holds_no_whole_detector_is_refused_as_a_stream()
    {
        byte[] file = System.IO.File.ReadAllBytes(File);
        Assert.StartsWith("Cannot read the stream as safetensors: it is shorter", Refused(() => Load([])).Message);
        Assert.StartsWith("Cannot read the stream as safetensors: ", Refused(() => Load(file[..^5])).Message);
        byte[] changed = [.. file];
        changed[^3] ^= 1;
        Assert.StartsWith("The detector in the stream is damaged: ", Refused(() => Load(changed)).Message);
        var broken = new OneWayStream(file, read => throw new IOException("the line is dead"));
        Assert.StartsWith("Cannot read the stream: the line is dead.", Refused(() => AnomalyDetector.Load(broken, Backbone)).Message);

        AnomalyDetector Load(byte[] content) => AnomalyDetector.Load(new OneWayStream(content), Backbone);
    }

    [Fact]
    public void A_picture_from_a_stream_is_kept_as_from_a_file()
    {
        using AnomalyDetector ofFile = AnomalyDetector.Load(File, Backbone), ofStream = AnomalyDetector.Load(File, Backbone);
        string path = Save(5);
        using var stream = new OneWayStream(System.IO.File.ReadAllBytes(path));

        Assert.True(ofFile.AddReferencePicture(path, isGood: false));
        Assert.True(ofStream.AddReferencePicture(stream, "5.png", isGood: false));

        Assert.False(stream.IsClosed);
        Assert.Equal(Saved(ofFile), Saved(ofStream));
        Assert.False(ofFile.AddReferencePicture(new OneWayStream(System.IO.File.ReadAllBytes(path)), "other", isGood: false)); // not twice
        Assert.Throws<ArgumentException>(() => ofFile.AddReferencePicture(stream, " ", isGood: false));
    }

    [Fact]
    public void Feedback_learns_the_same_from_a_stream_as_from_a_file()
    {
        using AnomalyDetector ofFile = WithLimits(), ofStream = WithLimits();
        string path = Save(5);
        using var stream = new OneWayStream(System.IO.File.ReadAllBytes(path));

        FeedbackReport expected = ofFile.LearnFalseReject(path, Everything), actual = ofStream.LearnFalseReject(stream, "5.png", Everything);

        Assert.False(stream.IsClosed);
        Assert.Equal(expected.Entry! with { Created = default }, actual.Entry! with { Created = default });
        Assert.Equal((expected.Before, expected.After), (actual.Before, actual.After));
        Assert.Equal(ofFile.Predict(Frame(Noise(6))).Score, ofStream.Predict(Frame(Noise(6))).Score);
        Assert.Throws<ArgumentException>(() => ofStream.LearnFalseReject(stream, ""));
        byte[] nearlyBlack = new byte[40 * 30 * 3];
        nearlyBlack[0] = 40;
        PictureEncoder.Save(Frame(nearlyBlack), InFolder("black.png"));
        using var black = new OneWayStream(System.IO.File.ReadAllBytes(InFolder("black.png")));
        Assert.StartsWith("'dark' is far from all", Refused(() => ofStream.LearnFalseReject(black, "dark")).Message);
    }

    [Theory]
    [InlineData(OverlayFormat.Png, ".png")]
    [InlineData(OverlayFormat.Jpeg, ".jpg")]
    public void An_overlay_is_the_same_bytes_in_a_stream_as_in_a_file(OverlayFormat format, string ending)
    {
        using AnomalyDetector detector = WithLimits();
        string path = Save(5), file = InFolder($"overlay{ending}");
        byte[] encoded = System.IO.File.ReadAllBytes(path);
        Prediction prediction = detector.Predict(path);
        var options = new OverlayOptions { Opacity = 0.3f };
        prediction.SaveOverlay(file, path, options);
        byte[] expected = System.IO.File.ReadAllBytes(file);

        prediction.SaveOverlay(file, new OneWayStream(encoded), options);
        Assert.Equal(expected, System.IO.File.ReadAllBytes(file));
        Action<Stream>[] ways =
        [
            stream => prediction.SaveOverlay(stream, format, path, options),
            stream => prediction.SaveOverlay(stream, format, new OneWayStream(encoded), options),
            stream => prediction.SaveOverlay(stream, format, Frame(Noise(5)), options),
        ];
        foreach (Action<Stream> save in ways)
        {
            using var stream = new OneWayStream([]);
            stream.WriteByte(7);
            save(stream);
            Assert.Equal<byte>([7, .. expected], stream.Written);
            Assert.False(stream.IsClosed);
        }
        using var unused = new OneWayStream([]);
        Assert.Equal(
            "OverlayFormat is 9; it must be Png or Jpeg.", Refused(() => prediction.SaveOverlay(unused, (OverlayFormat)9, path)).Message);
        Assert.Empty(unused.Written);
    }

    [Fact]
    public void A_picture_is_judged_from_a_stream_that_cannot_seek_as_from_a_file()
    {
        using AnomalyDetector detector = AnomalyDetector.Load(File, Backbone);
        string path = Save(5);
        using var stream = new OneWayStream(System.IO.File.ReadAllBytes(path));
        Assert.Equal(detector.Predict(path).Map.Values.ToArray(), detector.Predict(stream).Map.Values.ToArray());
        Assert.False(stream.IsClosed);
    }

    private AnomalyDetector WithLimits()
    {
        AnomalyDetector detector = AnomalyDetector.Load(File, Backbone);
        float limit = 0.9f * detector.Predict(Frame(Noise(5))).Score;
        detector.SetLimits(new LimitOptions { ReviewScore = limit, NGScore = limit, PixelScore = 1 });
        return detector;
    }
}
