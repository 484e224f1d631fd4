using System.Diagnostics.CodeAnalysis;
using Orleans.Concurrency;
using Orleans.Storage;
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
/// memory, and load spreads where there is more than one can do. A node that is gone, or lacks a backbone, is passed over. The product
/// itself lives on the node that comes first, and moves there when another one does.
/// </summary>
[Reentrant, KeepAlive, HomePlacement]
internal sealed partial class ProductGrain(
    [PersistentState("log", ProductGrain.Storage)] IPersistentState<ProductLog> log,
    Nodes nodes,
    NodeClient client,
    TimeProvider clock,
    ILogger<ProductGrain> logger) : Grain, IProductGrain
{
    /// <summary>Where the states of products are kept.</summary>
    public const string Storage = "products";

    private const int Tries = 6;
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromSeconds(10);

    private readonly Dictionary<SiloAddress, int> sent = []; // pictures that are on a node for this product now
    private bool isChanged;

    private string Product => this.GetPrimaryKeyString();

    /// <inheritdoc/>
    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        this.RegisterGrainTimer(LookAsync, new GrainTimerCreationOptions(BetweenLooks, BetweenLooks) { Interleave = true });
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken) => KeepAsync();

    /// <inheritdoc/>
    public async Task<Reply<Judged>> JudgeAsync(JudgeOrder order)
    {
        (Reply<Judged> reply, SiloAddress? node) = await OnANodeAsync(one => client.Of(one).JudgeAsync(order));
        isChanged = true;
        if (reply.Value is { } value) log.State.Count(value.Verdict);
        else log.State.Failed++;
        if (node is null) return reply;
        string name = nodes.NameOf(node);
        if (log.State.JudgedBy.TryAdd(name, 0)) Note($"{name} judges pictures.");
        log.State.JudgedBy[name]++;
        return reply;
    }

    /// <inheritdoc/>
    public async Task<Reply<bool>> PrepareAsync(string fileHash) =>
        (await OnANodeAsync(one => client.Of(one).PrepareAsync(Product, fileHash))).Reply;

    /// <inheritdoc/>
    public Task ActivatedAsync(int version)
    {
        Note($"Version {version} is in force.");
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task<ProductInCluster> DescribeAsync()
    {
        ProductLog known = log.State;
        return Task.FromResult(new ProductInCluster
        {
            Product = Product,
            Home = nodes.NameOf(nodes.Own),
            JudgedBy = known.JudgedBy,
            Counts = new InspectionCounts(
                known.Ok, known.Review, known.Defective, known.Undecided, known.Failed, sent.Values.Sum()),
            Events = [.. known.Events.AsEnumerable().Reverse()],
        });
    }

    /// <returns>What a node says, and which; null where none could.</returns>
    private async Task<(Reply<T> Reply, SiloAddress? Node)> OnANodeAsync<T>(Func<SiloAddress, Task<Reply<T>>> ask)
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
                if (reply.Refusal is not { IsOfNode: true } refusal) return (reply, node);
                lacking = reply;
                Note($"{nodes.NameOf(node)} cannot judge: {refusal.Detail}");
            }
            catch (Exception e) when (ClusterCalls.IsLost(e))
            {
                Note($"{nodes.NameOf(node)} does not answer.");
            }
            finally
            {
                if (--sent[node] == 0) sent.Remove(node);
            }
            passedOver.Add(node);
        }
        return (lacking ?? new Reply<T>
        {
            Refusal = new Refusal
            {
                Status = StatusCodes.Status503ServiceUnavailable,
                Detail = ClusterCalls.NobodyAnswers,
                RetryAfter = 1,
            },
        }, null);
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

    private void Note(string line)
    {
        isChanged = true;
        log.State.Note(clock.GetUtcNow().UtcDateTime, line);
    }

    /// <summary>Keeps what it knows, and moves where another node comes first now.</summary>
    private async Task LookAsync(CancellationToken cancellation)
    {
        await KeepAsync();
        if (nodes.FirstFor(Product) is not { } first || first.Equals(nodes.Own)) return;
        Note($"{nodes.NameOf(first)} comes first now.");
        MigrateOnIdle();
    }

    [SuppressMessage("Reliability", "CA1031", Justification = "It is kept later.")]
    private async Task KeepAsync()
    {
        if (!isChanged) return;
        isChanged = false;
        try
        {
            await log.WriteStateAsync();
        }
        catch (Exception e)
        {
            isChanged = true;
            LogNotKept(Product, e.Message);
            if (e is InconsistentStateException) await TakeLatestVersionAsync();
        }
    }

    /// <summary>Something else has written the state, or the answer to an own write was lost: from here on it is overwritten.</summary>
    [SuppressMessage("Reliability", "CA1031", Justification = "It is kept later.")]
    private async Task TakeLatestVersionAsync()
    {
        ProductLog own = log.State;
        try
        {
            await log.ReadStateAsync();
        }
        catch (Exception e)
        {
            LogNotKept(Product, e.Message);
        }
        log.State = own;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "What came of product {Product} in the cluster cannot be kept now: {Reason}")]
    private partial void LogNotKept(string product, string reason);
}
