namespace PromptAD.Server.Operations;

/// <summary>Work that goes on by itself until it is stopped, or the service ends.</summary>
internal sealed class RunningWork : IDisposable
{
    private CancellationTokenSource? stop;

    /// <summary>Ends when nothing is done any more; at once where it was not begun.</summary>
    public Task Working { get; private set; } = Task.CompletedTask;

    /// <summary>Begins.</summary>
    public void Start(Func<CancellationToken, Task> work, CancellationToken stopping)
    {
        stop = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        Working = work(stop.Token);
    }

    /// <summary>Ends, and waits for what is in the middle.</summary>
    public async Task StopAsync()
    {
        if (stop is not null) await stop.CancelAsync();
        await Working.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Dispose();
    }

    /// <inheritdoc/>
    public void Dispose() => stop?.Dispose();
}
