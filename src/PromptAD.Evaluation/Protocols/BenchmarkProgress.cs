using System.Diagnostics;

namespace PromptAD.Evaluation;

/// <summary>How far a benchmark is.</summary>
/// <param name="Step">What is running, in words.</param>
/// <param name="Fraction">The part of all runs that is done, 0 to 1.</param>
/// <param name="Remaining">How long the rest will take, judged by what was done; null before anything was.</param>
public readonly record struct BenchmarkProgress(string Step, double Fraction, TimeSpan? Remaining);

/// <summary>Counts what is done, learning and scoring as half a run each, and judges how long the rest will take.</summary>
internal sealed class BenchmarkClock(IProgress<BenchmarkProgress>? progress, int runs)
{
    private readonly Stopwatch watch = Stopwatch.StartNew();
    private double done, skipped;

    /// <summary>Runs that need no work because their results are there.</summary>
    public void Skip(int count)
    {
        skipped += count;
        done += count;
    }

    /// <summary>Half a run, its learning or its scoring, is over.</summary>
    public T Half<T>(T result)
    {
        done += 0.5;
        return result;
    }

    /// <param name="step">What is running.</param>
    /// <param name="part">How much of this half of a run is done, 0 to 1.</param>
    public void Report(string step, double part = 0)
    {
        if (progress is null) return;
        double now = done + (part / 2), worked = now - skipped;
        TimeSpan? remaining = worked > 0 ? watch.Elapsed * ((runs - now) / worked) : null;
        progress.Report(new BenchmarkProgress(step, Math.Min(1, now / runs), remaining));
    }
}
