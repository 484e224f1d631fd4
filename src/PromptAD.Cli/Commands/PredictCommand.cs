using System.CommandLine;
using PromptAD.Files;
using PromptAD.Results;
using PromptAD.Wording;

namespace PromptAD.Cli.Commands;

/// <summary><c>promptad predict</c>: judges pictures with a detector.</summary>
internal sealed class PredictCommand
{
    /// <summary>The verdict from which on the exit code says so.</summary>
    private enum FailOn
    {
        Review,
        NG,
    }

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
        Description = "The map value that overlays show as hottest. Default: twice as far from what is usual as the limit of regions.",
        HelpName = "0..1",
        CustomParser = NumberParser.OfOptional<float>("above 0 and at most 1"),
    };

    private readonly Option<FailOn?> failOn = new Option<FailOn?>("--fail-on")
    {
        Description = $"Ends with exit code {ExitCode.Rejected} where a picture has this verdict or a worse one: review or ng.",
        HelpName = "review|ng",
    }.AcceptOnlyNames();

    private PredictCommand(Terminal terminal) => this.terminal = terminal;

    public static Command Create(Terminal terminal)
    {
        var predict = new PredictCommand(terminal);
        var command = new Command("predict", "Judges pictures with a detector: OK, REVIEW or NG, scores and where the defect is.")
        {
            predict.source.File, predict.pictures, predict.output, predict.format, predict.maps, predict.scale,
            predict.failOn,
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
        CheckOrder(parsed.GetRequiredValue(source.File), parsed.GetRequiredValue(pictures));
        IReadOnlyList<PicturePath> paths = PicturePaths.Expand(parsed.GetRequiredValue(pictures), terminal);
        PictureOutput? files = parsed.GetValue(output) is { } folder
            ? new PictureOutput(folder, parsed.GetValue(maps), parsed.GetValue(scale))
            : null;
        if (files is not null)
        {
            IEnumerable<string?> written = paths.Select(files.FilesOf).SelectMany(both => (string?[])[both.Overlay, both.Map]);
            OutputFile.KeepInputs(written.OfType<string>(), [parsed.GetRequiredValue(source.File), .. paths.Select(path => path.Path)]);
        }
        using AnomalyDetector detector = source.Open(parsed, terminal);
        if (parsed.GetValue(failOn) is not null && detector.Limits is null)
            throw new PromptADException(Problem.NotCalibrated, $"--fail-on needs verdicts. {Remedies.Of(Prediction.NoVerdict)}");
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
            ResultWriter.Write(parsed.GetValue(format), results, detector.Info.Scoring.CountsWords(), terminal);
        }
        foreach (string warning in results.SelectMany(result => result.Warnings ?? [])) terminal.Warn(warning);
        return Conclude(results, parsed.GetValue(failOn));
    }

    /// <summary>Says what failed, and the exit code: errors come before verdicts, since a run that is not whole decides nothing.</summary>
    private int Conclude(List<PictureResult> results, FailOn? rejected)
    {
        ILookup<bool, PictureResult> troubled =
            results.Where(result => result.Error is not null).ToLookup(result => result is JudgedPicture);
        int failed = troubled[false].Count(), unwritten = troubled[true].Count();
        if (failed > 0) terminal.Error($"{failed} of {Plural.Of(results.Count, "picture")} failed:");
        foreach (PictureResult result in troubled[false]) terminal.Say($"  {result.Error}");
        if (unwritten > 0) terminal.Error($"{Plural.Of(unwritten, "picture")} judged, but not all of the results written:");
        foreach (PictureResult result in troubled[true]) terminal.Say($"  {result.Error}");
        if (failed == results.Count) return ExitCode.Failure;
        if (failed + unwritten > 0) return ExitCode.Partial;
        return results.Any(result => IsRejected(((JudgedPicture)result).Verdict, rejected)) ? ExitCode.Rejected : ExitCode.Success;
    }

    private static bool IsRejected(Verdict? verdict, FailOn? rejected) => rejected switch
    {
        FailOn.Review => verdict is Verdict.Review or Verdict.NG,
        FailOn.NG => verdict is Verdict.NG,
        _ => false,
    };

    /// <summary>Recognises pictures given first and the detector behind them.</summary>
    private static void CheckOrder(string detector, string[] pictures)
    {
        if (File.Exists(detector) && !PictureFolder.IsPicture(detector)) return;
        if (pictures.FirstOrDefault(path => File.Exists(path) && DetectorFile.IsDetector(path)) is not { } given) return;
        throw new PromptADException(
            Problem.InvalidArgument, $"The detector comes first and the pictures after it: promptad predict {given} {detector}");
    }

    private static async Task<int> Judge(
        AnomalyDetector detector,
        IReadOnlyList<PicturePath> paths,
        PictureOutput? files,
        List<PictureResult> results,
        IProgress<WorkProgress> progress,
        CancellationToken cancellation)
    {
        await foreach (PictureResult result in PictureJudging.RunAsync(detector, paths, files, cancellation).ConfigureAwait(false))
        {
            results.Add(result);
            progress.Report(new WorkProgress((double)results.Count / paths.Count));
        }
        return results.Count;
    }
}
