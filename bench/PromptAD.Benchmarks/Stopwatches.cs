using System.Diagnostics;

namespace PromptAD.Benchmarks;

/// <summary>
/// The quickest of several times that something took: on the clock, and in processor time of all threads of this process, which other work
/// on the machine lengthens far less.
/// </summary>
internal sealed class Stopwatches
{
    /// <summary>Seconds on the clock.</summary>
    public double Clock { get; private set; } = double.MaxValue;

    /// <summary>Seconds of processor time.</summary>
    public double Processor { get; private set; } = double.MaxValue;

    public void Measure(Action work)
    {
        using Process own = Process.GetCurrentProcess();
        TimeSpan before = own.TotalProcessorTime;
        long start = Stopwatch.GetTimestamp();
        work();
        Clock = Math.Min(Clock, Stopwatch.GetElapsedTime(start).TotalSeconds);
        own.Refresh();
        Processor = Math.Min(Processor, (own.TotalProcessorTime - before).TotalSeconds);
    }
}
