using System.Diagnostics.CodeAnalysis;
using Microsoft.EntityFrameworkCore;
using PromptAD.Client;
using PromptAD.Server.Inspections;
using PromptAD.Server.Operations;
using PromptAD.Server.Storage;

namespace PromptAD.Server.Sinks;

/// <summary>
/// Gives every sink its results, each sink on its own, in order. What is not taken stays in the database and is tried again, after longer
/// and longer pauses; a sink that is slow or broken holds up neither the line nor another sink.
/// </summary>
internal sealed partial class SinkRunner(
    IEnumerable<ISink> sinks,
    Outbox outbox,
    IDbContextFactory<ServiceContext> contexts,
    ServiceMetrics metrics,
    TimeProvider clock,
    ILogger<SinkRunner> log) : BackgroundService
{
    private const int AtOnce = 50;

    private static readonly TimeSpan ShortestPause = TimeSpan.FromSeconds(0.25), LongestPause = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromSeconds(30);

    private readonly (ISink Sink, SinkCounts Counts)[] all = [.. sinks.Select(sink => (sink, new SinkCounts()))];

    /// <summary>How each sink fares.</summary>
    public async Task<List<SinkInfo>> DescribeAsync(CancellationToken cancellation)
    {
        await using ServiceContext db = await contexts.CreateDbContextAsync(cancellation);
        Dictionary<string, long> waiting = await db.Outbox.GroupBy(row => row.Sink)
            .Select(group => new { group.Key, Count = group.LongCount() })
            .ToDictionaryAsync(one => one.Key, one => one.Count, cancellation);
        List<SinkInfo> told = [.. all.Select(one => one.Counts.Describe(one.Sink, waiting.GetValueOrDefault(one.Sink.Name)))];
        // What waits for a sink that is not set up any more is not thrown away.
        foreach ((string name, long count) in waiting.Where(one => all.All(known => known.Sink.Name != one.Key)))
        {
            const string Gone = "This sink is not in the settings any more.";
            told.Add(new SinkInfo { Name = name, Kind = "none", Waiting = count, LastError = Gone });
        }
        return told;
    }

    /// <inheritdoc/>
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(all.SelectMany(one => (Task[])
    [
        Task.Run(() => SendAllAsync(one.Sink, one.Counts, stoppingToken), CancellationToken.None),
        Task.Run(() => one.Sink.RunAsync(line => Count(one.Sink, one.Counts, line), stoppingToken), CancellationToken.None),
    ]));

    [SuppressMessage("Reliability", "CA1031", Justification = "A sink that fails is tried again.")]
    private async Task SendAllAsync(ISink sink, SinkCounts counts, CancellationToken stopping)
    {
        TimeSpan pause = ShortestPause;
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                while (await SendSomeAsync(sink, counts, stopping) > 0) pause = ShortestPause;
                await outbox.WaitAsync(sink.Name, BetweenLooks, stopping);
            }
            catch (Exception e)
            {
                if (stopping.IsCancellationRequested) return;
                Count(sink, counts, LineOf(e));
                // Not all at the same moment.
                TimeSpan wait = pause * (0.75 + (Random.Shared.NextDouble() / 2));
                await Task.Delay(wait, clock, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                pause = TimeSpan.FromTicks(Math.Min(pause.Ticks * 2, LongestPause.Ticks));
            }
        }
    }

    /// <summary>Sends what waits longest.</summary>
    /// <returns>How many results the sink has taken.</returns>
    private async Task<int> SendSomeAsync(ISink sink, SinkCounts counts, CancellationToken stopping)
    {
        List<OutboxRow> rows;
        await using (ServiceContext db = await contexts.CreateDbContextAsync(stopping))
        {
            rows = await db.Outbox.AsNoTracking().Include(row => row.Inspection).Where(row => row.Sink == sink.Name).OrderBy(row => row.Id)
                .Take(AtOnce).ToListAsync(stopping);
        }
        List<long> taken = [];
        try
        {
            foreach (OutboxRow row in rows)
            {
                using var timeout = CancellationTokenSource.CreateLinkedTokenSource(stopping);
                timeout.CancelAfter(sink.Timeout);
                try
                {
                    await sink.SendAsync(Finding.Read(row.Inspection!), timeout.Token);
                }
                catch (OperationCanceledException) when (!stopping.IsCancellationRequested)
                {
                    throw new TimeoutException($"It has not answered within {sink.Timeout.TotalSeconds:0.#} s.");
                }
                taken.Add(row.Id);
                counts.Send();
                metrics.CountSent(sink.Name);
            }
        }
        finally
        {
            if (taken.Count > 0)
            {
                await using ServiceContext db = await contexts.CreateDbContextAsync(CancellationToken.None);
                await db.Outbox.Where(row => taken.Contains(row.Id)).ExecuteDeleteAsync(CancellationToken.None);
            }
        }
        return taken.Count;
    }

    private void Count(ISink sink, SinkCounts counts, string line)
    {
        metrics.CountSinkError(sink.Name);
        if (counts.Fail(line, clock.Now())) LogTrouble(sink.Name, line);
    }

    private static string LineOf(Exception error) => DatabaseAway.Is(error)
        ? ErrorAnswers.Read(error).Detail
        : (error.InnerException ?? error).Message.ReplaceLineEndings(" ");

    [LoggerMessage(Level = LogLevel.Warning, Message = "Sink {Sink}: {Reason}")]
    private partial void LogTrouble(string sink, string reason);
}
