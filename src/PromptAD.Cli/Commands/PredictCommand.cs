using System.CommandLine;

namespace PromptAD.Cli.Commands;

/// <summary><c>promptad predict</c>: judges pictures with a detector.</summary>
internal sealed class PredictCommand
{
    private readonly Terminal terminal;
    private readonly DetectorOptionSet source = new("The detector file.");
    private readonly Argument<string[]> pictures = new("pictures")
    {
        Description = "Pictures: files, folders or patterns.",
        Arity = ArgumentArity.OneOrMore,
    };

    private readonly Option<string?> output = new("--output", "-o")
    {
        Description = "Folder for a heat-map overlay and the raw map of each picture. Default: none are written.",
        HelpName = "folder",
    };

    private readonly Option<ResultFormat> format = CommonOptions.Format<ResultFormat>();
    private readonly Option<MapFormat> maps = new("--maps")
    {
        Description = "How raw maps are written: png (16-bit grey, 65535 = 1), npy (float32) or none.",
        DefaultValueFactory = _ => MapFormat.Png,
    };

    private readonly Option<float?> scale = new("--scale")
    {
        Description = "The map value that overlays show as hottest. Default: twice what the detector's good pictures reach.",
        HelpName = "0..1",
        CustomParser = NumberParser.OfOptional<float>("above 0 and at most 1"),
    };

    private PredictCommand(Terminal terminal) => this.terminal = terminal;

    public static Command Create(Terminal terminal)
    {
        var predict = new PredictCommand(terminal);
        var command = new Command("predict", "Judges pictures with a detector: OK, REVIEW or NG, scores and where the defect is.")
        {
            predict.source.File, predict.pictures, predict.output, predict.format, predict.maps, predict.scale,
        };
        predict.source.AddTo(command);
        predict.scale.AcceptOnly<float>(value => value is > 0 and <= 1, "lie above 0 and be at most 1");
        predict.maps.AcceptOnlyNames();
        predict.pictures.Validators.Add(CommonOptions.CheckPaths);
        predict.output.Validators.Add(CommonOptions.CheckPaths);
        command.SetAction((parsed, cancellation) => Task.Run(() => predict.Run(parsed, cancellation)));
        return command;
    }

    private int Run(ParseResult parsed, CancellationToken cancellation)
    {
        IReadOnlyList<PicturePath> paths = PicturePaths.Expand(parsed.GetRequiredValue(pictures));
        PictureOutput? files = parsed.GetValue(output) is { } folder
            ? new PictureOutput(folder, parsed.GetValue(maps), parsed.GetValue(scale))
            : null;
        if (files is not null)
        {
            IEnumerable<string?> written = paths.Select(files.FilesOf).SelectMany(both => (string?[])[both.Overlay, both.Map]);
            OutputFile.KeepInputs(written.OfType<string>(), [parsed.GetRequiredValue(source.File), .. paths.Select(path => path.Path)]);
        }
        using AnomalyDetector detector = source.Open(parsed, terminal);
        source.WarnWithoutLimits(detector, parsed, terminal);
        files?.CreateFolder();

        var results = new List<PictureResult>();
        try
        {
            terminal.WithProgress(
                "Judging pictures",
                progress => Judge(detector, paths, files, results, progress, cancellation).GetAwaiter().GetResult());
        }
        finally
        {
            // Also when it is stopped: what has been judged is worth having.
            ResultWriter.Write(parsed.GetValue(format), results, terminal);
        }
        PictureResult[] failed = [.. results.Where(result => result.Error is not null)];
        if (failed.Length > 0) terminal.Error($"{failed.Length} of {Counted.Of(results.Count, "picture")} failed:");
        foreach (PictureResult result in failed) terminal.Say($"  {result.Error}");
        if (failed.Length == 0) return ExitCode.Success;
        return failed.Length < results.Count ? ExitCode.Partial : ExitCode.Failure;
    }

    private static async Task<int> Judge(
        AnomalyDetector detector,
        IReadOnlyList<PicturePath> paths,
        PictureOutput? files,
        List<PictureResult> results,
        IProgress<WorkProgress> progress,
        CancellationToken cancellation)
    {
        await foreach (PictureResult result in PictureResult.JudgeAsync(detector, paths, files, cancellation).ConfigureAwait(false))
        {
            results.Add(result);
            progress.Report(new WorkProgress((double)results.Count / paths.Count));
        }
        return results.Count;
    }
}
