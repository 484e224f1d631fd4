using System.Text.Json.Nodes;
using PromptAD.Imaging;

namespace PromptAD.Tests.Detectors;

public sealed class VerdictTests : DetectorTest
{
    [Fact]
    public void A_detector_without_limits_gives_scores_and_says_how_to_calibrate_when_asked_for_a_verdict()
    {
        using AnomalyDetector detector = AnomalyDetector.Load(File, Backbone);
        Prediction prediction = detector.Predict(Frame(Noise(5)));
        Assert.False(prediction.HasVerdict);
        Assert.InRange(prediction.Score, 0, 1);
        Assert.StartsWith("score ", prediction.ToString());
        Assert.Contains("AnomalyDetector.Calibrate", Refused(() => prediction.Verdict.ToString()).Message);
        Assert.Contains("AnomalyDetector.Calibrate", Refused(() => prediction.NormalizedScore.ToString()).Message);
        Assert.Contains("add good pictures", Refused(() => detector.SetLimits(new LimitOptions())).Message);
        Assert.Null(detector.Limits);
    }

    [Fact]
    public void Limits_are_kept_in_the_file_and_move_without_pictures()
    {
        using (AnomalyDetector detector = AnomalyDetector.Load(File, Backbone))
        {
            Assert.Equal(19, detector.Calibrate(Enumerable.Range(10, 19).Select(seed => detector.Predict(Frame(Noise(seed))))).Counted);
            detector.Save(File);
        }
        using AnomalyDetector loaded = AnomalyDetector.Load(File, Backbone);
        Limits limits = loaded.Limits!;
        Assert.Equal(limits, DetectorInfo.Read(File).Limits);
        float[] scores = [.. Enumerable.Range(10, 19).Select(seed => loaded.Predict(Frame(Noise(seed))).Score)];
        Assert.Equal((scores.Max(), LimitBasis.Guaranteed), (limits.Review.Score, limits.Review.Basis));
        Assert.Equal(LimitBasis.Estimated, limits.NG.Basis);

        Prediction before = loaded.Predict(Frame(Noise(99)));
        loaded.SetLimits(new LimitOptions { ReviewScore = 1e-6f, NGScore = before.Score });
        Prediction at = loaded.Predict(Frame(Noise(99)));
        Assert.Equal((Verdict.Review, 0.5f, before.Score), (at.Verdict, at.NormalizedScore, at.Score));
        loaded.SetLimits(new LimitOptions { ReviewScore = 1e-6f, NGScore = before.Score - 1e-4f });
        Assert.Equal(Verdict.NG, loaded.Predict(Frame(Noise(99))).Verdict);
        loaded.SetLimits(new LimitOptions());
        Assert.Equal(limits, loaded.Limits);
    }

    [Fact]
    public void Pictures_that_were_learned_from_or_come_twice_do_not_count()
    {
        // The detector reads queries blue first, so the learned picture is handed over that way.
        using AnomalyDetector detector = AnomalyDetector.Load(File, Backbone);
        Prediction learned = detector.Predict(new CameraFrame(Noise(0), 40, 30, PixelFormat.Bgr24)), other = detector.Predict(Frame(Noise(7)));
        Assert.Equal(1, detector.Calibrate([learned, other, other]).Counted);
        Assert.Contains("No picture is left", Refused(() => detector.Calibrate([learned])).Message);
    }

    [Fact]
    public void An_overlay_tints_what_lies_above_the_limit_of_regions_and_nothing_else()
    {
        using AnomalyDetector detector = AnomalyDetector.Load(File, Backbone);
        byte[] pixels = Noise(9);
        Prediction found = detector.Predict(Frame(pixels));
        float[] values = found.Map.Values.ToArray();
        float middle = values.Order().ElementAt(values.Length / 2);
        detector.SetLimits(new LimitOptions { ReviewScore = 0.5f, NGScore = 0.6f, PixelScore = middle });
        byte[] plain = Drawn(new OverlayOptions { Opacity = 0, ShowRegions = false }), tinted = Drawn(new OverlayOptions { ShowRegions = false });
        int changed = Enumerable.Range(0, plain.Length / 3).Count(i => !plain.AsSpan(3 * i, 3).SequenceEqual(tinted.AsSpan(3 * i, 3)));
        Assert.InRange((double)changed / (plain.Length / 3), 0.4, 0.6);
        detector.SetLimits(new LimitOptions { ReviewScore = 0.5f, NGScore = 0.6f, PixelScore = values.Max() + 1e-3f });
        Assert.Equal(plain, Drawn(new OverlayOptions()));

        byte[] Drawn(OverlayOptions options)
        {
            using Picture overlay = detector.Predict(Frame(pixels)).RenderOverlay(Frame(pixels), options);
            return Imaging.TestPictures.Rgb(overlay);
        }
    }

    [Fact]
    public void A_picture_unlike_all_that_was_learned_is_unfamiliar()
    {
        using AnomalyDetector detector = AnomalyDetector.Load(File, Backbone);
        Assert.False(detector.Predict(new CameraFrame(Noise(0), 40, 30, PixelFormat.Bgr24)).IsUnfamiliar); // learned from
        Assert.True(detector.Predict(Frame([.. Enumerable.Range(0, 3600).Select(i => (byte)(i % 120 < 60 ? 0 : 255))])).IsUnfamiliar);
    }

    [Fact]
    public void Regions_are_what_lies_above_the_pixel_limit()
    {
        using AnomalyDetector detector = AnomalyDetector.Load(File, Backbone);
        Assert.Contains("AnomalyDetector.Calibrate", Refused(() => detector.Predict(Frame(Noise(5))).Regions.ToString()).Message);
        AnomalyMap map = detector.Predict(Frame(Noise(5))).Map;
        float[] ordered = [.. map.Values.ToArray().Order()];
        float limit = ordered[ordered.Length * 9 / 10];
        detector.SetLimits(new LimitOptions { ReviewScore = 1e-6f, NGScore = 1e-6f, PixelScore = limit });
        IReadOnlyList<Region> regions = detector.Predict(Frame(Noise(5))).Regions;
        double above = ordered.Count(value => value > limit);
        Assert.Equal(above * 40 * 30 / (MapSize * MapSize), regions.Sum(region => region.Area), 1e-3);
        Assert.Equal(map.Max, regions[0].Peak);
    }

    [Theory]
    [InlineData("limits", """{"review": {"score": 2, "rate": null, "basis": "Given"}, "ng": {"score": 0.5, "rate": null, "basis": "Given"}, "pixel": {"score": 0.5, "rate": null, "basis": "Given"}}""")]
    [InlineData("limits", """{"review": {"score": 0.6, "rate": null, "basis": "Given"}, "ng": {"score": 0.5, "rate": null, "basis": "Given"}, "pixel": {"score": 0.5, "rate": null, "basis": "Given"}}""")]
    [InlineData("limits", """{"review": {"score": 0.4, "rate": null, "basis": "Hoped"}, "ng": {"score": 0.5, "rate": null, "basis": "Given"}, "pixel": {"score": 0.5, "rate": null, "basis": "Given"}}""")]
    [InlineData("limits", """{"review": null, "ng": null, "pixel": null}""")]
    [InlineData("limits", """{"ng": {"score": 0.5, "rate": null, "basis": "Given"}}""")]
    [InlineData("good_scores", """{"shots": [{"source": -1, "score": 0.5, "peak": 0.5}], "further": []}""")]
    [InlineData("good_scores", """{"shots": [{"source": 0, "score": 1.5, "peak": 0.5}], "further": []}""")]
    [InlineData("good_scores", """{"shots": null, "further": []}""")]
    public void Limits_that_cannot_be_are_refused_with_the_files_name(string field, string json)
    {
        Rewrite(metadata: metadata => metadata[field] = JsonNode.Parse(json));
        Assert.Contains(File, Refused(() => Detector.Load(File)).Message);
    }
}
