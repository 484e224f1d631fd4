namespace PromptAD.Server.Sources;

/// <summary>Waits until a folder may have changed. Where the file system sends no notifications, only the time counts.</summary>
internal sealed class FolderHint : IDisposable
{
    private readonly SemaphoreSlim changed = new(0, 1);
    private readonly FileSystemWatcher? watcher;

    public FolderHint(string folder, bool subfolders)
    {
        try
        {
            watcher = new FileSystemWatcher(folder)
            {
                IncludeSubdirectories = subfolders,
                NotifyFilter = NotifyFilters.FileName | NotifyFilters.Size | NotifyFilters.LastWrite,
            };
            watcher.Created += (_, _) => Wake();
            watcher.Renamed += (_, _) => Wake();
            watcher.Changed += (_, _) => Wake();
            watcher.Error += (_, _) => Wake(); // missed some; the look finds them
            watcher.EnableRaisingEvents = true;
        }
        catch (Exception e) when (e is IOException or ArgumentException or UnauthorizedAccessException)
        {
            watcher?.Dispose();
            watcher = null;
        }
    }

    /// <summary>Waits until something has changed, at most for a time.</summary>
    public Task WaitAsync(TimeSpan most, CancellationToken cancellation) => changed.WaitAsync(most, cancellation);

    /// <inheritdoc/>
    public void Dispose()
    {
        watcher?.Dispose();
        changed.Dispose();
    }

    private void Wake()
    {
        try
        {
            if (changed.CurrentCount == 0) changed.Release();
        }
        catch (Exception e) when (e is SemaphoreFullException or ObjectDisposedException)
        {
            // Woken already, or not needed any more.
        }
    }
}
