using System.Diagnostics;
using System.Threading.Channels;
using PromptAD.Server.Operations;

namespace PromptAD.Server.Judging;

/// <summary>
/// Judges pictures, a bounded number at once, in the order in which they came. Who wants one judged takes a place first; where none is free
/// the picture is refused, and nothing grows without bound. At the end, all that was accepted is judged.
/// </summary>
internal sealed class Judge : BackgroundService
{
    private readonly Channel<Work> queue = Channel.CreateUnbounded<Work>(); // bounded by the places
    private readonly SemaphoreSlim places;
    private readonly DetectorCache cache;
    private readonly int judges;

    public Judge(DetectorCache cache, ServiceOptions options)
    {
        this.cache = cache;
        judges = Math.Max(1, options.Judges);
        Places = Math.Max(1, options.QueueLength);
        places = new SemaphoreSlim(Places, Places);
    }

    /// <summary>The last place was taken, or the first one is free again.</summary>
    public event Action? RoomChanged;

    /// <summary>How many pictures may be accepted and not yet answered.</summary>
    public int Places { get; }

    /// <summary>How many are.</summary>
    public int Taken => Places - places.CurrentCount;

    /// <summary>Takes a place, to be given back by disposing it; null where none is free.</summary>
    public Place? TryTakePlace() => places.Wait(0) ? Taking() : null;

    /// <summary>Waits for a place.</summary>
    public async Task<Place> TakePlaceAsync(CancellationToken cancellation)
    {
        await places.WaitAsync(cancellation);
        return Taking();
    }

    /// <summary>Judges a picture. The caller has a place.</summary>
    /// <param name="fileHash">The detector's file.</param>
    /// <param name="picture">The picture's bytes.</param>
    /// <param name="media">What they are.</param>
    /// <exception cref="PromptADException">The picture cannot be judged.</exception>
    public Task<Judged> JudgeAsync(string fileHash, ReadOnlyMemory<byte> picture, PictureMedia media)
    {
        var work = new Work(fileHash, picture, media);
        if (!queue.Writer.TryWrite(work))
            throw new ServiceException(StatusCodes.Status503ServiceUnavailable, "The service is stopping.") { RetryAfter = 5 };
        return work.Done.Task;
    }

    /// <inheritdoc/>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        queue.Writer.TryComplete();
        if (ExecuteTask is { } judging) await judging.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await base.StopAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        places.Dispose();
        base.Dispose();
    }

    /// <inheritdoc/>
    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(Enumerable.Range(0, judges).Select(_ => Task.Factory.StartNew(
            JudgeAll, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)));

    private Place Taking()
    {
        if (places.CurrentCount == 0) RoomChanged?.Invoke();
        return new Place(this);
    }

    private void GiveBack()
    {
        if (places.Release() == 0) RoomChanged?.Invoke();
    }

    private void JudgeAll()
    {
        while (queue.Reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult())
        {
            while (queue.Reader.TryRead(out Work? work)) Do(work);
        }
    }

    private void Do(Work work)
    {
        TimeSpan waited = Stopwatch.GetElapsedTime(work.Since);
        try
        {
            using DetectorCache.Loan loan = cache.Lend(work.FileHash);
            Prediction prediction = Predict(loan.Detector, work.Picture.Span, work.Media);
            work.Done.SetResult(new Judged(prediction, loan.Detector.Limits, waited));
        }
        catch (Exception e)
        {
            work.Done.SetException(e);
        }
    }

    /// <summary>Judges at once, beside the queue.</summary>
    public static Prediction Predict(AnomalyDetector detector, ReadOnlySpan<byte> picture, PictureMedia media) =>
        media.Frame is { } shape ? detector.Predict(shape.Of(picture)) : detector.Predict(picture);

    private sealed record Work(string FileHash, ReadOnlyMemory<byte> Picture, PictureMedia Media)
    {
        public long Since { get; } = Stopwatch.GetTimestamp();

        public TaskCompletionSource<Judged> Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    /// <summary>A place in the queue.</summary>
    internal sealed class Place(Judge judge) : IDisposable
    {
        private Judge? from = judge;

        public void Dispose() => Interlocked.Exchange(ref from, null)?.GiveBack();
    }
}

/// <summary>What was said of a picture.</summary>
/// <param name="Prediction">What the detector says.</param>
/// <param name="Limits">The limits that it has.</param>
/// <param name="Queued">How long the picture waited.</param>
internal sealed record Judged(Prediction Prediction, Limits? Limits, TimeSpan Queued);
