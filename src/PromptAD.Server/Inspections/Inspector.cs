using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Linq.Expressions;
using Microsoft.EntityFrameworkCore;
using PromptAD.Client;
using PromptAD.Server.Judging;
using PromptAD.Server.Operations;
using PromptAD.Server.Stations;
using PromptAD.Server.Storage;

namespace PromptAD.Server.Inspections;

/// <summary>
/// From the bytes of a picture to an inspection that is kept. Nothing is acknowledged before picture and row are on the disk; what was
/// acknowledged as queued is judged, if need be after a restart.
/// </summary>
[SuppressMessage("Reliability", "CA1031", Justification = "A picture that waits must not be lost, whatever goes wrong.")]
internal sealed partial class Inspector(
    IDbContextFactory<ServiceContext> contexts,
    FileStore files,
    Judge judge,
    IPictureJudge pictures,
    InspectionWriter writer,
    LiveResults live,
    IStationBoard board,
    ServiceMetrics metrics,
    ServiceOptions options,
    TimeProvider clock,
    ILogger<Inspector> log) : IHostedService, IDisposable
{
    private const int Tries = 4; // of a picture that is kept, before it counts as one that cannot be judged

    private static readonly TimeSpan BeforeAnotherTry = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<long, Task> pending = [];
    private readonly CancellationTokenSource stopping = new();
    private Task recovering = Task.CompletedTask;

    /// <summary>Inspects a picture whose sender waits for the verdict, or only for its being kept.</summary>
    /// <param name="request">What was sent.</param>
    /// <param name="place">The sender's place in the queue; given back by this.</param>
    /// <param name="wait">Whether the sender waits for the verdict.</param>
    /// <returns>The row, and whether it is of an earlier request with the same key.</returns>
    public async Task<(InspectionRow Row, bool Repeated)> InspectAsync(InspectionRequest request, Judge.Place place, bool wait)
    {
        using Activity? trace = ServiceTraces.Begin("inspection");
        trace?.SetTag("promptad.product", request.Product).SetTag("promptad.station", request.Station);
        bool isHandedOn = false;
        try
        {
            Task<string> keeping = Task.Run(() => files.Keep(request.Picture.Span));
            if (await FindEarlierAsync(request) is { } earlier) return (SameOr(earlier, await keeping), true);
            InspectionRow row = New(request, FileStore.HashOf(request.Picture.Span));
            if (wait)
            {
                try
                {
                    await JudgeAsync(
                        row, new(request.Product, request.FileHash, row.PictureHash, request.Picture, request.Media, keeping));
                }
                finally
                {
                    await keeping;
                }
            }
            else
            {
                await keeping;
            }
            try
            {
                using (ServiceTraces.Begin("write")) await writer.AddAsync(row);
                trace?.SetTag("promptad.inspection", row.Id).SetTag("promptad.verdict", row.Verdict?.ToString());
            }
            catch (DbUpdateException) when (request.IdempotencyKey is not null)
            {
                // The same key at the same time: the other one was faster.
                InspectionRow? first = await FindEarlierAsync(request);
                if (first is null) throw;
                return (SameOr(first, row.PictureHash), true);
            }
            if (wait) await TellAsync(row);
            else isHandedOn = FinishLater(row, request.FileHash, new KeptPicture(request.Picture, request.Media), place);
            return (row, false);
        }
        finally
        {
            if (!isHandedOn) place.Dispose();
        }
    }

    /// <summary>Waits until a picture that was kept is judged, or the service ends.</summary>
    public Task FinishedAsync(long id) => pending.TryGetValue(id, out Task? finishing) ? finishing : Task.CompletedTask;

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        // In a cluster, what waits may be another node's.
        if (!options.Cluster.Enabled) recovering = Task.Run(() => RecoverAsync(stopping.Token), CancellationToken.None);
        return Task.CompletedTask;
    }

    /// <summary>Which of some inspections this process judges.</summary>
    public List<long> Held(IEnumerable<long> ids) => [.. ids.Where(pending.ContainsKey)];

    /// <summary>Judges inspections that were acknowledged by a process that is gone.</summary>
    public Task AdoptAsync(IReadOnlyCollection<long> ids, CancellationToken cancellation) =>
        RecoverAllAsync(row => ids.Contains(row.Id), cancellation);

    /// <inheritdoc/>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await stopping.CancelAsync();
        await Task.WhenAll([recovering, .. pending.Values]).WaitAsync(cancellationToken)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <inheritdoc/>
    public void Dispose() => stopping.Dispose();

    /// <summary>Judges what was acknowledged and not judged before the service ended.</summary>
    private async Task RecoverAsync(CancellationToken cancellation)
    {
        while (!cancellation.IsCancellationRequested)
        {
            try
            {
                await RecoverAllAsync(_ => true, cancellation);
                return;
            }
            catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
            {
                // The next start goes on.
            }
            catch (Exception e)
            {
                LogNotRecovered(e);
                await Task.Delay(BeforeAnotherTry, clock, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task RecoverAllAsync(Expression<Func<InspectionRow, bool>> which, CancellationToken cancellation)
    {
        await using ServiceContext db = await contexts.CreateDbContextAsync(cancellation);
        var waiting = await db.Inspections.AsNoTracking().Where(row => row.State == InspectionState.Queued).Where(which)
            .OrderBy(row => row.Id)
            .Join(
                db.Versions, row => new { row.ProductId, Number = row.Version },
                version => new { version.ProductId, version.Number }, (row, version) => new { Row = row, version.FileHash })
            .ToListAsync(cancellation);
        waiting.RemoveAll(one => pending.ContainsKey(one.Row.Id)); // of an earlier try
        if (waiting.Count > 0) LogRecovered(waiting.Count);
        foreach (var one in waiting) live.Expect(one.Row.Id);
        foreach (var one in waiting)
        {
            Judge.Place place = await judge.TakePlaceAsync(cancellation);
            FinishLater(one.Row, one.FileHash, null, place);
        }
    }

    /// <param name="row">The inspection.</param>
    /// <param name="fileHash">The detector's file.</param>
    /// <param name="known">The picture; null to read it again.</param>
    /// <param name="place">Its place in the queue.</param>
    private bool FinishLater(InspectionRow row, string fileHash, KeptPicture? known, Judge.Place place)
    {
        board.Note(row.Station, new StationNews(StationEvent.Waits));
        var finished = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        pending[row.Id] = finished.Task;
        _ = Task.Run(async () =>
        {
            try
            {
                using (place)
                {
                    await JudgeSurelyAsync(row, fileHash, known);
                    await KeepTryingAsync(row);
                    await TellAsync(row);
                }
            }
            catch (Exception e)
            {
                LogNotFinished(e, row.Id); // the service ends: it stays queued, and the next start judges it
            }
            finally
            {
                pending.TryRemove(row.Id, out _);
                board.Note(row.Station, new StationNews(StationEvent.WaitsNoMore));
                finished.SetResult();
            }
        });
        return true;
    }

    /// <summary>
    /// Judges a picture that was acknowledged. What goes wrong and may go right again, such as a backbone that is away, is tried some
    /// times, and the station shows it; then the inspection has failed, so that its line gets an answer.
    /// </summary>
    private async Task JudgeSurelyAsync(InspectionRow row, string fileHash, KeptPicture? known)
    {
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                KeptPicture picture = known ?? new KeptPicture(files.Read(row.PictureHash), PictureMedia.Parse(row.MediaType));
                await JudgeAsync(
                    row, new(row.ProductId, fileHash, row.PictureHash, picture.Bytes, picture.Media, Task.CompletedTask));
                return;
            }
            catch (Exception e) when (!stopping.IsCancellationRequested)
            {
                string line = ErrorAnswers.Read(e).Detail;
                LogNotJudged(e, row.Id, attempt);
                // What is away for now, such as the database or all other nodes, is waited for.
                if (Passing.Is(e)) attempt = Math.Min(attempt, Tries - 1);
                else if (attempt == Tries)
                {
                    (row.State, row.Error) = (InspectionState.Failed, line);
                    metrics.CountFailure(row);
                    return;
                }
                board.Note(row.Station, StationNews.Failed(line));
                await Task.Delay(BeforeAnotherTry * attempt, clock, stopping.Token);
            }
        }
    }

    /// <summary>Writes what was found, until the database takes it or the service ends.</summary>
    private async Task KeepTryingAsync(InspectionRow row)
    {
        while (true)
        {
            try
            {
                await writer.FinishAsync(row);
                return;
            }
            catch (Exception e) when (e is not OperationCanceledException && !stopping.IsCancellationRequested)
            {
                LogDatabaseGone(e, row.Id);
                await Task.Delay(BeforeAnotherTry, clock, stopping.Token);
            }
        }
    }

    /// <summary>Puts into the row what is said of the picture, or why nothing can be.</summary>
    private async Task JudgeAsync(InspectionRow row, PictureToJudge picture)
    {
        using Activity? trace = ServiceTraces.Begin("judge");
        try
        {
            Judged judged = await pictures.JudgeAsync(picture);
            judged.Enter(row);
            metrics.Count(row, judged);
        }
        catch (PromptADException e) when (e.Problem != Problem.Environment)
        {
            (row.State, row.Error) = (InspectionState.Failed, e.Diagnostic.Describe(_ => null));
            trace?.SetStatus(ActivityStatusCode.Error, row.Error);
            metrics.CountFailure(row);
        }
    }

    private async Task TellAsync(InspectionRow row)
    {
        InspectionResult result = Finding.Read(row);
        live.Tell(result);
        await board.ShowAsync(result);
    }

    private async Task<InspectionRow?> FindEarlierAsync(InspectionRequest request)
    {
        if (request.IdempotencyKey is null) return null;
        await using ServiceContext db = await contexts.CreateDbContextAsync();
        return await db.Inspections.AsNoTracking().FirstOrDefaultAsync(
            row => row.Station == request.Station && row.IdempotencyKey == request.IdempotencyKey);
    }

    private static InspectionRow SameOr(InspectionRow earlier, string pictureHash) => earlier.PictureHash == pictureHash
        ? earlier
        : throw new ServiceException(
            StatusCodes.Status422UnprocessableEntity,
            $"The Idempotency-Key was used for another picture, inspection {earlier.Id}; give each picture its own.");

    private InspectionRow New(InspectionRequest request, string pictureHash) => new()
    {
        ProductId = request.Product,
        Version = request.Version,
        Station = request.Station,
        Part = request.Part,
        IdempotencyKey = request.IdempotencyKey,
        Received = clock.Now(),
        PictureHash = pictureHash,
        MediaType = request.Media.Text,
        State = InspectionState.Queued,
    };

    [LoggerMessage(Level = LogLevel.Information, Message = "{Count} inspections were accepted before the last end and are judged now")]
    private partial void LogRecovered(int count);

    [LoggerMessage(Level = LogLevel.Error, Message = "Inspections that were accepted before the last end cannot be judged now")]
    private partial void LogNotRecovered(Exception exception);

    [LoggerMessage(Level = LogLevel.Error, Message = "Inspection {Id} cannot be judged, try {Attempt}")]
    private partial void LogNotJudged(Exception exception, long id, int attempt);

    [LoggerMessage(Level = LogLevel.Error, Message = "Inspection {Id} stays queued until the next start")]
    private partial void LogNotFinished(Exception exception, long id);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The verdict of inspection {Id} cannot be written yet")]
    private partial void LogDatabaseGone(Exception exception, long id);
}

/// <summary>A picture that is in the store, and still in memory.</summary>
internal sealed record KeptPicture(ReadOnlyMemory<byte> Bytes, PictureMedia Media);

/// <summary>A picture that was sent.</summary>
internal sealed record InspectionRequest(
    string Product,
    int Version,
    string FileHash,
    string Station,
    string? Part,
    string? IdempotencyKey,
    ReadOnlyMemory<byte> Picture,
    PictureMedia Media);
