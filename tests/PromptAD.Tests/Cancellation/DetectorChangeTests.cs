using PromptAD.Tests.Detectors;

namespace PromptAD.Tests.Cancellation;

[Collection(nameof(Undisturbed))]
public sealed class DetectorChangeTests : DetectorTest
{
    private static readonly FeedbackOptions Everything = new() { Novelty = -3, Force = true };

    [Theory]
    [InlineData(1)] // the picture itself
    [InlineData(2)] // the first kept one
    [InlineData(3)]
    public void Feedback_stops_in_the_encoder_run_it_is_in_and_changes_nothing(int run)
    {
        using var source = new CancellationTokenSource();
        var encoder = new CancellingEncoder(Backbone.OpenEncoder());
        using Backbone cancelling = Backbone.With(encoder);
        using AnomalyDetector detector = WithLimitsAndKept(cancelling);
        byte[] before = Saved(detector);
        encoder.At(run, source.Cancel);

        Assert.Throws<OperationCanceledException>(() => detector.LearnFalseReject(Save(5), Everything, source.Token));

        Assert.Equal((run, run - 1), (encoder.Runs, encoder.Finished));
        Assert.Equal(before, Saved(detector));
        Assert.NotNull(detector.LearnFalseReject(Save(5), Everything).Entry);
    }

    [Fact]
    public void Keeping_stops_while_a_stream_is_read_and_keeps_nothing()
    {
        using var source = new CancellationTokenSource();
        using AnomalyDetector detector = AnomalyDetector.Load(File, Backbone);
        byte[] before = Saved(detector), picture = System.IO.File.ReadAllBytes(Save(5));
        using var stream = new OneWayStream(picture, read =>
        {
            if (read == 2) source.Cancel();
        });

        Assert.Throws<OperationCanceledException>(() => detector.AddReferencePicture(stream, "5.png", isGood: false, source.Token));

        Assert.Equal(2, stream.Reads);
        Assert.Equal(before, Saved(detector));
    }

    [Fact]
    public void Judging_and_keeping_at_once_keeps_nothing_that_was_not_judged()
    {
        using var source = new CancellationTokenSource();
        var encoder = new CancellingEncoder(Backbone.OpenEncoder());
        encoder.At(1, source.Cancel);
        using Backbone cancelling = Backbone.With(encoder);
        using AnomalyDetector detector = AnomalyDetector.Load(File, cancelling);
        Assert.Throws<OperationCanceledException>(() => detector.PredictAndReference(Save(5), isGood: true, source.Token));
        Assert.Empty(detector.ReferencePictures);
    }

    [Fact]
    public async Task Waiting_for_a_feedback_on_another_thread_ends()
    {
        using var reached = new ManualResetEventSlim();
        using var goOn = new ManualResetEventSlim();
        var encoder = new CancellingEncoder(Backbone.OpenEncoder());
        encoder.At(2, () =>
        {
            reached.Set();
            goOn.Wait();
        });
        using Backbone stopping = Backbone.With(encoder);
        using AnomalyDetector detector = WithLimitsAndKept(stopping);
        string rejected = Save(5), defect = Save(7);
        Task<FeedbackReport> learning = Task.Run(() => detector.LearnFalseReject(rejected, Everything));
        reached.Wait(TestContext.Current.CancellationToken);

        await Promptly.EndsAsync(cancellation => detector.AddReferencePicture(defect, isGood: false, cancellation));

        goOn.Set();
        Assert.NotNull((await learning).Entry);
        Assert.True(detector.AddReferencePicture(defect, isGood: false));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)] // the last
    public void Calibration_stops_between_two_pictures_and_moves_no_limit(int at)
    {
        using var source = new CancellationTokenSource();
        using AnomalyDetector detector = AnomalyDetector.Load(File, Backbone);
        detector.SetLimits(new LimitOptions { ReviewScore = 0.4f, NGScore = 0.5f, PixelScore = 1 });
        byte[] before = Saved(detector);
        int judged = 0;
        IEnumerable<Prediction> good = Enumerable.Range(10, 4).Select(seed =>
        {
            if (++judged == at) source.Cancel();
            return detector.Predict(Frame(Noise(seed)));
        });

        Assert.Throws<OperationCanceledException>(() => detector.Calibrate(good, options: null, source.Token));

        Assert.Equal(at, judged);
        Assert.Equal(before, Saved(detector));
        Assert.Equal(4, detector.Calibrate(good).Counted);
    }

    [Fact]
    public async Task A_stream_of_predictions_ends_in_the_encoder_run_it_is_in()
    {
        using var source = new CancellationTokenSource();
        var encoder = new CancellingEncoder(Backbone.OpenEncoder());
        encoder.At(3, source.Cancel);
        using Backbone cancelling = Backbone.With(encoder);
        using AnomalyDetector detector = AnomalyDetector.Load(File, cancelling);
        IEnumerable<PictureInput> inputs = Enumerable.Range(0, 20).Select(i => PictureInput.FromFrame(Noise(i), 40, 30, PixelFormat.Rgb24));
        int results = 0;
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (StreamedPrediction _ in detector.PredictAsync(inputs.ToAsyncEnumerable(), cancellation: source.Token)) results++;
        });
        Assert.Equal((3, 2), (encoder.Runs, encoder.Finished));
        Assert.InRange(results, 0, 2);
    }

    private AnomalyDetector WithLimitsAndKept(Backbone backbone)
    {
        using (AnomalyDetector plain = AnomalyDetector.Load(File, Backbone))
        {
            float limit = 0.9f * plain.Predict(Frame(Noise(5))).Score;
            plain.SetLimits(new LimitOptions { ReviewScore = limit, NGScore = limit, PixelScore = 1 });
            plain.AddReferencePicture(Save(6), isGood: false);
            plain.AddReferencePicture(Save(0), isGood: true);
            plain.Save(File);
        }
        return AnomalyDetector.Load(File, backbone);
    }
}
