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
    private readonly StationBoard board;
    private readonly ServiceMetrics metrics;
    private readonly TimeProvider clock;
    private readonly ILogger<SourceRunner> log;
    private readonly List<(IPictureSource Source, SourceCounts Counts)> sources = [];

    public SourceRunner(
        PictureIntake intake,
        StationBoard board,
        ServiceMetrics metrics,
        ServiceOptions options,
        IDbContextFactory<ServiceContext> contexts,
        TimeProvider clock,
        IEnumerable<DemoSource> demos,
        ILogger<SourceRunner> log)
    {
        (this.intake, this.board, this.metrics, this.clock, this.log) = (intake, board, metrics, clock, log);
        foreach (DemoSource demo in demos) sources.Add((demo, new SourceCounts()));
        FolderOptions.Check(options.Folders);
        foreach (FolderOptions folder in options.Folders)
        {
            var counts = new SourceCounts();
            sources.Add((new FolderSource(folder, options, contexts, clock, line => Count(folder.Name, counts, line)), counts));
        }
    }

    /// <summary>How each source fares.</summary>
    public IEnumerable<SourceInfo> All() => sources.Select(one => one.Counts.Describe(one.Source));

    /// <inheritdoc/>
    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(sources.Select(one => Task.Run(() => RunAsync(one.Source, one.Counts, stoppingToken), CancellationToken.None)));

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
                Count(source.Name, counts, LineOf(e));
            }
            await Task.Delay(pause, clock, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            pause = TimeSpan.FromTicks(Math.Min(pause.Ticks * 2, LongestPause.Ticks));
        }
    }

    private Task<InspectionRow> InspectAsync(IPictureSource source, SourcePicture picture, CancellationToken cancellation)
    {
        string product = source.Product ?? StationEndpoints.RecipeOf(board.Of(source.Station));
        var arrival = new PictureArrival(
            product, source.Station, picture.Media, picture.Part, picture.Key, Wait: false, IsPatient: true);
        return intake.TakeAsync(arrival, _ => Task.FromResult(picture.Bytes), cancellation);
    }

    private void Count(string name, SourceCounts counts, string line)
    {
        metrics.CountSourceError(name);
        if (counts.Fail(line, clock.Now())) LogTrouble(name, line);
    }

    private static string LineOf(Exception error) => error is IOException or UnauthorizedAccessException && !DiskSpace.IsFull(error)
        ? error.Message.ReplaceLineEndings(" ")
        : ErrorAnswers.Read(error).Detail;

    [LoggerMessage(Level = LogLevel.Warning, Message = "Source {Source}: {Reason}")]
    private partial void LogTrouble(string source, string reason);
}
