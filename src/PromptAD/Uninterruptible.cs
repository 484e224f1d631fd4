namespace PromptAD;

/// <summary>
/// Work that nothing can stop midway, such as a native library's: it goes on to its end on a thread of its own, but who asked for it can
/// leave without it.
/// </summary>
internal static class Uninterruptible
{
    /// <summary>Begins the work; <see cref="Await"/> gives its result.</summary>
    public static Task<T> Begin<T>(Func<T> work) =>
        Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    /// <summary>Waits for the work and returns what it made, or throws what it threw.</summary>
    /// <exception cref="OperationCanceledException">The token was cancelled; the work goes on.</exception>
    public static T Await<T>(Task<T> work, CancellationToken cancellation)
    {
        try
        {
            work.Wait(cancellation);
        }
        catch (AggregateException)
        {
            // It says below what happened, as it was thrown.
        }
        return work.GetAwaiter().GetResult();
    }

    /// <summary>Does the work, here where it cannot be cancelled.</summary>
    /// <param name="work">The work; it may not use what its caller takes back when it leaves.</param>
    /// <param name="discard">What is to be done with a result that nobody waits for any more.</param>
    /// <param name="cancellation">Leaves the work behind.</param>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static T Run<T>(Func<T> work, Action<T> discard, CancellationToken cancellation)
    {
        if (!cancellation.CanBeCanceled) return work();
        cancellation.ThrowIfCancellationRequested();
        Task<T> begun = Begin(work);
        try
        {
            return Await(begun, cancellation);
        }
        catch (OperationCanceledException)
        {
            Whenever(begun, discard);
            throw;
        }
    }

    /// <summary>Does something with the result once it is there, and nothing where the work fails.</summary>
    public static void Whenever<T>(Task<T> work, Action<T> use) => work.ContinueWith(
        done =>
        {
            if (done.Exception is null) use(done.Result); // asking for it also counts as having seen it
        },
        CancellationToken.None,
        TaskContinuationOptions.ExecuteSynchronously,
        TaskScheduler.Default);
}
