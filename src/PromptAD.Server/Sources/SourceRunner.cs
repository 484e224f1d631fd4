using System.Diagnostics.CodeAnalysis;
using Microsoft.EntityFrameworkCore;
using PromptAD.Client;
using PromptAD.Server.Inspections;
using PromptAD.Server.Operations;
using PromptAD.Server.Stations;
using PromptAD.Server.Storage;

namespace PromptAD.Server.Sources;

/// <summary>
/// Has the pictures of all sources inspected, those of each in their order. A source that fails is asked again a while later; it never
/// holds up another one.
/// </summary>
internal sealed partial class SourceRunner : BackgroundService
{
    private static readonly TimeSpan ShortestPause = TimeSpan.FromSeconds(0.5), LongestPause = TimeSpan.FromSeconds(30);

    private readonly PictureIntake intake;
    private readonly IStationBoard board;
    private readonly ServiceMetrics metrics;
    private readonly ServiceOptions options;
    private readonly ILeases leases;
    private readonly IDbContextFactory<ServiceContext> contexts;
    private readonly TimeProvider clock;
    private readonly ILogger<SourceRunner> log;
    private readonly Lock gate = new();
    private readonly List<RunningSource> all = [];
    private CancellationToken? running;

    /// <exception cref="PromptADException">A folder of the settings cannot be watched as it is set up.</exception>
    public SourceRunner(
        PictureIntake intake,
        IStationBoard board,
        ServiceMetrics metrics,
        ServiceOptions options,
        IDbContextFactory<ServiceContext> contexts,
        ILeases leases,
        TimeProvider clock,
        IEnumerable<DemoSource> demos,
        ILogger<SourceRunner> log)
    {
        (this.intake, this.board, this.metrics, this.options) = (intake, board, metrics, options);
        (this.contexts, this.leases, this.clock, this.log) = (contexts, leases, clock, log);
        foreach (DemoSource demo in demos)
            all.Add(new RunningSource(demo, null, new SourceCounts(), IsFromSettings: true, IsEnabled: true));
        FolderOptions.Check(options.Folders);
        FolderRoot.Check(options.FolderRoots);
        foreach (FolderOptions folder in options.Folders) Add(folder, isFromSettings: true, isEnabled: true);
    }

    /// <summary>How each source fares.</summary>
    public List<SourceInfo> All()
    {
        lock (gate)
        {
            return
            [
                .. all.OrderByDescending(one => one.IsFromSettings).ThenBy(one => one.Source.Name, StringComparer.Ordinal)
                    .Select(one => one.Counts.Describe(one)),
            ];
        }
    }

    /// <summary>A source; null for none.</summary>
    public RunningSource? Find(string name)
    {
        lock (gate) return all.Find(one => one.Source.Name == name);
    }

    /// <summary>
    /// Begins to watch a folder, or goes on with one that is set up otherwise. One change of a folder at a time.
    /// </summary>
    public async Task SetAsync(FolderOptions folder, bool isEnabled)
    {
        RunningSource? before = Find(folder.Name);
        if (before is not null) await before.Work.StopAsync();
        Add(folder, isFromSettings: false, isEnabled, before);
    }

    /// <summary>Ends watching a folder.</summary>
    public async Task RemoveAsync(string name)
    {
        if (Find(name) is not { } removed) return;
        await removed.Work.StopAsync();
        lock (gate) all.Remove(removed);
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        lock (gate)
        {
            running = stoppingToken;
            foreach (RunningSource source in all) Start(source);
        }
        await Task.Delay(Timeout.Infinite, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        RunningSource[] last;
        lock (gate) last = [.. all];
        await Task.WhenAll(last.Select(one => one.Work.Working));
    }

    /// <param name="folder">How it is set up.</param>
    /// <param name="isFromSettings">Whether the settings have it.</param>
    /// <param name="isEnabled">Whether it is watched.</param>
    /// <param name="before">The one whose place it takes; null for none.</param>
    private void Add(FolderOptions folder, bool isFromSettings, bool isEnabled, RunningSource? before = null)
    {
        SourceCounts counts = before?.Counts ?? new SourceCounts();
        var source = new FolderSource(folder, options, contexts, clock, (line, error) => Count(folder.Name, counts, line, error));
        var added = new RunningSource(source, folder, counts, isFromSettings, isEnabled);
        lock (gate)
        {
            if (before is not null) all.Remove(before);
            all.Add(added);
            if (running is not null) Start(added);
        }
    }

    private void Start(RunningSource one)
    {
        if (!one.IsEnabled) return;
        one.Work.Start(
            stop => leases.RunAsync(
                $"source {one.Source.Name}", turn => Task.Run(() => RunAsync(one.Source, one.Counts, turn), CancellationToken.None), stop),
            running!.Value);
    }

    [SuppressMessage("Reliability", "CA1031", Justification = "A source that fails is asked again.")]
    private async Task RunAsync(IPictureSource source, SourceCounts counts, CancellationToken stopping)
    {
        TimeSpan pause = ShortestPause;
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                await foreach (SourcePicture picture in source.ReadAsync(stopping))
                {
                    InspectionRow? row = null;
                    if (picture.Refusal is not null) Count(source.Name, counts, $"{picture.Origin}: {picture.Refusal}");
                    else row = await InspectAsync(source, picture, stopping);
                    // It is on the disk and will be judged, whatever happens from here on.
                    await source.DoneAsync(picture, row, stopping);
                    if (row is not null) counts.Take();
                    pause = ShortestPause;
                }
            }
            catch (Exception e)
            {
                if (stopping.IsCancellationRequested) return;
                Count(source.Name, counts, LineOf(e, source.Name), FolderTrouble.Is(e) ? e : null);
            }
            await Task.Delay(pause, clock, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            pause = TimeSpan.FromTicks(Math.Min(pause.Ticks * 2, LongestPause.Ticks));
        }
    }

    private async Task<InspectionRow> InspectAsync(IPictureSource source, SourcePicture picture, CancellationToken cancellation)
    {
        string product = source.Product ?? StationEndpoints.RecipeOf(await board.OfAsync(source.Station, cancellation));
        var arrival = new PictureArrival(
            product, source.Station, picture.Media, picture.Part, picture.Key, Wait: false, IsPatient: true);
        return await intake.TakeAsync(arrival, _ => Task.FromResult(picture.Bytes), cancellation);
    }

    /// <param name="name">The source.</param>
    /// <param name="counts">How it fares.</param>
    /// <param name="line">What is told of it.</param>
    /// <param name="error">What is for the log alone; null where the line says all.</param>
    private void Count(string name, SourceCounts counts, string line, Exception? error = null)
    {
        metrics.CountSourceError(name);
        if (counts.Fail(line, clock.Now())) LogTrouble(error, name, line);
    }

    private string LineOf(Exception error, string source) => FolderTrouble.Is(error)
        ? FolderTrouble.LineOf(error)
        : ErrorAnswers.Read(error, log, source).Detail;

    [LoggerMessage(Level = LogLevel.Warning, Message = "Source {Source}: {Reason}")]
    private partial void LogTrouble(Exception? error, string source, string reason);
}

/// <summary>A source, and what has its pictures inspected.</summary>
/// <param name="Source">The source.</param>
/// <param name="Folder">How it is set up; null where it is no folder.</param>
/// <param name="Counts">How it fares.</param>
/// <param name="IsFromSettings">Whether the settings have it, and not the database.</param>
/// <param name="IsEnabled">Whether it is asked for pictures.</param>
internal sealed record RunningSource(
    IPictureSource Source, FolderOptions? Folder, SourceCounts Counts, bool IsFromSettings, bool IsEnabled)
{
    /// <summary>What asks it for pictures.</summary>
    public RunningWork Work { get; } = new();
}
