using System.CommandLine;
using PromptAD.Evaluation;
using PromptAD.Evaluation.Reports;

namespace PromptAD.Cli.Commands;

/// <summary><c>promptad evaluate</c>: measures a finished detector on pictures whose truth is known.</summary>
internal sealed class EvaluateCommand
{
    private readonly Terminal terminal;
    private readonly Argument<string> detectorFile = new("detector") { Description = "The detector file." };
    private readonly Option<string> dataset = new("--dataset")
    {
        Description = "Test pictures: a data set's folder in a known layout, good/ and bad/ folders, or a manifest (.csv, .json).",
        Required = true,
        HelpName = "folder",
    };

    private readonly Option<string?> category = new("--category", "-c")
    {
        Description = "The category to measure on. Default: the only one.",
        HelpName = "name",
    };

    private readonly Option<string?> output = new("--output", "-o")
    {
        Description = "Folder for the report (HTML, Markdown, CSV, JSON). Default: none is written.",
        HelpName = "folder",
    };

    private readonly Option<ReportFormat> format = CommonOptions.Format<ReportFormat>();

    private readonly Option<string?> store = CommonOptions.Store();
    private readonly Option<int> threads = CommonOptions.Threads();
    private readonly Option<ExecutionProvider> provider = CommonOptions.Provider();

    private EvaluateCommand(Terminal terminal) => this.terminal = terminal;

    public static Command Create(Terminal terminal)
    {
        var evaluate = new EvaluateCommand(terminal);
        var command = new Command("evaluate", "Measures a detector on pictures whose truth is known.")
        {
            evaluate.detectorFile, evaluate.dataset, evaluate.category, evaluate.output, evaluate.format, evaluate.store, evaluate.threads,
            evaluate.provider,
        };
        evaluate.detectorFile.Validators.Add(CommonOptions.CheckPaths);
        command.SetAction((parsed, cancellation) => Task.FromResult(evaluate.Run(parsed, cancellation)));
        return command;
    }

    private int Run(ParseResult parsed, CancellationToken cancellation)
    {
        string[] wanted = parsed.GetValue(category) is { } name ? [name] : [];
        (Dataset data, IReadOnlyList<string> warnings) =
            DatasetSelection.Open(parsed.GetRequiredValue(dataset), DatasetLayout.Detect, wanted, learns: false, terminal);
        if (data.Categories.Count > 1)
        {
            string known = string.Join(", ", data.Categories.Select(one => one.Name));
            throw new PromptADException(
                $"A detector knows one product, but '{data.Name}' has several; choose one with --category: {known}.");
        }
        string file = parsed.GetRequiredValue(detectorFile);
        DetectorInfo info = DetectorInfo.Read(file);
        var backbones = new BackboneStore(parsed.GetValue(store));
        var encoder = new EncoderOptions { Threads = parsed.GetValue(threads), Provider = parsed.GetValue(provider) };
        using Backbone backbone = backbones.OpenMatching(info.BackboneId, info.BackboneHash, encoder);
        using AnomalyDetector detector = AnomalyDetector.Load(file, backbone);
        CommonOptions.WarnIfGenerated(terminal, backbone.IsGenerated);
        string? folder = parsed.GetValue(output);
        if (folder is not null) OutputFolder.Create(folder);
        RunResult result = terminal.WithProgress("Judging test pictures", progress => DetectorEvaluation.Run(
            detector, data.Categories[0], new SynchronousProgress<double>(part => progress.Report(new WorkProgress(part))), cancellation));
        var facts = ReportFacts.Of(
            data, backbone, protocol: null, ReportSettings.Of(info), warnings, Environment.GetCommandLineArgs()[1..]);
        var report = Report.Of([result], facts);
        ReportOutput.Write(report, folder, parsed.GetValue(format), terminal);
        return ExitCode.Success;
    }
}
