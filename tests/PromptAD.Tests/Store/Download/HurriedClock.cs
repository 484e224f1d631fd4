using System.Collections.Concurrent;

namespace PromptAD.Tests.Store.Download;

/// <summary>A clock whose seconds last a millisecond, and which remembers what it was asked to wait for.</summary>
internal sealed class HurriedClock : TimeProvider
{
    private readonly ConcurrentQueue<TimeSpan> timers = [];

    public IReadOnlyList<TimeSpan> Timers => [.. timers];

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        timers.Enqueue(dueTime);
        return System.CreateTimer(callback, state, dueTime / 1000, period);
    }
}
