using System.Diagnostics;

namespace PromptAD.Benchmarks;

internal static class Clock
{
    /// <summary>How long something takes, garbage of before not counted.</summary>
    public static double Seconds(Action work)
    {
        GC.Collect();
        long start = Stopwatch.GetTimestamp();
        work();
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }
}
