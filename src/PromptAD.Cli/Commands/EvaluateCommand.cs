using System.CommandLine;
using PromptAD.Evaluation;
using PromptAD.Evaluation.Reports;

namespace PromptAD.Cli.Commands;

/// <summary><c>promptad evaluate</c>: measures a finished detector on pictures whose truth is known.</summary>
internal sealed class EvaluateCommand
{
    private readonly Terminal terminal;
    private readonly DetectorOptionSet source = new("The detector file.");
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

    private EvaluateCommand(Terminal terminal) => this.terminal = terminal;

    public static Command Create(Terminal terminal)
    {
        var evaluate = new EvaluateCommand(terminal);
        var command = new Command("evaluate", "Measures a detector on pictures whose truth is known.")
        {
            evaluate.source.File, evaluate.dataset, evaluate.category, evaluate.output, evaluate.format,
        };
        evaluate.source.AddTo(command);
        command.SetAction((parsed, cancellation) => Task.Run(() => evaluate.Run(parsed, cancellation)));
        return command;
    }

    private int Run(ParseResult parsed, CancellationToken cancellation)
    {
        string[] wanted = parsed.GetValue(category) is { } name ? [name] : [];
        (Dataset data, IReadOnlyList<string> warnings) =
            DatasetSelection.Open(parsed.GetRequiredValue(dataset), DatasetLayout.Detect, wanted, learns: false, terminal, cancellation);
        if (data.Categories.Count > 1)
        {
            string known = string.Join(", ", data.Categories.Select(one => one.Name));
            throw new PromptADException(
                Problem.InvalidArgument,
                $"A detector knows one product, but '{data.Name}' has several; choose one with --category: {known}.");
        }
        string? folder = parsed.GetValue(output);
        if (folder is not null) ReportOutput.KeepInputs(folder, [parsed.GetRequiredValue(source.File), parsed.GetRequiredValue(dataset)]);
        using AnomalyDetector detector = source.Open(parsed, terminal);
        source.WarnWithoutLimits(detector, parsed, terminal);
        if (folder is not null) OutputFolder.Check(folder); // made when there is something to write
        RunResult result = terminal.WithProgress("Judging test pictures", progress => DetectorEvaluation.Run(
            detector, data.Categories[0], new SynchronousProgress<double>(part => progress.Report(new WorkProgress(part))), cancellation));
        foreach (Diagnostic warning in result.Warnings) terminal.Warn(warning);
        string[] told = [.. warnings, .. result.Warnings.Select(Remedies.Of)];
        var facts = ReportFacts.Of(data, detector.Info, told, Environment.GetCommandLineArgs()[1..]);
        var report = new Report([result], facts);
        ReportOutput.Write(report, folder, parsed.GetValue(format), terminal);
        return ReportOutput.Conclude(report.Runs, terminal);
    }
}
