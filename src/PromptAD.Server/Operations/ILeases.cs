namespace PromptAD.Server.Operations;

/// <summary>Sees to it that work that may be done once at a time is done by one process at a time.</summary>
internal interface ILeases
{
    /// <summary>Does work whenever it is this process's turn, until the service stops.</summary>
    /// <param name="name">What the work is called; the same for all processes.</param>
    /// <param name="work">
    /// Goes on until its token is cancelled, because the service stops or another process takes over, and then ends soon. It may be begun
    /// again.
    /// </param>
    /// <param name="stopping">The service stops.</param>
    /// <param name="isBusy">Whether the work is in the middle of something and is not handed over of free will; null for never.</param>
    Task RunAsync(string name, Func<CancellationToken, Task> work, CancellationToken stopping, Func<bool>? isBusy = null);
}

/// <summary>Where there is one process, it is always its turn.</summary>
internal sealed class OwnLeases : ILeases
{
    /// <inheritdoc/>
    public Task RunAsync(string name, Func<CancellationToken, Task> work, CancellationToken stopping, Func<bool>? isBusy = null) =>
        work(stopping);
}
