using System.CommandLine;
using PromptAD.Wording;

namespace PromptAD.Cli.Commands;

/// <summary><c>promptad export</c>: writes a detector as one file that needs nothing but ONNX Runtime.</summary>
internal sealed class ExportCommand
{
    private enum ExportFormat
    {
        Onnx,
    }

    private readonly Terminal terminal;
    private readonly DetectorOptionSet source = new("The detector file.");
    private readonly Option<ExportFormat> format = new("--format", "-f")
    {
        Description = "The format to write.",
        DefaultValueFactory = _ => ExportFormat.Onnx,
    };

    private readonly Option<string[]> check = new("--check")
    {
        Description = "Real pictures that the export is compared with 'predict' on before it is written; not those that were learned from.",
        Required = true,
        AllowMultipleArgumentsPerToken = true,
        HelpName = "files|folder",
    };

    private readonly Option<bool> resizing = new("--resizing")
    {
        Description = "Whether the file resizes pictures itself, of the size of those it is checked with, or takes them in the "
            + "encoder's size.",
        DefaultValueFactory = _ => true,
        HelpName = "true|false",
    };

    private readonly Option<string> output = new("--output", "-o")
    {
        Description = "The file to write.",
        Required = true,
        HelpName = "file",
    };

    private readonly Option<bool> force = new("--force") { Description = "Replace a file that is there." };

    private ExportCommand(Terminal terminal) => this.terminal = terminal;

    public static Command Create(Terminal terminal)
    {
        var export = new ExportCommand(terminal);
        var command = new Command("export", "Writes a detector with its backbone as one ONNX file: an 8-bit picture in, scores and map "
            + "out.")
        {
            export.source.File, export.format, export.check, export.resizing, export.output, export.force,
        };
        export.source.AddTo(command);
        export.format.AcceptOnlyNames();
        export.check.Validators.Add(CommonOptions.CheckPaths);
        export.output.Validators.Add(CommonOptions.CheckPaths);
        command.SetAction((parsed, cancellation) => Task.Run(() => export.Run(parsed, cancellation)));
        return command;
    }

    private int Run(ParseResult parsed, CancellationToken cancellation)
    {
        string[] pictures = [.. PicturePaths.Expand(parsed.GetRequiredValue(check), terminal).Select(picture => picture.Path)];
        string file = parsed.GetRequiredValue(output);
        OutputFile.KeepInputs(file, [parsed.GetRequiredValue(source.File), .. pictures]);
        using AnomalyDetector detector = source.Open(parsed, terminal);
        var options = new ExportOptions { IncludeResizing = parsed.GetValue(resizing), Replace = parsed.GetValue(force) };
        ExportCheck result = terminal.WithProgress("Comparing pictures", progress => detector.Export(
            file, pictures, options, new SynchronousProgress<double>(part => progress.Report(new WorkProgress(part))), cancellation));
        terminal.Say($"Exported {file} for pictures of {result.Width} x {result.Height} pixels; on "
            + $"{Plural.Of(result.Pictures, "picture")} it differs from the detector by at most "
            + $"{result.ScoreDifference:G2} in scores and {result.MapDifference:G2} in maps.");
        return ExitCode.Success;
    }
}
