using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using PromptAD.Client;
using PromptAD.Results;
using PromptAD.Server.Audit;
using PromptAD.Server.Operations;
using PromptAD.Server.Products;
using PromptAD.Server.Storage;
using PromptAD.Server.Worker;

namespace PromptAD.Server.Jobs;

/// <summary>
/// Does jobs one after the other. A version is added, and its job completed, in one change: a worker that dies or a service that ends in
/// the middle leaves a job that says so, and nothing half-made.
/// </summary>
[SuppressMessage("Reliability", "CA1031", Justification = "Whatever goes wrong in a job, its state says so and the next one is done.")]
internal sealed partial class JobRunner(
    IDbContextFactory<ServiceContext> contexts,
    Changes changes,
    DetectorCatalog catalog,
    FileStore files,
    ServiceOptions options,
    ILeases leases,
    TimeProvider clock,
    ILogger<JobRunner> log) : BackgroundService
{
    private const string Actor = "service";
    private const string Interruption = "The service ended while the job was running; nothing has changed. It can be tried again.";
    private static readonly TimeSpan BeforeAnotherTry = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromSeconds(30); // another process may have taken a job in

    private readonly ConcurrentDictionary<long, CancellationTokenSource> running = [];
    private readonly ConcurrentDictionary<long, bool> asked = []; // to stop, maybe before it is among those that run
    private readonly ConcurrentDictionary<long, JobProgress> progress = [];
    private readonly SemaphoreSlim news = new(1);

    // Of a cluster, each node has its own.
    private string WorkFolder => options.Cluster.Enabled
        ? Path.Combine(options.DataFolder, "work", options.Cluster.NodeName)
        : Path.Combine(options.DataFolder, "work");

    /// <summary>Told how far the job is that this process does; null where it has ended.</summary>
    public event Action<long, JobProgress?>? Progressed;

    /// <summary>How far a job is; null where it does not run.</summary>
    public JobProgress? ProgressOf(long id) => progress.GetValueOrDefault(id);

    /// <summary>Another process does a job.</summary>
    /// <param name="id">The job.</param>
    /// <param name="told">How far it is; null where it has ended.</param>
    public void Hear(long id, JobProgress? told)
    {
        if (told is not null)
        {
            progress[id] = told;
            return;
        }
        progress.TryRemove(id, out _);
        asked.TryRemove(id, out _);
    }

    /// <summary>Says that there is a new job.</summary>
    public void Wake() => news.Release();

    /// <summary>Asks a running job to stop; its state changes when it has.</summary>
    public void Stop(long id)
    {
        asked[id] = true;
        if (running.TryGetValue(id, out CancellationTokenSource? source)) source.Cancel();
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        news.Dispose();
        base.Dispose();
    }

    /// <inheritdoc/>
    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        leases.RunAsync("jobs", DoAllAsync, stoppingToken, () => !running.IsEmpty);

    private async Task DoAllAsync(CancellationToken stoppingToken)
    {
        if (Directory.Exists(WorkFolder)) Directory.Delete(WorkFolder, recursive: true);
        bool isCleared = false;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                if (!isCleared) await InterruptAsync(stoppingToken);
                isCleared = true;
                if (await NextAsync(stoppingToken) is { } job) await DoAsync(job, stoppingToken);
                else await news.WaitAsync(BetweenLooks, stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                LogTrouble(e); // such as a database that is gone
                isCleared = false; // a job that ended meanwhile may still be called running
                await Task.Delay(BeforeAnotherTry, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    /// <summary>Jobs that were running when the service ended.</summary>
    private Task InterruptAsync(CancellationToken cancellation) => changes.MakeAsync(
        Actor,
        async (db, notes) =>
        {
            foreach (JobRow row in await db.Jobs.Where(row => row.State == JobState.Running).ToListAsync(cancellation))
                End(row, notes, JobState.Interrupted, Interruption);
        },
        cancellation);

    private Task<JobRow?> NextAsync(CancellationToken cancellation) => changes.MakeAsync<JobRow?>(
        Actor,
        async (db, _) =>
        {
            JobRow? row = await db.Jobs.Where(row => row.State == JobState.Pending).OrderBy(row => row.Id)
                .FirstOrDefaultAsync(cancellation);
            if (row is not null) (row.State, row.Started) = (JobState.Running, clock.Now());
            return row;
        },
        cancellation);

    private async Task DoAsync(JobRow job, CancellationToken stopping)
    {
        string folder = Directory.CreateDirectory(Path.Combine(WorkFolder, $"{job.Id}")).FullName;
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        running[job.Id] = stop;
        if (asked.ContainsKey(job.Id)) await stop.CancelAsync();
        var warnings = new List<string>();
        try
        {
            var request = JsonSerializer.Deserialize<NewJob>(job.Request, ServiceJson.Options)!;
            (WorkerJob work, int? from) = await new JobPreparation(contexts, catalog, files, options)
                .PrepareAsync(job, request, folder, stop.Token);
            await WorkerProcess.RunAsync(work, Tell, stop.Token);
            DetectorDescription learned = DetectorDescription.Read(work.Output);
            await TakeAsync(work.Output, stop.Token);
            await changes.MakeAsync(
                $"job {job.Id} of {job.CreatedBy}",
                async (db, notes) =>
                {
                    JobRow row = await db.Jobs.FirstAsync(one => one.Id == job.Id, CancellationToken.None);
                    if (row.State != JobState.Running) return; // another process has ended it
                    ProductRow product = await db.Products.FirstAsync(row => row.Id == job.ProductId, CancellationToken.None);
                    VersionRow version = await catalog.AddAsync(
                        db, notes, product, learned, OriginOf(job.Kind), from, job.Id, job.CreatedBy, request.Activate);
                    (row.Version, row.Warnings) = (version.Number, JsonSerializer.Serialize(warnings, ServiceJson.Options));
                    End(row, notes, JobState.Completed, error: null);
                },
                CancellationToken.None);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            bool isEnd = stopping.IsCancellationRequested;
            await FailAsync(
                job.Id, isEnd ? JobState.Interrupted : JobState.Canceled,
                isEnd ? Interruption : null, warnings);
        }
        catch (Exception e)
        {
            (int status, string detail) = ErrorAnswers.Read(e);
            if (status == StatusCodes.Status500InternalServerError) LogUnexpected(e, job.Id);
            await FailAsync(job.Id, JobState.Failed, detail, warnings);
        }
        finally
        {
            running.TryRemove(job.Id, out _);
            asked.TryRemove(job.Id, out _);
            progress.TryRemove(job.Id, out _);
            Progressed?.Invoke(job.Id, null);
            Directory.Delete(folder, recursive: true);
        }

        void Tell(WorkerLine line)
        {
            if (line.Warning is { } warning) warnings.Add(warning);
            if (line.Progress is not { } fraction) return;
            progress[job.Id] = new JobProgress(fraction, line.Step);
            Progressed?.Invoke(job.Id, progress[job.Id]);
        }
    }

    /// <summary>Keeps what was learned. It may have taken hours: a store that is away for now is waited for.</summary>
    private async Task TakeAsync(string path, CancellationToken stopping)
    {
        while (true)
        {
            try
            {
                await Task.Run(() => files.Take(path), stopping);
                return;
            }
            catch (StoreAwayException)
            {
                await Task.Delay(BeforeAnotherTry, clock, stopping);
            }
        }
    }

    private Task FailAsync(long id, JobState state, string? error, List<string> warnings) => changes.MakeAsync(
        Actor,
        async (db, notes) =>
        {
            JobRow row = await db.Jobs.FirstAsync(one => one.Id == id);
            if (row.State != JobState.Running) return;
            row.Warnings = JsonSerializer.Serialize(warnings, ServiceJson.Options);
            End(row, notes, state, error);
        });

    private void End(JobRow row, ChangeNotes notes, JobState state, string? error)
    {
        (row.State, row.Error, row.Ended) = (state, error, clock.Now());
        notes.Add("job.ended", $"job {row.Id}", null, new { State = state, Error = error, row.Version });
    }

    private static VersionOrigin OriginOf(JobKind kind) => kind switch
    {
        JobKind.Train => VersionOrigin.Trained,
        JobKind.Calibrate => VersionOrigin.Calibrated,
        _ => VersionOrigin.Feedback,
    };

    [LoggerMessage(Level = LogLevel.Error, Message = "Jobs cannot be looked for; another try follows")]
    private partial void LogTrouble(Exception exception);

    [LoggerMessage(Level = LogLevel.Error, Message = "Unexpected error in job {Id}")]
    private partial void LogUnexpected(Exception exception, long id);
}
