using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Orleans.Concurrency;
using Orleans.Runtime.Services;
using Orleans.Services;
using PromptAD.Server.Audit;
using PromptAD.Server.Inspections;
using PromptAD.Server.Jobs;
using PromptAD.Server.Judging;
using PromptAD.Server.Operations;
using PromptAD.Server.Sinks;
using PromptAD.Server.Sources;
using PromptAD.Server.Storage;

namespace PromptAD.Server.Cluster;

/// <summary>What each node does for the others.</summary>
internal interface INodeService : IGrainService
{
    /// <summary>Judges a picture of the shared store.</summary>
    Task<Reply<Judged>> JudgeAsync(JudgeOrder order);

    /// <summary>Brings a detector into memory.</summary>
    Task<Reply<bool>> PrepareAsync(string product, string fileHash);

    /// <summary>Hears what happens on another node.</summary>
    Task HearAsync(SiloAddress from, List<NodeMessage> messages);

    /// <summary>Which of some inspections the node judges.</summary>
    Task<List<long>> HeldAsync(List<long> ids);
}

/// <summary>A picture to be judged. It travels by the name that it has in the shared store.</summary>
/// <param name="Product">What it shows.</param>
/// <param name="FileHash">The detector's file.</param>
/// <param name="PictureHash">The picture's file.</param>
/// <param name="Media">What its bytes are.</param>
internal sealed record JudgeOrder(string Product, string FileHash, string PictureHash, string Media);

/// <summary>What a node tells others; one of these.</summary>
internal sealed record NodeMessage
{
    /// <summary>What listeners are told.</summary>
    public LiveItem? Live { get; init; }

    /// <summary>Changes that were made.</summary>
    public IReadOnlyList<Change>? Changes { get; init; }

    /// <summary>How far a job is.</summary>
    public JobNews? Job { get; init; }

    /// <summary>How busy the node is.</summary>
    public NodeLoad? Load { get; init; }

    /// <summary>Whether the node that hears it is to get no more work, or to get some again.</summary>
    public bool? Drain { get; init; }

    /// <summary>Something could not be told.</summary>
    public bool HasGap { get; init; }
}

/// <summary>How far a job is.</summary>
/// <param name="Id">The job.</param>
/// <param name="Progress">How far it is; null where it has ended.</param>
internal sealed record JobNews(long Id, JobProgress? Progress);

/// <inheritdoc cref="INodeService"/>
[Reentrant]
internal sealed partial class NodeService(
    GrainId id,
    Silo silo,
    ILoggerFactory logs,
    Judge judge,
    FileStore files,
    Inspector inspector,
    LiveResults live,
    Outbox outbox,
    JobRunner jobs,
    SinkSetup sinks,
    SourceSetup sources,
    Nodes nodes,
    TimeProvider clock,
    ILogger<NodeService> log) : GrainService(id, silo, logs), INodeService
{
    private static readonly TimeSpan ShortestPause = TimeSpan.FromMilliseconds(1), UntilVisible = TimeSpan.FromSeconds(1.5);

    /// <inheritdoc/>
    public Task<Reply<Judged>> JudgeAsync(JudgeOrder order) => Reply.OfAsync(async () =>
    {
        // What waits here is bounded, whichever nodes send it.
        if (judge.Judging >= judge.Places)
        {
            throw new ServiceException(StatusCodes.Status503ServiceUnavailable, "All nodes are busy; send it again in a moment.")
            {
                RetryAfter = 1,
            };
        }
        byte[] bytes = await Task.Run(() => ReadAsync(order.PictureHash));
        return await judge.JudgeAsync(new PictureToJudge(
            order.Product, order.FileHash, order.PictureHash, bytes, PictureMedia.Parse(order.Media), Task.CompletedTask));
    });

    /// <inheritdoc/>
    public Task<Reply<bool>> PrepareAsync(string product, string fileHash) => Reply.OfAsync(async () =>
    {
        await judge.PrepareAsync(product, fileHash, CancellationToken.None);
        return true;
    });

    /// <inheritdoc/>
    public Task HearAsync(SiloAddress from, List<NodeMessage> messages)
    {
        foreach (NodeMessage message in messages)
        {
            if (message.Live is { } item) live.Hear(item);
            if (message.HasGap) live.CutOff();
            if (message.Load is { } load) nodes.Hear(from, load);
            if (message.Job is { } job) jobs.Hear(job.Id, job.Progress);
            if (message.Drain is { } drain) nodes.IsDraining = drain;
            foreach (Change change in message.Changes ?? []) _ = Task.Run(() => FollowAsync(change));
        }
        if (messages.Exists(message => message.Live?.Result is not null)) outbox.Wake(); // this node may be the one that sends
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task<List<long>> HeldAsync(List<long> ids) => Task.FromResult(inspector.Held(ids));

    /// <summary>A picture that another node has kept: a network file system may show it a little later.</summary>
    private async Task<byte[]> ReadAsync(string hash)
    {
        long since = clock.GetTimestamp();
        for (TimeSpan pause = ShortestPause; ; pause *= 2)
        {
            try
            {
                return files.Read(hash);
            }
            catch (LostFileException) when (!files.Has(hash) && clock.GetElapsedTime(since) < UntilVisible)
            {
                await Task.Delay(pause, clock);
            }
        }
    }

    /// <summary>Does as another node has changed. What cannot be done now is done at the next look of <see cref="NodeRelay"/>.</summary>
    [SuppressMessage("Reliability", "CA1031", Justification = "It is tried again.")]
    private async Task FollowAsync(Change change)
    {
        try
        {
            string name = change.Subject[(change.Subject.IndexOf(' ', StringComparison.Ordinal) + 1)..];
            if (change.Action.StartsWith("sink.", StringComparison.Ordinal)) await sinks.FollowAsync(CancellationToken.None);
            if (change.Action.StartsWith("source.", StringComparison.Ordinal)) await sources.FollowAsync(CancellationToken.None);
            if (change.Action == "job.created") jobs.Wake();
            if (change.Action == "job.canceled") jobs.Stop(long.Parse(name, CultureInfo.InvariantCulture));
        }
        catch (Exception e)
        {
            LogNotFollowed(e, change.Subject);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Another node has changed {Subject}; this one follows in a moment")]
    private partial void LogNotFollowed(Exception exception, string subject);
}

/// <summary>Speaks to the nodes.</summary>
internal sealed class NodeClient(IServiceProvider services) : GrainServiceClient<INodeService>(services)
{
    /// <summary>The service of a node.</summary>
    public INodeService Of(SiloAddress node) => GetGrainService(node);
}
