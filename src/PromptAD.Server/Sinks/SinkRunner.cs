using System.Diagnostics.CodeAnalysis;
using Microsoft.EntityFrameworkCore;
using PromptAD.Client;
using PromptAD.Server.Inspections;
using PromptAD.Server.Operations;
using PromptAD.Server.Storage;

namespace PromptAD.Server.Sinks;

/// <summary>
/// Gives every sink its results, each sink on its own, in order. What is not taken stays in the database and is tried again, after longer
/// and longer pauses; what is refused, or not taken for too long, is set aside, and later results go on. A sink that is slow or broken
/// holds up neither the line nor another sink.
/// </summary>
internal sealed partial class SinkRunner : BackgroundService
{
    private const int AtOnce = 50;

    private static readonly TimeSpan ShortestPause = TimeSpan.FromSeconds(0.25), LongestPause = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromSeconds(30);

    private readonly IServiceProvider services;
    private readonly Outbox outbox;
    private readonly IDbContextFactory<ServiceContext> contexts;
    private readonly ServiceMetrics metrics;
    private readonly ILeases leases;
    private readonly TimeProvider clock;
    private readonly ILogger<SinkRunner> log;
    private readonly Lock gate = new();
    private readonly List<RunningSink> all = [];
    private CancellationToken? running;

    /// <exception cref="PromptADException">A sink of the settings cannot be as it is set up.</exception>
    public SinkRunner(
        IServiceProvider services,
        Outbox outbox,
        IDbContextFactory<ServiceContext> contexts,
        ServiceOptions options,
        ServiceMetrics metrics,
        ILeases leases,
        TimeProvider clock,
        ILogger<SinkRunner> log)
    {
        (this.services, this.outbox, this.contexts, this.metrics) = (services, outbox, contexts, metrics);
        (this.leases, this.clock, this.log) = (leases, clock, log);
        foreach (SinkOptions sink in (SinkOptions[])[.. options.Webhooks, .. options.Mqtt])
        {
            sink.Check();
            if (Find(sink.Name) is not null)
            {
                throw new PromptADException(
                    Problem.InvalidArgument,
                    $"Two sinks are called '{sink.Name}'; each needs a name of its own. Set Service:Webhooks:0:Name or "
                    + "Service:Mqtt:0:Name.");
            }
            Add(sink, isFromSettings: true, trouble: null);
        }
    }

    /// <summary>A sink; null for none.</summary>
    public RunningSink? Find(string name)
    {
        lock (gate) return all.Find(one => one.Name == name);
    }

    /// <summary>
    /// Begins to give results to a sink, or goes on with one that is set up otherwise. One change of a sink at a time.
    /// </summary>
    /// <param name="options">How it is set up.</param>
    /// <param name="trouble">Why nothing can be sent, one line; null where it can.</param>
    public async Task SetAsync(SinkOptions options, string? trouble)
    {
        outbox.Set(options); // first, so that no result is passed over
        RunningSink? before = Find(options.Name);
        before?.Sink?.GoOnAs(options);
        if (before is not null) await before.StopAsync();
        Add(options, isFromSettings: false, trouble, before);
    }

    /// <summary>Ends giving results to a sink.</summary>
    public async Task RemoveAsync(string name)
    {
        outbox.Remove(name);
        if (Find(name) is not { } removed) return;
        removed.Sink?.GoOnAs(null);
        await removed.StopAsync();
        lock (gate) all.Remove(removed);
    }

    /// <summary>How each sink fares.</summary>
    public async Task<List<SinkInfo>> DescribeAsync(CancellationToken cancellation)
    {
        await using ServiceContext db = await contexts.CreateDbContextAsync(cancellation);
        var counted = await db.Outbox.GroupBy(row => new { row.Sink, IsAside = row.SetAside != null })
            .Select(group => new { group.Key.Sink, group.Key.IsAside, Count = group.LongCount() }).ToListAsync(cancellation);
        long Count(string sink, bool isAside) => counted.Find(one => one.Sink == sink && one.IsAside == isAside)?.Count ?? 0;
        RunningSink[] known;
        lock (gate) known = [.. all];
        List<SinkInfo> told =
        [
            .. known.OrderByDescending(one => one.IsFromSettings).ThenBy(one => one.Name, StringComparer.Ordinal)
                .Select(one => one.Counts.Describe(one.Options, one.IsFromSettings, Count(one.Name, false), Count(one.Name, true))),
        ];
        // What waits for a sink that is gone is not thrown away.
        foreach (string name in counted.Select(one => one.Sink).Distinct().Where(name => !Array.Exists(known, one => one.Name == name)))
        {
            const string Gone = "This sink is not set up any more.";
            told.Add(new SinkInfo
            {
                Name = name,
                Kind = "none",
                From = "none",
                Waiting = Count(name, false),
                SetAside = Count(name, true),
                LastError = Gone,
            });
        }
        return told;
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        foreach (RunningSink sink in all) sink.Dispose();
        base.Dispose();
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        lock (gate)
        {
            running = stoppingToken;
            foreach (RunningSink sink in all) Start(sink);
        }
        await Task.Delay(Timeout.Infinite, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        RunningSink[] last;
        lock (gate) last = [.. all];
        await Task.WhenAll(last.Select(one => one.Work.Working));
    }

    /// <param name="options">How it is set up.</param>
    /// <param name="isFromSettings">Whether the settings have it.</param>
    /// <param name="trouble">Why nothing can be sent; null where it can.</param>
    /// <param name="before">The one whose place it takes; null for none.</param>
    private void Add(SinkOptions options, bool isFromSettings, string? trouble, RunningSink? before = null)
    {
        outbox.Set(options);
        ISink? sink = trouble is not null || !options.Enabled ? null : options switch
        {
            WebhookOptions webhook => ActivatorUtilities.CreateInstance<WebhookSink>(services, webhook),
            MqttOptions broker => ActivatorUtilities.CreateInstance<MqttSink>(services, broker),
            _ => throw new NotSupportedException(options.Kind),
        };
        var added = new RunningSink(options, sink, before?.Counts ?? new SinkCounts(), isFromSettings);
        if (trouble is not null) Count(added, trouble);
        lock (gate)
        {
            if (before is not null) all.Remove(before);
            all.Add(added);
            if (running is not null) Start(added);
        }
    }

    private void Start(RunningSink one)
    {
        if (one.Sink is not { } sink) return;
        one.Work.Start(
            stop => leases.RunAsync(
                $"sink {one.Name}",
                turn => Task.WhenAll(
                    Task.Run(() => SendAllAsync(one, sink, turn), CancellationToken.None),
                    Task.Run(() => sink.RunAsync(line => Count(one, line), turn), CancellationToken.None)),
                stop),
            running!.Value);
    }

    [SuppressMessage("Reliability", "CA1031", Justification = "A sink that fails is tried again.")]
    private async Task SendAllAsync(RunningSink one, ISink sink, CancellationToken stopping)
    {
        TimeSpan pause = ShortestPause;
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                while (await SendSomeAsync(one, sink, stopping)) pause = ShortestPause;
                await outbox.WaitAsync(one.Name, BetweenLooks, stopping);
            }
            catch (Exception e)
            {
                if (stopping.IsCancellationRequested) return;
                Count(one, LineOf(e));
                // Not all at the same moment.
                TimeSpan wait = pause * (0.75 + (Random.Shared.NextDouble() / 2));
                await Task.Delay(wait, clock, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                pause = TimeSpan.FromTicks(Math.Min(pause.Ticks * 2, LongestPause.Ticks));
            }
        }
    }

    /// <summary>Sends what waits longest.</summary>
    /// <returns>Whether there was anything.</returns>
    private async Task<bool> SendSomeAsync(RunningSink one, ISink sink, CancellationToken stopping)
    {
        List<OutboxRow> rows;
        await using (ServiceContext db = await contexts.CreateDbContextAsync(stopping))
        {
            rows = await db.Outbox.AsNoTracking().Include(row => row.Inspection)
                .Where(row => row.Sink == one.Name && row.SetAside == null).OrderBy(row => row.Id).Take(AtOnce).ToListAsync(stopping);
        }
        List<long> taken = [];
        try
        {
            foreach (OutboxRow row in rows)
            {
                try
                {
                    await SendAsync(sink, row, one.Timeout, stopping);
                }
                catch (Exception e) when (!stopping.IsCancellationRequested && IsHopeless(one, row, e))
                {
                    await SetAsideAsync(one, row, LineOf(e));
                    continue;
                }
                taken.Add(row.Id);
                one.FailingSince = null;
                one.Counts.Take();
                metrics.CountSent(one.Name);
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
        return rows.Count > 0;
    }

    private static async Task SendAsync(ISink sink, OutboxRow row, TimeSpan most, CancellationToken stopping)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        timeout.CancelAfter(most);
        try
        {
            await sink.SendAsync(Finding.Read(row.Inspection!), timeout.Token);
        }
        catch (OperationCanceledException) when (!stopping.IsCancellationRequested)
        {
            throw new TimeoutException($"It has not answered within {most.TotalSeconds:0.#} s.");
        }
    }

    /// <summary>
    /// Whether a result is not tried again: it is refused, or the sink has taken nothing for longer than it may and the result has waited
    /// as long. That the service was away counts for neither.
    /// </summary>
    private bool IsHopeless(RunningSink one, OutboxRow row, Exception error)
    {
        if (error is RefusedException) return true;
        one.FailingSince ??= clock.GetTimestamp();
        if (one.Options.GiveUpAfterHours <= 0) return false;
        var most = TimeSpan.FromHours(one.Options.GiveUpAfterHours);
        return clock.GetElapsedTime(one.FailingSince.Value) >= most && clock.Now() - (row.Since ?? row.Inspection!.Received) >= most;
    }

    private async Task SetAsideAsync(RunningSink one, OutboxRow row, string line)
    {
        string reason = line[..Math.Min(line.Length, OutboxRow.LongestReason)];
        DateTime now = clock.Now();
        await using ServiceContext db = await contexts.CreateDbContextAsync(CancellationToken.None);
        await db.Outbox.Where(other => other.Id == row.Id).ExecuteUpdateAsync(
            set => set.SetProperty(other => other.SetAside, now).SetProperty(other => other.Reason, reason), CancellationToken.None);
        metrics.CountSetAside(one.Name);
        metrics.CountSinkError(one.Name);
        one.Counts.Fail(line, now);
        LogSetAside(one.Name, row.InspectionId, line);
    }

    private void Count(RunningSink one, string line)
    {
        metrics.CountSinkError(one.Name);
        if (one.Counts.Fail(line, clock.Now())) LogTrouble(one.Name, line);
    }

    private static string LineOf(Exception error) => DatabaseAway.Is(error)
        ? ErrorAnswers.Read(error).Detail
        : (error.InnerException ?? error).Message.ReplaceLineEndings(" ");

    [LoggerMessage(Level = LogLevel.Warning, Message = "Sink {Sink}: {Reason}")]
    private partial void LogTrouble(string sink, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Sink {Sink}: inspection {Inspection} is set aside: {Reason}")]
    private partial void LogSetAside(string sink, long inspection, string reason);
}
