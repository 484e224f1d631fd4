using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Threading.Channels;
using PromptAD.Server.Audit;
using PromptAD.Server.Inspections;
using PromptAD.Server.Jobs;
using PromptAD.Server.Sinks;
using PromptAD.Server.Sources;
using PromptAD.Server.Stations;

namespace PromptAD.Server.Cluster;

/// <summary>
/// Tells the other nodes what happens on this one, so that every node can tell its listeners all. Where a node is lost, or something could
/// not be told, listeners are cut off, come back, and read from the database what they have missed.
/// </summary>
internal sealed partial class NodeRelay(
    NodeClient client,
    Nodes nodes,
    IClusterMembershipService membership,
    LiveResults live,
    Changes changes,
    JobRunner jobs,
    StationBoard board,
    SinkSetup sinks,
    SourceSetup sources,
    IGrainFactory grains,
    IHostApplicationLifetime lifetime,
    TimeProvider clock,
    ILogger<NodeRelay> log) : BackgroundService
{
    private const int MostWaiting = 10_000, MostAtOnce = 200, MostFailures = 50;
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Gathering = TimeSpan.FromMilliseconds(3);
    private static readonly TimeSpan BetweenReports = TimeSpan.FromMilliseconds(250), BeforeAnotherTry = TimeSpan.FromMilliseconds(200);

    private readonly ConcurrentDictionary<SiloAddress, Peer> peers = [];
    private readonly ReplayFloor floor = new(clock);

    /// <summary>Tells one node.</summary>
    public Task TellAsync(SiloAddress node, NodeMessage message) => client.Of(node).HearAsync(nodes.Own, [message]);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        live.Floor = id => Math.Min(floor.After(id), (nodes.OldestUntold() ?? long.MaxValue) - 1);
        // A node that ends gives its work away first.
        await using CancellationTokenRegistration ending = lifetime.ApplicationStopping.Register(() => nodes.IsDraining = true);
        live.Told += Tell;
        changes.Made += Tell;
        jobs.Progressed += Tell;
        try
        {
            await Task.WhenAll(WatchAsync(stoppingToken), ReportAsync(stoppingToken), FollowAsync(stoppingToken))
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        finally
        {
            live.Told -= Tell;
            changes.Made -= Tell;
            jobs.Progressed -= Tell;
        }
    }

    private void Tell(LiveItem item)
    {
        TellAll(new NodeMessage { Live = item });
        if (item.InForce is { } version) grains.GetGrain<IProductGrain>(version.Product).ActivatedAsync(version.Version).Ignore();
    }

    private void Tell(IReadOnlyList<Change> made) => TellAll(new NodeMessage { Changes = made });

    private void Tell(long job, JobProgress? progress) => TellAll(new NodeMessage { Job = new JobNews(job, progress) });

    private void TellAll(NodeMessage message)
    {
        foreach (Peer peer in peers.Values) peer.Tell(message);
    }

    /// <summary>Follows who is there.</summary>
    private async Task WatchAsync(CancellationToken stopping)
    {
        Dictionary<SiloAddress, string> names = [];
        await foreach (ClusterMembershipSnapshot snapshot in membership.MembershipUpdates.WithCancellation(stopping))
        {
            HashSet<SiloAddress> others = [.. nodes.Others()];
            foreach (SiloAddress node in others.Where(one => !peers.ContainsKey(one)))
            {
                var peer = new Peer(CancellationTokenSource.CreateLinkedTokenSource(stopping));
                peers[node] = peer;
                _ = Task.Run(() => TellAllAsync(node, peer), CancellationToken.None);
            }
            bool isLost = false;
            foreach (SiloAddress node in peers.Keys.Where(one => !others.Contains(one)).ToList())
            {
                isLost = true;
                if (peers.TryRemove(node, out Peer? gone)) await gone.Stop.CancelAsync();
            }
            nodes.ForgetGone();
            Dictionary<SiloAddress, string> now = snapshot.Members.Values.Where(one => one.Status == SiloStatus.Active)
                .ToDictionary(one => one.SiloAddress, one => one.Name);
            foreach ((SiloAddress gone, string name) in names.Where(one => !now.ContainsKey(one.Key)))
            {
                LogGone(name);
                board.Forget(gone.ToParsableString());
            }
            foreach ((_, string name) in now.Where(one => !names.ContainsKey(one.Key))) LogCome(name);
            names = now;
            if (isLost) live.CutOff(); // it may have kept results of which it told nobody
        }
    }

    /// <summary>Tells how busy this node is.</summary>
    private async Task ReportAsync(CancellationToken stopping)
    {
        using var timer = new PeriodicTimer(BetweenReports, clock);
        NodeLoad? told = null;
        for (int tick = 0; await timer.WaitForNextTickAsync(stopping); tick++)
        {
            NodeLoad load = nodes.OwnLoad(live.OldestUntold);
            if (load == told && tick % 8 > 0) continue;
            told = load;
            TellAll(new NodeMessage { Load = load });
        }
    }

    /// <summary>Follows changes of other nodes that it was not told of, because they came while it started or were lost.</summary>
    [SuppressMessage("Reliability", "CA1031", Justification = "The next look tries again.")]
    private async Task FollowAsync(CancellationToken stopping)
    {
        using var timer = new PeriodicTimer(BetweenLooks, clock);
        while (await timer.WaitForNextTickAsync(stopping))
        {
            try
            {
                await sinks.FollowAsync(stopping);
                await sources.FollowAsync(stopping);
            }
            catch (Exception e) when (!stopping.IsCancellationRequested)
            {
                LogNotFollowed(e.Message);
            }
        }
    }

    [SuppressMessage("Reliability", "CA1031", Justification = "It is told again, as long as the node is there.")]
    private async Task TellAllAsync(SiloAddress node, Peer peer)
    {
        CancellationToken stopping = peer.Stop.Token;
        var batch = new List<NodeMessage>();
        int failures = 0;
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                if (batch.Count == 0 && !await peer.Queue.Reader.WaitToReadAsync(stopping)) return;
                await Task.Delay(Gathering, clock, stopping); // what comes at the same time is told together
                while (batch.Count < MostAtOnce && peer.Queue.Reader.TryRead(out NodeMessage? message)) batch.Add(message);
                if (peer.TakeGap()) batch.Add(new NodeMessage { HasGap = true });
                await client.Of(node).HearAsync(nodes.Own, batch);
                batch.Clear();
                failures = 0;
            }
            catch (Exception e)
            {
                if (stopping.IsCancellationRequested) return;
                if (++failures % MostFailures == 0)
                {
                    // Something that the node does not understand, it may be: its listeners read from the database what they miss.
                    LogNotTold(node, e.Message);
                    batch.Clear();
                    peer.Miss();
                }
                await Task.Delay(BeforeAnotherTry, clock, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "What sinks and sources other nodes have set up cannot be read now: {Reason}")]
    private partial void LogNotFollowed(string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Node {Node} is not told of what happens here: {Reason}")]
    private partial void LogNotTold(SiloAddress node, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "Node {Node} is in the cluster")]
    private partial void LogCome(string node);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Node {Node} is no longer in the cluster; others do its work")]
    private partial void LogGone(string node);

    private sealed class Peer(CancellationTokenSource stop)
    {
        private int gap;

        public CancellationTokenSource Stop { get; } = stop;

        public Channel<NodeMessage> Queue { get; } = Channel.CreateBounded<NodeMessage>(
            new BoundedChannelOptions(MostWaiting) { SingleReader = true });

        public void Tell(NodeMessage message)
        {
            if (!Queue.Writer.TryWrite(message)) Miss();
        }

        public void Miss() => Interlocked.Exchange(ref gap, 1);

        public bool TakeGap() => Interlocked.Exchange(ref gap, 0) == 1;
    }
}
