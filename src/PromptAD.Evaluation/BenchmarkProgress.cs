using System.Diagnostics;

namespace PromptAD.Evaluation;

/// <summary>What a benchmark is at in a category. Learning of a category is over before its first test picture is opened.</summary>
public enum BenchmarkStage
{
    /// <summary>Good pictures are encoded and prompts learned.</summary>
    Learning,

    /// <summary>Test pictures are opened and scored.</summary>
    Scoring,
}

/// <summary>How far a benchmark is.</summary>
/// <param name="Stage">What it is at in the current category.</param>
/// <param name="Step">What is running, in words.</param>
/// <param name="Fraction">The part of all runs that is done, 0 to 1.</param>
/// <param name="Remaining">How long the rest will take, judged by what was done; null before a run was.</param>
public readonly record struct BenchmarkProgress(BenchmarkStage Stage, string Step, double Fraction, TimeSpan? Remaining);

/// <summary>Counts what is done, learning and scoring as half a run each, and judges how long the rest will take.</summary>
internal sealed class BenchmarkClock(IProgress<BenchmarkProgress>? progress, int runs)
{
    private readonly Stopwatch sinceHalf = Stopwatch.StartNew();
    private readonly Dictionary<BenchmarkStage, (int Count, TimeSpan Time)> done = new()
    {
        [BenchmarkStage.Learning] = default,
        [BenchmarkStage.Scoring] = default,
    };

    private int skipped;

    /// <summary>Runs that need no work because their results are there.</summary>
    public void Skip(int count) => skipped += count;

    /// <summary>Half a run, its learning or its scoring, is over.</summary>
    public T Half<T>(BenchmarkStage stage, T result)
    {
        (int count, TimeSpan time) = done[stage];
        done[stage] = (count + 1, time + sinceHalf.Elapsed);
        sinceHalf.Restart();
        return result;
    }

    /// <param name="stage">Whether it is learning or scoring.</param>
    /// <param name="step">What is running.</param>
    /// <param name="part">How much of this half of a run is done, 0 to 1.</param>
    public void Report(BenchmarkStage stage, string step, double part = 0)
    {
        if (progress is null) return;
        double halves = done.Values.Sum(half => half.Count) + part;
        progress.Report(new BenchmarkProgress(stage, step, Math.Min(1, (skipped + (halves / 2)) / runs), Remaining()));
    }

    /// <summary>The mean time of each kind of half for those that are left; unknown until both kinds were seen.</summary>
    private TimeSpan? Remaining()
    {
        if (done.Values.Any(half => half.Count == 0)) return null;
        return done.Values.Aggregate(TimeSpan.Zero, (sum, half) => sum + (half.Time / half.Count * (runs - skipped - half.Count)));
    }
}
