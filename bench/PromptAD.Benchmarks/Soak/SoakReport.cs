using System.Text;
using PromptAD.Benchmarks.Ratios;

namespace PromptAD.Benchmarks.Soak;

/// <summary>What became of a soak: the last tenth beside the second, since the first one warms up.</summary>
internal sealed class SoakReport(IReadOnlyList<SoakWindow> windows, TimeSpan length)
{
    private readonly int tenth = windows.Count / 10;

    /// <summary>What must hold.</summary>
    public Ratio[] Claims() =>
    [
        Growth("memory", one => one.Megabytes, 1.05),
        Growth("handles", one => one.Handles, 1.05),
        Growth("threads", one => one.Threads, 1.1),
        Growth("median latency", one => one.Median, 1.1),
        new Ratio("soak: pictures without an answer", Target.AtMost(0, ""), () => windows.Sum(one => one.Failures)),
    ];

    /// <summary>A table of tenths.</summary>
    /// <param name="machine">What it was measured on.</param>
    public string Markdown(IEnumerable<string> machine)
    {
        var text = new StringBuilder();
        text.AppendLine(FormattableString.Invariant($"# {length.TotalHours:0.##} hours of steady load")).AppendLine();
        foreach (string line in machine) text.AppendLine($"    {line}");
        text.AppendLine().AppendLine("| until | pictures | resident | handles | threads | median | 99th percentile | without an answer |");
        text.AppendLine("|---|---|---|---|---|---|---|---|");
        foreach (SoakWindow[] some in windows.Chunk(tenth))
        {
            text.AppendLine(FormattableString.Invariant(
                $"| {some[^1].Since.TotalMinutes:F1} min | {some.Sum(one => one.Pictures)} | {some.Average(one => one.Megabytes):F0} MB | {some.Average(one => one.Handles):F0} | {some.Average(one => one.Threads):F0} | {some.Average(one => one.Median):F1} ms | {some.Average(one => one.Slow):F1} ms | {some.Sum(one => one.Failures)} |"));
        }
        return text.ToString();
    }

    private Ratio Growth(string what, Func<SoakWindow, double> value, double most) => new(
        $"soak: {what} of the last tenth, of the second's", Target.AtMost(most, "x"),
        () => windows.TakeLast(tenth).Average(value) / windows.Skip(tenth).Take(tenth).Average(value));
}
