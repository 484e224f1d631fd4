using PromptAD.Evaluation;

namespace PromptAD.Cli;

/// <summary>
/// Says what a benchmark is running and how long the rest will take. The time is part of the line that names a step and changes with the
/// step alone, so that a log without a terminal gets one line a step.
/// </summary>
internal sealed class BenchmarkProgressLine(IProgress<WorkProgress> progress) : IProgress<BenchmarkProgress>
{
    private string step = "", line = "";

    public void Report(BenchmarkProgress value)
    {
        if (value.Step != step)
        {
            step = value.Step;
            string shown = Terminal.OneLine(step);
            line = value.Remaining is { } rest ? $"{shown} (about {Words(rest)} left)" : shown;
        }
        progress.Report(new WorkProgress(value.Fraction, line));
    }

    private static string Words(TimeSpan time) => time switch
    {
        { TotalMinutes: < 1 } => $"{Math.Max(1, time.TotalSeconds):F0} s",
        { TotalHours: < 1 } => $"{time.TotalMinutes:F0} min",
        _ => $"{time.TotalHours:F1} h",
    };
}
