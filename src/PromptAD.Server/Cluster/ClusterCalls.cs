using PromptAD.Server.Operations;

namespace PromptAD.Server.Cluster;

/// <summary>Calls into the cluster go on while a node is lost: they are made again where the one that was to answer is gone.</summary>
internal static class ClusterCalls
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15), BeforeAnotherTry = TimeSpan.FromMilliseconds(200);

    /// <summary>Makes a call, again and again for some seconds where nobody answers.</summary>
    /// <exception cref="ServiceException">Nobody has answered.</exception>
    public static async Task<T> MakeAsync<T>(Func<Task<T>> call, TimeProvider clock, CancellationToken cancellation = default)
    {
        long since = clock.GetTimestamp();
        while (true)
        {
            try
            {
                return await call();
            }
            catch (Exception e) when (e is OrleansException or TimeoutException)
            {
                if (clock.GetElapsedTime(since) > Patience)
                {
                    throw new ServiceException(StatusCodes.Status503ServiceUnavailable, "No node of the cluster answers; send it again in a moment.")
                    {
                        RetryAfter = 1,
                    };
                }
            }
            await Task.Delay(BeforeAnotherTry, clock, cancellation);
        }
    }
}
