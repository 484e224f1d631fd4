using System.Diagnostics;

namespace PromptAD.Tests.Cancellation;

/// <summary>Tests that measure time run alone.</summary>
[CollectionDefinition(nameof(Undisturbed), DisableParallelization = true)]
public sealed class Undisturbed;

/// <summary>Expects that work ends soon after it was cancelled.</summary>
internal static class Promptly
{
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(30), Limit = TimeSpan.FromSeconds(0.5);

    /// <summary>Cancels a moment after the work has begun, which must not be done by then and end within half a second.</summary>
    public static async Task EndsAsync(Action<CancellationToken> work)
    {
        using var source = new CancellationTokenSource();
        using var begun = new ManualResetEventSlim();
        Task<long> working = Task.Run(() =>
        {
            begun.Set();
            Assert.ThrowsAny<OperationCanceledException>(() => work(source.Token));
            return Stopwatch.GetTimestamp();
        });
        begun.Wait(TestContext.Current.CancellationToken);
        await Task.Delay(Moment, TestContext.Current.CancellationToken);
        long cancelled = Stopwatch.GetTimestamp();
        await source.CancelAsync();
        Assert.InRange(Stopwatch.GetElapsedTime(cancelled, await working), TimeSpan.Zero, Limit);
    }
}
