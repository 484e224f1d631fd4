using Orleans.Concurrency;
using PromptAD.Client;
using PromptAD.Server.Stations;

namespace PromptAD.Server.Cluster;

/// <summary>A station in the cluster: the one place that knows what it shows.</summary>
internal interface IStationGrain : IGrainWithStringKey
{
    /// <summary>What it shows; null where there is no such station.</summary>
    Task<StationInfo?> FindAsync();

    /// <summary>What it shows.</summary>
    Task<StationInfo> OfAsync();

    /// <summary>What happens to its pictures, in order.</summary>
    Task NoteAsync(List<StationNews> news);

    /// <summary>A result is on the disk.</summary>
    Task ShowAsync(InspectionResult result);

    /// <inheritdoc cref="IStationBoard.PrepareAsync"/>
    Task<Reply<StationInfo>> PrepareAsync(string actor, string? product);

    /// <inheritdoc cref="IStationBoard.ResetAsync"/>
    Task<Reply<StationInfo>> ResetAsync();

    /// <inheritdoc cref="IStationBoard.AcknowledgeAsync"/>
    Task<Reply<StationInfo>> AcknowledgeAsync(long result);

    /// <inheritdoc cref="IStationBoard.ChangeAsync"/>
    Task<Reply<StationInfo>> ChangeAsync(string actor, bool inTurn);
}

/// <summary>Has the board of its node look after the station for as long as it is there.</summary>
[Reentrant, KeepAlive]
internal sealed class StationGrain(StationBoard board) : Grain, IStationGrain
{
    private bool isThere;

    private string Name => this.GetPrimaryKeyString();

    /// <inheritdoc/>
    public override async Task OnActivateAsync(CancellationToken cancellationToken) =>
        isThere = await board.LoadAsync(Name, cancellationToken);

    /// <inheritdoc/>
    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        board.Leave(Name);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public async Task<StationInfo?> FindAsync()
    {
        if (isThere) return await OfAsync();
        DeactivateOnIdle(); // whoever asks for a name leaves nothing behind
        return null;
    }

    /// <inheritdoc/>
    public Task<StationInfo> OfAsync() => board.OfAsync(Name, CancellationToken.None);

    /// <inheritdoc/>
    public Task NoteAsync(List<StationNews> news)
    {
        isThere = true;
        foreach (StationNews one in news) board.Note(Name, one);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task ShowAsync(InspectionResult result)
    {
        isThere = true;
        return board.ShowAsync(result);
    }

    /// <inheritdoc/>
    public Task<Reply<StationInfo>> PrepareAsync(string actor, string? product)
    {
        isThere = true;
        return Reply.OfAsync(() => board.PrepareAsync(actor, Name, product, CancellationToken.None));
    }

    /// <inheritdoc/>
    public Task<Reply<StationInfo>> ResetAsync() => Reply.OfAsync(() => board.ResetAsync(Name, CancellationToken.None));

    /// <inheritdoc/>
    public Task<Reply<StationInfo>> AcknowledgeAsync(long result) =>
        Reply.OfAsync(() => board.AcknowledgeAsync(Name, result, CancellationToken.None));

    /// <inheritdoc/>
    public Task<Reply<StationInfo>> ChangeAsync(string actor, bool inTurn)
    {
        isThere = true;
        return Reply.OfAsync(() => board.ChangeAsync(actor, Name, inTurn, CancellationToken.None));
    }
}
