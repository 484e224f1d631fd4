using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Threading.Channels;
using PromptAD.Client;
using PromptAD.Server.Inspections;
using PromptAD.Server.Operations;
using PromptAD.Server.Stations;

namespace PromptAD.Server.Cluster;

/// <summary>
/// What all stations of the cluster show. What happens to the pictures of one station is told in order, beside their judging.
/// </summary>
internal sealed partial class ClusterStations : IStationBoard, IHostedService, IDisposable
{
    private const int MostWaiting = 1000, MostAtOnce = 100;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20), BeforeAnotherTry = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan Gathering = TimeSpan.FromMilliseconds(3);
    private static readonly TimeSpan MostForShowing = TimeSpan.FromSeconds(2);

    private readonly ConcurrentDictionary<string, Lazy<Channel<Item>>> queues = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, StationInfo?> known = new(StringComparer.Ordinal); // what was told last
    private readonly CancellationTokenSource stopping = new();
    private readonly IGrainFactory grains;
    private readonly StationBoard board;
    private readonly LiveResults live;
    private readonly TimeProvider clock;
    private readonly ILogger<ClusterStations> log;
    private readonly Nodes nodes;

    public ClusterStations(
        IGrainFactory grains,
        StationBoard board,
        LiveResults live,
        Nodes nodes,
        TimeProvider clock,
        ILogger<ClusterStations> log)
    {
        (this.grains, this.board, this.live, this.nodes, this.clock, this.log) = (grains, board, live, nodes, clock, log);
    }

    /// <inheritdoc/>
    public async Task<List<StationInfo>> AllAsync(CancellationToken cancellation)
    {
        StationInfo?[] all = await Task.WhenAll(known.Keys.Order(StringComparer.Ordinal)
            .Select(name => ClusterCalls.MakeAsync(() => Grain(name).FindAsync(), clock, cancellation)));
        return [.. all.OfType<StationInfo>()];
    }

    /// <inheritdoc/>
    public async Task<StationInfo> FindAsync(string name, CancellationToken cancellation) =>
        await ClusterCalls.MakeAsync(() => Grain(name).FindAsync(), clock, cancellation) ?? throw ServiceException.Unknown("station", name);

    /// <inheritdoc/>
    public Task<StationInfo> OfAsync(string name, CancellationToken cancellation) =>
        ClusterCalls.MakeAsync(() => Grain(name).OfAsync(), clock, cancellation);

    /// <inheritdoc/>
    public void Note(string name, StationNews news) =>
        Queue(name).Writer.TryWrite(new Item(news with { Node = nodes.Own.ToParsableString() }, null));

    /// <inheritdoc/>
    public async Task ShowAsync(InspectionResult result)
    {
        var item = new Item(null, result);
        if (!Queue(result.Station).Writer.TryWrite(item)) return;
        // Whoever has asked for no recipe shakes no hands, and does not wait for what the station shows.
        if (known.GetValueOrDefault(result.Station) is { RecipeAsked: null, InTurn: false }) return;
        try
        {
            // Who sends a picture finds its result shown; while a node is lost it is shown a little later.
            await item.Done.Task.WaitAsync(MostForShowing, clock);
        }
        catch (TimeoutException)
        {
            LogLate(result.Station);
        }
    }

    /// <inheritdoc/>
    public Task<StationInfo> PrepareAsync(string actor, string name, string? product, CancellationToken cancellation) =>
        AskAsync(name, one => one.PrepareAsync(actor, product), cancellation);

    /// <inheritdoc/>
    public Task<StationInfo> ResetAsync(string name, CancellationToken cancellation) =>
        AskAsync(name, one => one.ResetAsync(), cancellation);

    /// <inheritdoc/>
    public Task<StationInfo> AcknowledgeAsync(string name, long id, CancellationToken cancellation) =>
        AskAsync(name, one => one.AcknowledgeAsync(id), cancellation);

    /// <inheritdoc/>
    public Task<StationInfo> ChangeAsync(string actor, string name, bool inTurn, CancellationToken cancellation) =>
        AskAsync(name, one => one.ChangeAsync(actor, inTurn), cancellation);

    /// <inheritdoc/>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        live.StationChanged += Hear; // also of what other nodes tell
        foreach (string name in await board.NamesAsync(cancellationToken)) known.TryAdd(name, null);
    }

    /// <inheritdoc/>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        live.StationChanged -= Hear;
        await stopping.CancelAsync();
    }

    /// <inheritdoc/>
    public void Dispose() => stopping.Dispose();

    private void Hear(StationInfo station) => known[station.Name] = station;

    private IStationGrain Grain(string name) => grains.GetGrain<IStationGrain>(name);

    private async Task<StationInfo> AskAsync(
        string name, Func<IStationGrain, Task<Reply<StationInfo>>> ask, CancellationToken cancellation)
    {
        known.TryAdd(name, null);
        return (await ClusterCalls.MakeAsync(() => ask(Grain(name)), clock, cancellation)).Read();
    }

    private Channel<Item> Queue(string name) => queues.GetOrAdd(name, one => new Lazy<Channel<Item>>(() =>
    {
        known.TryAdd(one, null);
        var queue = Channel.CreateBounded<Item>(new BoundedChannelOptions(MostWaiting) { SingleReader = true });
        _ = Task.Run(() => TellAllAsync(one, queue.Reader));
        return queue;
    })).Value;

    private async Task TellAllAsync(string name, ChannelReader<Item> queue)
    {
        var news = new List<StationNews>();
        while (await queue.WaitToReadAsync(stopping.Token).AsTask().ContinueWith(
            one => one.IsCompletedSuccessfully && one.Result, TaskScheduler.Default))
        {
            // Where only news wait, some more may come at the same time; a result does not wait.
            if (queue.TryPeek(out Item? first) && first.Result is null)
                await Task.Delay(Gathering, clock, stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            while (queue.TryRead(out Item? item))
            {
                if (item.News is { } one) news.Add(one);
                if (news.Count > 0 && (item.Result is not null || news.Count >= MostAtOnce || queue.Count == 0))
                {
                    List<StationNews> some = [.. news];
                    news.Clear();
                    await TellAsync(name, () => Grain(name).NoteAsync(some));
                }
                if (item.Result is not { } result) continue;
                await TellAsync(name, () => Grain(name).ShowAsync(result));
                item.Done.TrySetResult();
            }
        }
    }

    /// <summary>Tells it, again for some seconds where the node that looks after the station is lost.</summary>
    [SuppressMessage("Reliability", "CA1031", Justification = "What is shown must not undo what is kept.")]
    private async Task TellAsync(string name, Func<Task> tell)
    {
        long since = clock.GetTimestamp();
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                await tell();
                return;
            }
            catch (Exception e)
            {
                if (clock.GetElapsedTime(since) > Patience)
                {
                    LogNotTold(e, name);
                    return;
                }
            }
            await Task.Delay(BeforeAnotherTry, clock, stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    [LoggerMessage(
        Level = LogLevel.Warning, Message = "Station {Station} shows a result later: the node that looks after it does not answer")]
    private partial void LogLate(string station);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Station {Station} was not told of its pictures")]
    private partial void LogNotTold(Exception exception, string station);

    private sealed record Item(StationNews? News, InspectionResult? Result)
    {
        public TaskCompletionSource Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
