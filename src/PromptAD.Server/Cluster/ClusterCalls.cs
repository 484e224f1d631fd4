using Orleans.Serialization;
using PromptAD.Server.Operations;
using PromptAD.Server.Storage;

namespace PromptAD.Server.Cluster;

/// <summary>Calls into the cluster go on while a node is lost: they are made again where the one that was to answer is gone.</summary>
internal static class ClusterCalls
{
    /// <summary>What is said where nobody answers.</summary>
    public const string NobodyAnswers = "No node of the cluster answers; send it again in a moment.";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15), BeforeAnotherTry = TimeSpan.FromMilliseconds(200);

    /// <summary>
    /// Whether an error says that the one that was to answer is gone, or that the database was away when it was to begin.
    /// </summary>
    public static bool IsLost(Exception error) =>
        error is OrleansException or TimeoutException or UnavailableExceptionFallbackException || DatabaseAway.Is(error);

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
            catch (Exception e) when (IsLost(e))
            {
                if (clock.GetElapsedTime(since) > Patience)
                {
                    throw new ServiceException(StatusCodes.Status503ServiceUnavailable, NobodyAnswers) { RetryAfter = 1 };
                }
            }
            await Task.Delay(BeforeAnotherTry, clock, cancellation);
        }
    }
}
