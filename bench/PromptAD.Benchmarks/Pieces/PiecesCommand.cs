using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Exporters;
using BenchmarkDotNet.Filters;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;

namespace PromptAD.Benchmarks.Pieces;

/// <summary>Times the pieces one by one with BenchmarkDotNet, in this process: a generated project would not find our natives.</summary>
internal static class PiecesCommand
{
    private const int Milliseconds = 250; // an iteration, so that all pieces take a few minutes

    private static readonly Type[] Pieces =
        [typeof(PreparationPieces), typeof(ScoringPieces), typeof(EncoderPieces), typeof(TextPieces), typeof(MetricPieces)];

    /// <param name="args">Nothing, or "--filter" and patterns of names with * and ?.</param>
    /// <returns>0 if all ran, 1 if one failed, 2 if the arguments were not understood or meant none.</returns>
    public static int Run(string[] args)
    {
        if (args is not ([] or ["--filter", _, ..]) || args.Skip(1).Any(pattern => pattern.StartsWith('-')))
            return Refuse($"'{string.Join(' ', args)}' is not known here; give nothing, or --filter and patterns such as \"*Resize*\".");
        string folder = Directory.CreateTempSubdirectory("promptad-pieces-").FullName;
        try
        {
            BenchmarkRunInfo[] all = Select(Config(folder, []));
            BenchmarkRunInfo[] meant = Select(Config(folder, args is [_, .. string[] patterns] ? patterns : []));
            return meant.Length > 0
                ? Measure(meant)
                : Refuse($"no piece is called {string.Join(" or ", args[1..])}; there are "
                    + $"{string.Join(", ", all.SelectMany(Names).Distinct())}.");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static int Measure(BenchmarkRunInfo[] pieces)
    {
        int failed = 0;
        foreach (BenchmarkRunInfo one in pieces)
        {
            Console.Error.WriteLine($"Measuring {string.Join(", ", Names(one))} ...");
            Summary summary = BenchmarkRunner.Run(one);
            foreach (var problem in summary.ValidationErrors.Where(problem => problem.IsCritical))
                Console.Error.WriteLine($"error: {problem.Message}");
            MarkdownExporter.GitHub.ExportToLog(summary, ConsoleLogger.Default);
            if (summary.HasCriticalValidationErrors || summary.Reports.Any(report => !report.Success)) failed++;
        }
        return failed == 0 ? 0 : 1;
    }

    private static BenchmarkRunInfo[] Select(IConfig config) =>
        [.. Pieces.Select(type => BenchmarkConverter.TypeToBenchmarks(type, config)).Where(info => info.BenchmarksCases.Length > 0)];

    private static IEnumerable<string> Names(BenchmarkRunInfo info) =>
        info.BenchmarksCases.Select(piece => $"{piece.Descriptor.Type.Name}.{piece.Descriptor.WorkloadMethod.Name}").Distinct();

    private static ManualConfig Config(string folder, string[] patterns)
    {
        Job job = Job.ShortRun.WithToolchain(InProcessEmitToolchain.Instance)
            .WithIterationTime(Perfolizer.Horology.TimeInterval.FromMilliseconds(Milliseconds));
        ManualConfig config = ManualConfig.CreateEmpty()
            .AddJob(job)
            .AddLogger(NullLogger.Instance)
            .AddExporter(MarkdownExporter.GitHub)
            .AddDiagnoser(MemoryDiagnoser.Default)
            .AddColumnProvider(DefaultColumnProviders.Instance)
            .HideColumns(
                Column.Error, Column.StdDev, Column.Median, Column.RatioSD, Column.Gen0, Column.Gen1, Column.Gen2, Column.AllocRatio)
            .WithArtifactsPath(folder);
        return patterns.Length == 0 ? config : config.AddFilter(new GlobFilter(patterns));
    }

    private static int Refuse(string message)
    {
        Console.Error.WriteLine($"error: {message}");
        return 2;
    }
}
