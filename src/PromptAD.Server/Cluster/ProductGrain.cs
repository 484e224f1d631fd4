using Orleans.Concurrency;
using PromptAD.Client;
using PromptAD.Server.Judging;

namespace PromptAD.Server.Cluster;

/// <summary>A product in the cluster: where its pictures are judged, and what came of it.</summary>
internal interface IProductGrain : IGrainWithStringKey
{
    /// <summary>Has a picture judged by one of the nodes.</summary>
    Task<Reply<Judged>> JudgeAsync(JudgeOrder order);

    /// <summary>Brings a detector into the memory of the node that comes first for the product.</summary>
    Task<Reply<bool>> PrepareAsync(string fileHash);

    /// <summary>Another version is in force.</summary>
    Task ActivatedAsync(int version);

    /// <summary>What the cluster does for the product.</summary>
    Task<ProductInCluster> DescribeAsync();
}

/// <summary>
/// Pictures of a product go to the node that comes first for it while that one is free, else to the next: so few nodes have its detector in
/// memory, and load spreads where there is more than one can do. A node that is gone, or lacks a backbone, is passed over. The product itself
/// lives on the node that comes first, and moves there when another one does.
/// </summary>
[Reentrant, KeepAlive, HomePlacement]
internal sealed class ProductGrain(Nodes nodes, NodeClient client, TimeProvider clock)
    : Grain, IProductGrain, IGrainMigrationParticipant
{
    private const int Tries = 6, EventsKept = 50;
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromSeconds(10);

    private readonly Dictionary<SiloAddress, int> sent = []; // pictures that are on a node for this product now
    private readonly Dictionary<SiloAddress, long> judged = [];
    private readonly Queue<ClusterEvent> events = new();
    private long ok, review, defective, undecided, failed;

    private string Product => this.GetPrimaryKeyString();

    /// <inheritdoc/>
    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        this.RegisterGrainTimer(MoveAsync, new GrainTimerCreationOptions(BetweenLooks, BetweenLooks) { Interleave = true });
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public void OnDehydrate(IDehydrationContext dehydrationContext)
    {
        dehydrationContext.TryAddValue("counts", (long[])[ok, review, defective, undecided, failed]);
        dehydrationContext.TryAddValue("nodes", judged);
        dehydrationContext.TryAddValue("events", events.ToArray());
    }

    /// <inheritdoc/>
    public void OnRehydrate(IRehydrationContext rehydrationContext)
    {
        if (rehydrationContext.TryGetValue("counts", out long[]? counts) && counts is [var a, var b, var c, var d, var e])
            (ok, review, defective, undecided, failed) = (a, b, c, d, e);
        if (rehydrationContext.TryGetValue("nodes", out Dictionary<SiloAddress, long>? before))
        {
            foreach ((SiloAddress node, long count) in before) judged[node] = count;
        }
        if (!rehydrationContext.TryGetValue("events", out ClusterEvent[]? told)) return;
        foreach (ClusterEvent one in told) events.Enqueue(one);
    }

    /// <inheritdoc/>
    public async Task<Reply<Judged>> JudgeAsync(JudgeOrder order)
    {
        Reply<Judged> reply = await OnANodeAsync(node => client.Of(node).JudgeAsync(order));
        Count(reply);
        return reply;
    }

    /// <inheritdoc/>
    public Task<Reply<bool>> PrepareAsync(string fileHash) => OnANodeAsync(node => client.Of(node).PrepareAsync(Product, fileHash));

    /// <inheritdoc/>
    public Task ActivatedAsync(int version)
    {
        Note($"Version {version} is in force.");
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task<ProductInCluster> DescribeAsync() => Task.FromResult(new ProductInCluster
    {
        Product = Product,
        Home = nodes.NameOf(nodes.Own),
        JudgedBy = judged.ToDictionary(one => nodes.NameOf(one.Key), one => one.Value),
        Counts = new InspectionCounts(ok, review, defective, undecided, failed, sent.Values.Sum()),
        Events = [.. events.Reverse()],
    });

    private async Task<Reply<T>> OnANodeAsync<T>(Func<SiloAddress, Task<Reply<T>>> ask)
    {
        List<SiloAddress> passedOver = [];
        Reply<T>? lacking = null;
        for (int attempt = 0; attempt < Tries; attempt++)
        {
            if (Choose(passedOver) is not { } node) break;
            sent[node] = sent.GetValueOrDefault(node) + 1;
            try
            {
                Reply<T> reply = await ask(node);
                if (reply.Refusal is not { IsOfNode: true })
                {
                    if (reply is Reply<Judged>) Count(node);
                    return reply;
                }
                lacking = reply;
                Note($"{nodes.NameOf(node)} cannot judge: {reply.Refusal.Detail}");
            }
            catch (Exception e) when (e is OrleansException or TimeoutException)
            {
                Note($"{nodes.NameOf(node)} does not answer.");
            }
            finally
            {
                if (--sent[node] == 0) sent.Remove(node);
            }
            passedOver.Add(node);
        }
        return lacking ?? new Reply<T>
        {
            Refusal = new Refusal { Status = StatusCodes.Status503ServiceUnavailable, Detail = "No node of the cluster answers.", RetryAfter = 1 },
        };
    }

    private Task MoveAsync(CancellationToken cancellation)
    {
        if (nodes.FirstFor(Product) is { } first && !first.Equals(nodes.Own))
        {
            Note($"{nodes.NameOf(first)} comes first now.");
            MigrateOnIdle();
        }
        return Task.CompletedTask;
    }

    private SiloAddress? Choose(List<SiloAddress> passedOver)
    {
        List<SiloAddress> ranked = nodes.RankedFor(Product).FindAll(one => !passedOver.Contains(one));
        return ranked.Find(one => Busy(one) < 1) ?? ranked.MinBy(Busy);
    }

    /// <summary>How busy a node is: below 1 it judges a picture at once.</summary>
    private double Busy(SiloAddress node)
    {
        NodeLoad? load = nodes.LoadOf(node);
        // What it told may be older than what was sent since.
        return Math.Max(load?.Pictures ?? 0, sent.GetValueOrDefault(node)) / (double)Math.Max(1, load?.AtOnce ?? 1);
    }

    private void Count(SiloAddress node)
    {
        if (judged.TryAdd(node, 0)) Note($"{nodes.NameOf(node)} judges pictures.");
        judged[node]++;
    }

    private void Count(Reply<Judged> reply)
    {
        if (reply.Value is not { } value) failed++;
        else if (value.Verdict is not { } verdict) undecided++;
        else if (verdict == InspectionVerdict.OK) ok++;
        else if (verdict == InspectionVerdict.NG) defective++;
        else review++;
    }

    private void Note(string line)
    {
        events.Enqueue(new ClusterEvent(clock.GetUtcNow().UtcDateTime, line));
        while (events.Count > EventsKept) events.Dequeue();
    }
}
