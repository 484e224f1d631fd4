using System.Globalization;
using PromptAD.Benchmarks.Ratios;
using PromptAD.Benchmarks.Server;

namespace PromptAD.Benchmarks.Soak;

/// <summary>The service under a steady load for hours: whether memory, handles or latency grow.</summary>
internal static class SoakCommand
{
    private const string Usage = "'soak' takes --hours with a number from 0.02 to 1000, and --report with the path of a Markdown file.";
    private const double Shortest = 0.02, Longest = 1000;

    /// <returns>0 if nothing grows, 1 if something does, 2 for anything else that was given.</returns>
    public static int Run(string[] args)
    {
        double hours = 1;
        string? report = null;
        for (int i = 0; i < args.Length; i += 2)
        {
            string? value = i + 1 < args.Length ? args[i + 1] : null;
            bool isKnown = args[i] switch
            {
                "--hours" => double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out hours)
                    && hours is >= Shortest and <= Longest,
                "--report" => (report = value) is not null,
                _ => false,
            };
            if (isKnown) continue;
            Console.Error.WriteLine(Usage);
            return 2;
        }
        string[] machine = [.. Machine.Describe()];
        foreach (string line in machine) Console.WriteLine(line);
        Console.WriteLine();
        using var work = new ServerWork(ServerSizes.Short);
        List<SoakWindow> windows = new SoakRun(work, TimeSpan.FromHours(hours)).RunAsync().GetAwaiter().GetResult();
        var outcome = new SoakReport(windows, TimeSpan.FromHours(hours));
        if (report is not null) File.WriteAllText(report, outcome.Markdown(machine));
        return Claims.Print(outcome.Claims());
    }
}
