namespace PromptAD.Server.Operations;

/// <summary>Lets changes be made one after the other, so that what is in force follows the database.</summary>
internal sealed class Turns : IDisposable
{
    private readonly SemaphoreSlim turn = new(1, 1);

    /// <summary>Makes a change when those before are made.</summary>
    public async Task<T> TakeAsync<T>(Func<Task<T>> change, CancellationToken cancellation)
    {
        await turn.WaitAsync(cancellation);
        try
        {
            return await change();
        }
        finally
        {
            turn.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => turn.Dispose();
}
