using System.Runtime.CompilerServices;

namespace PromptAD.Tests.Detectors;

public sealed class PredictionStreamTests : DetectorTest
{
    private readonly AnomalyDetector detector;
    private int read;

    public PredictionStreamTests() => detector = AnomalyDetector.Load(File, Backbone);

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    public async Task Results_come_in_order_and_are_what_each_picture_gives_alone(int ahead)
    {
        int next = 0;
        await foreach (StreamedPrediction result in detector.PredictAsync(Pictures(20), ahead, TestContext.Current.CancellationToken))
        {
            Prediction alone = detector.Predict(Frame(Noise(next)));
            Assert.Equal(next++, result.Input.Tag);
            Assert.Null(result.Error);
            Assert.Equal(alone.Score, result.Prediction!.Score);
            Assert.Equal(alone.Map.Values.ToArray(), result.Prediction.Map.Values.ToArray());
        }
        Assert.Equal(20, next);
    }

    [Fact]
    public async Task A_bad_picture_does_not_end_the_stream()
    {
        PictureInput[] pictures =
        [
            Input(0), PictureInput.FromFile(InFolder("missing.png")), PictureInput.FromEncoded(new byte[] { 1, 2, 3 }),
            PictureInput.FromFrame(new byte[5], 40, 30, PixelFormat.Rgb24), Input(4),
        ];
        List<StreamedPrediction> results = await detector.PredictAsync(pictures.ToAsyncEnumerable())
            .ToListAsync(TestContext.Current.CancellationToken);

        Assert.Equal([false, true, true, true, false], results.Select(result => result.Error is not null));
        Assert.Equal([true, false, false, false, true], results.Select(result => result.Prediction is not null));
        Assert.Contains("the file does not exist", results[1].Error!.Message, StringComparison.Ordinal);
        Assert.Contains("bytes are too few", results[3].Error!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_source_is_not_read_far_ahead()
    {
        await using IAsyncEnumerator<StreamedPrediction> results = detector.PredictAsync(Pictures(1000), ahead: 2).GetAsyncEnumerator();
        Assert.True(await results.MoveNextAsync());
        await Task.Delay(200, TestContext.Current.CancellationToken);

        Assert.InRange(Volatile.Read(ref read), 1, 12); // two lines of two, and one in each hand
    }

    [Fact]
    public async Task Cancelling_stops_it()
    {
        using var cancel = new CancellationTokenSource();
        int results = 0;
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (StreamedPrediction _ in detector.PredictAsync(Pictures(1000), cancellation: cancel.Token))
            {
                if (++results == 3) await cancel.CancelAsync();
            }
        });
        Assert.InRange(results, 3, 20);
    }

    [Fact]
    public async Task An_error_of_the_source_ends_it_after_what_came_before()
    {
        int results = 0;
        var error = await Assert.ThrowsAsync<InvalidOperationException>(async () =>
        {
            await foreach (StreamedPrediction _ in detector.PredictAsync(Broken(after: 3))) results++;
        });
        Assert.Equal("the camera is gone", error.Message);
        Assert.Equal(3, results);
    }

    [Fact]
    public async Task A_disposed_detector_ends_it()
    {
        detector.Dispose();
        await Assert.ThrowsAsync<ObjectDisposedException>(
            async () => await detector.PredictAsync(Pictures(1)).ToListAsync(TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1025)]
    public void Ahead_has_a_range(int ahead) =>
        Assert.Equal(
            $"ahead is {ahead}; it must lie between 1 and 1024.",
            Assert.Throws<PromptADException>(() => detector.PredictAsync(Pictures(1), ahead)).Message);

    private static PictureInput Input(int seed) => PictureInput.FromFrame(Noise(seed), 40, 30, PixelFormat.Rgb24, tag: seed);

    private async IAsyncEnumerable<PictureInput> Pictures(int count, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        for (int i = 0; i < count; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            Interlocked.Increment(ref read);
            yield return Input(i);
            await Task.Yield();
        }
    }

    private async IAsyncEnumerable<PictureInput> Broken(int after)
    {
        await foreach (PictureInput picture in Pictures(after)) yield return picture;
        throw new InvalidOperationException("the camera is gone");
    }
}
