using System.CommandLine;
using PromptAD.Evaluation;
using PromptAD.Evaluation.Reports;
using PromptAD.Training;

namespace PromptAD.Cli.Commands;

/// <summary><c>promptad benchmark</c>: runs methods on a data set and reports their figures.</summary>
internal sealed class BenchmarkCommand
{
    private const string AllMethods = "all";
    private readonly Terminal terminal;
    private readonly Option<string> dataset = new("--dataset")
    {
        Description = "The data set's layout: mvtec, visa or auto.",
        DefaultValueFactory = _ => "auto",
    };

    private readonly Option<string> root = new("--root")
    {
        Description = "The data set's folder, or a manifest (.csv, .json).",
        Required = true,
        HelpName = "folder",
    };

    private readonly Option<string[]> categories = new("--category", "-c")
    {
        Description = "Categories to run. Default: all.",
        AllowMultipleArgumentsPerToken = true,
        HelpName = "names",
    };

    private readonly Option<string> shots = new("--shots")
    {
        Description = "Numbers of good pictures to learn from.",
        DefaultValueFactory = _ => "1,2,4",
        HelpName = "1,2,4",
    };

    private readonly Option<int> seeds = new("--seeds")
    {
        Description = "How many seeds, counted from 0.",
        DefaultValueFactory = _ => 5,
        CustomParser = NumberParser.Of<int>($"from 1 to {BenchmarkOptions.MostSeeds}"),
    };

    private readonly Option<string[]> methods = new("--method", "-m")
    {
        Description = $"Methods, with commas between them: {string.Join(", ", EvaluationMethod.All)}, or {AllMethods}.",
        DefaultValueFactory = _ => [EvaluationMethod.PromptAD.Name],
        AllowMultipleArgumentsPerToken = true,
        HelpName = "names",
    };

    private readonly Option<bool> noMemory = new("--no-memory") { Description = "Leave the visual map out of the methods." };
    private readonly Option<EvaluationProtocol> protocol = new("--protocol")
    {
        Description = "honest: the test set touches nothing but the final score. "
            + "published: the paper's evaluation, picked on the test set.",
        DefaultValueFactory = _ => EvaluationProtocol.Honest,
    };

    private readonly Option<bool> categoryStates = new("--category-states")
    {
        Description = "Q8 in an honest run: add the published states of known categories, which name the test set's defects.",
    };

    private readonly Option<int> epochs = new("--epochs")
    {
        Description = "Epochs of learning a level.",
        DefaultValueFactory = _ => 100,
        CustomParser = NumberParser.Of<int>($"from 1 to {OptimizerOptions.MostEpochs}"),
    };

    private readonly Option<string> output = new("--output", "-o")
    {
        Description = "Folder for results, features and reports; a benchmark that was stopped goes on from it.",
        Required = true,
        HelpName = "folder",
    };

    private readonly Option<ReportFormat> format = CommonOptions.Format<ReportFormat>();

    private readonly Option<int?> bits = CommonOptions.Bits();
    private readonly ReadoutOptions readout = new();
    private readonly PoseOptionSet poses = new();
    private readonly Option<string?> backbone = CommonOptions.Backbone();
    private readonly Option<string?> memoryBackbone = CommonOptions.MemoryBackbone();
    private readonly Option<string?> store = CommonOptions.Store();
    private readonly Option<int> threads = CommonOptions.Threads();
    private readonly Option<ExecutionProvider> provider = CommonOptions.Provider();

    private BenchmarkCommand(Terminal terminal) => this.terminal = terminal;

    public static Command Create(Terminal terminal)
    {
        var benchmark = new BenchmarkCommand(terminal);
        var command = new Command("benchmark", "Runs methods on a data set, resumably, and reports figures as the paper's tables do.")
        {
            benchmark.dataset, benchmark.root, benchmark.categories, benchmark.methods, benchmark.noMemory, benchmark.shots,
            benchmark.seeds, benchmark.protocol, benchmark.categoryStates, benchmark.epochs, benchmark.output, benchmark.format,
            benchmark.backbone, benchmark.memoryBackbone, benchmark.store, benchmark.threads, benchmark.provider, benchmark.bits,
        };
        benchmark.readout.AddTo(command);
        benchmark.poses.AddTo(command);
        benchmark.dataset.AcceptOnlyFromAmong("mvtec", "visa", "auto");
        benchmark.protocol.AcceptOnlyNames();
        command.SetAction((parsed, cancellation) => Task.FromResult(benchmark.Run(parsed, cancellation)));
        return command;
    }

    private int Run(ParseResult parsed, CancellationToken cancellation)
    {
        BenchmarkOptions options = ReadOptions(parsed);
        string given = parsed.GetRequiredValue(root);
        DatasetLayout layout = LayoutOf(parsed.GetRequiredValue(dataset), given);
        (Dataset data, IReadOnlyList<string> warnings) =
            DatasetSelection.Open(given, layout, parsed.GetValue(categories) ?? [], learns: true, terminal, cancellation);
        var backbones = new BackboneStore(parsed.GetValue(store));
        string id = CommonOptions.ChooseBackbone(backbones, parsed.GetValue(backbone), terminal);
        var encoder = new EncoderOptions { Threads = parsed.GetValue(threads), Provider = parsed.GetValue(provider) };
        using Backbone words = backbones.Open(id, encoder);
        using Backbone? memory = parsed.GetValue(memoryBackbone) is { } other ? backbones.Open(other, encoder) : null;
        using Backbone? pair = memory is null ? null : words.WithMemoryOf(memory);
        Backbone opened = pair ?? words;
        CommonOptions.WarnIfGenerated(terminal, opened.IsGenerated);

        string folder = parsed.GetRequiredValue(output);
        ReportOutput.KeepInputs(folder, [given]);
        var benchmark = new Benchmark(opened, options);
        string[] assumptions = [.. benchmark.Assumptions(data.Categories).Select(Remedies.Of)];
        foreach (string assumption in assumptions) terminal.Warn(assumption);
        IReadOnlyList<RunResult> runs = terminal.WithProgress("Benchmark", progress => benchmark.Run(
            data.Categories, folder, new BenchmarkProgressLine(progress), cancellation));
        string[] noticed = [.. runs.SelectMany(run => run.Warnings).Select(Remedies.Of).Distinct()];
        foreach (string warning in noticed) terminal.Warn(warning);
        var facts = ReportFacts.Of(
            data, opened, options.Protocol, ReportSettings.Of(options, opened), [.. warnings, .. assumptions, .. noticed],
            Environment.GetCommandLineArgs()[1..]);
        var report = new Report(runs, facts);
        ReportOutput.Write(report, folder, parsed.GetValue(format), terminal);
        return ReportOutput.Conclude(report.Runs, terminal);
    }

    private BenchmarkOptions ReadOptions(ParseResult parsed)
    {
        IEnumerable<string> names = parsed.GetRequiredValue(methods).SelectMany(CommonOptions.Split);
        EvaluationMethod[] chosen =
            [.. names.SelectMany(name => name == AllMethods ? EvaluationMethod.All : [EvaluationMethod.Parse(name)])];
        var options = new BenchmarkOptions
        {
            Protocol = parsed.GetValue(protocol),
            Methods = parsed.GetValue(noMemory) ? WithoutMemory(chosen) : chosen,
            Shots = CommonOptions.ReadShots(parsed.GetRequiredValue(shots)),
            Seeds = parsed.GetValue(seeds),
            Epochs = parsed.GetValue(epochs),
            CategoryStates = parsed.GetValue(categoryStates),
            Poses = poses.Read(parsed),
            SignificantBits = parsed.GetValue(bits),
        };
        return options with { Scoring = readout.Change(parsed, options.Training(0).Scoring) };
    }

    /// <summary>The methods without their visual maps; those that are nothing else fall away beside others.</summary>
    private static EvaluationMethod[] WithoutMemory(EvaluationMethod[] methods) =>
        [.. methods.Where(method => method.HasWords || methods.Length == 1).Select(method => method.NoMemory)];

    private static DatasetLayout LayoutOf(string name, string root) => name switch
    {
        "mvtec" => DatasetLayout.Mvtec,
        // VisA comes as published, with its split as a table, or reorganised like MVTec AD.
        "visa" => Directory.Exists(Path.Combine(root, "split_csv")) ? DatasetLayout.Visa : DatasetLayout.Mvtec,
        _ => DatasetLayout.Detect,
    };
}
