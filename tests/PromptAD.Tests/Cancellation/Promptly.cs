using System.Diagnostics;

namespace PromptAD.Tests.Cancellation;

/// <summary>Tests that measure time run alone.</summary>
[CollectionDefinition(nameof(Undisturbed), DisableParallelization = true)]
public sealed class Undisturbed;

/// <summary>Expects that work ends soon after it was cancelled.</summary>
internal static class Promptly
{
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(30), Limit = TimeSpan.FromSeconds(0.5);

    private const int Tries = 8; // on a machine that does much else, a single one says little of the work

    /// <summary>Cancels a moment after the work has begun, which must not be done by then and end within half a second.</summary>
    public static async Task EndsAsync(Action<CancellationToken> work)
    {
        TimeSpan best = TimeSpan.MaxValue;
        for (int i = 0; i < Tries && best > Limit; i++)
        {
            TimeSpan taken = await TimeAsync(work);
            if (taken < best) best = taken;
        }
        Assert.InRange(best, TimeSpan.Zero, Limit);
    }

    private static async Task<TimeSpan> TimeAsync(Action<CancellationToken> work)
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
        return Stopwatch.GetElapsedTime(cancelled, await working);
    }
}
