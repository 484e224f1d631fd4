using System.Diagnostics;

namespace PromptAD.Benchmarks.Ratios;

/// <summary>Times things against each other.</summary>
internal static class Clock
{
    /// <summary>
    /// The best time of each, in seconds, when they take turns: whatever else the machine does meets both, and the best times are those
    /// that it disturbed least.
    /// </summary>
    public static (double First, double Second) Best(int rounds, Action first, Action second)
    {
        first();
        second();
        double a = double.MaxValue, b = double.MaxValue;
        for (int round = 0; round < rounds; round++)
        {
            a = Math.Min(a, Seconds(first));
            b = Math.Min(b, Seconds(second));
        }
        return (a, b);
    }

    public static double Seconds(Action work)
    {
        long start = Stopwatch.GetTimestamp();
        work();
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }
}
