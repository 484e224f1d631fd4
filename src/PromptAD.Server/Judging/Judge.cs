using System.Diagnostics;
using System.Threading.Channels;
using PromptAD.Server.Operations;

namespace PromptAD.Server.Judging;

/// <summary>
/// Judges pictures, a bounded number at once, in the order in which they came. Who wants one judged takes a place first; where none is free
/// the picture is refused, and nothing grows without bound. At the end, all that was accepted is judged.
/// </summary>
internal sealed class Judge : BackgroundService, IPictureJudge
{
    private readonly Channel<Work> queue = Channel.CreateUnbounded<Work>(); // bounded by the places
    private readonly SemaphoreSlim places;
    private readonly DetectorCache cache;
    private readonly Predicting predict;
    private readonly int judges;
    private int judging;

    /// <param name="cache">The detectors.</param>
    /// <param name="options">How many pictures wait and are judged at once.</param>
    /// <param name="predict">What a detector is asked by; null for itself.</param>
    public Judge(DetectorCache cache, ServiceOptions options, Predicting? predict = null)
    {
        this.cache = cache;
        this.predict = predict ?? Predict;
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

    /// <summary>How many pictures are judged here or wait for it.</summary>
    public int Judging => Volatile.Read(ref judging);

    /// <summary>How many pictures are judged at once.</summary>
    public int AtOnce => judges;

    /// <inheritdoc/>
    public Task<Judged> JudgeAsync(PictureToJudge picture)
    {
        var work = new Work(picture);
        if (!queue.Writer.TryWrite(work))
            throw new ServiceException(StatusCodes.Status503ServiceUnavailable, "The service is stopping.") { RetryAfter = 5 };
        Interlocked.Increment(ref judging);
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
            using DetectorCache.Loan loan = cache.Lend(work.Picture.FileHash);
            Prediction prediction = predict(loan.Detector, work.Picture.Bytes.Span, work.Picture.Media);
            work.Done.SetResult(Judged.Of(prediction, loan.Detector.Limits, waited));
        }
        catch (Exception e)
        {
            work.Done.SetException(e);
        }
        finally
        {
            Interlocked.Decrement(ref judging);
        }
    }

    /// <inheritdoc/>
    public Task PrepareAsync(string product, string fileHash, CancellationToken cancellation) =>
        Task.Run(() => cache.Lend(fileHash).Dispose(), cancellation);

    /// <summary>Judges at once, beside the queue.</summary>
    public static Prediction Predict(AnomalyDetector detector, ReadOnlySpan<byte> picture, PictureMedia media) =>
        media.Frame is { } shape ? detector.Predict(shape.Of(picture)) : detector.Predict(picture);

    private sealed record Work(PictureToJudge Picture)
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

/// <summary>Asks a detector about a picture.</summary>
internal delegate Prediction Predicting(AnomalyDetector detector, ReadOnlySpan<byte> picture, PictureMedia media);
