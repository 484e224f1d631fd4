using System.CommandLine;
using PromptAD.Detectors;
using PromptAD.Wording;

namespace PromptAD.Cli.Commands;

/// <summary><c>promptad calibrate</c>: finds the limits of verdicts from further pictures of good parts.</summary>
internal sealed class CalibrateCommand
{
    private const int MostNames = 10; // in one line

    private readonly Terminal terminal;
    private readonly DetectorOptionSet source = new("The detector file; it gets the new limits.");
    private readonly Option<string[]> good = new("--good")
    {
        Description = "Further pictures of good parts, not those that were learned from: files, folders or patterns.",
        Required = true,
        AllowMultipleArgumentsPerToken = true,
        HelpName = "files|folder",
    };

    private readonly Option<string?> output = CommonOptions.OtherDetector();

    private readonly Option<int> keep = new("--keep")
    {
        Description = "How many of the pictures the detector keeps in place of earlier good ones, to be checked with after feedback; "
            + "173 kB each for 240 x 240 pixels.",
        DefaultValueFactory = _ => 32,
        HelpName = "n",
    };

    private readonly LimitOptionSet limits = new();

    private CalibrateCommand(Terminal terminal) => this.terminal = terminal;

    public static Command Create(Terminal terminal)
    {
        var calibrate = new CalibrateCommand(terminal);
        var command = new Command(
            "calibrate",
            "Finds the limits between OK, REVIEW and NG from further pictures of good parts. A rate a is guaranteed from 1/a - 1 "
            + "pictures on: 19 for 5 %, 99 for 1 %. Rates and minimum area that are not named stay as they are.")
        {
            calibrate.source.File, calibrate.good, calibrate.keep, calibrate.output,
        };
        calibrate.source.AddTo(command);
        calibrate.limits.AddTo(command);
        calibrate.good.Validators.Add(CommonOptions.CheckPaths);
        calibrate.output.Validators.Add(CommonOptions.CheckPaths);
        calibrate.keep.AcceptBetween(0, Detector.MaxReferencePictures);
        command.SetAction((parsed, cancellation) => Task.Run(() => calibrate.Run(parsed, cancellation)));
        return command;
    }

    private int Run(ParseResult parsed, CancellationToken cancellation)
    {
        string[] paths = [.. PicturePaths.Expand(parsed.GetRequiredValue(good), terminal).Select(picture => picture.Path)];
        string changed = parsed.GetRequiredValue(source.File), target = parsed.GetValue(output) ?? changed;
        OutputFile.KeepInputs(target, paths);
        FileContent content = OutputFile.ContentOf(target);
        OutputFile.KeepOthers(target, changed);
        using AnomalyDetector detector = source.Open(parsed, terminal);
        Limits? before = detector.Limits;
        LimitOptions options = limits.Read(parsed, LimitOptions.ToFindAgain(before));
        options.Validate();
        detector.RemoveGoodReferences(); // an earlier calibration's
        int room = Detector.MaxReferencePictures - detector.ReferencePictures.Count;
        int kept = detector.Info.Tiles is null ? Math.Min(room, parsed.GetValue(keep)) : 0;
        var warnings = new List<Diagnostic>();
        CalibrationReport report = terminal.WithProgress(
            "Judging pictures",
            progress => detector.Calibrate(
                Judge(detector, paths, kept, progress, cancellation).Select(Noted), options, cancellation));
        (int counted, IReadOnlyList<int> near, IReadOnlyList<int> far) = report;
        foreach (Diagnostic warning in warnings) terminal.Warn(warning);
        if (counted < paths.Length)
        {
            int left = paths.Length - counted;
            terminal.Warn($"{left} of {Plural.Of(paths.Length, "picture")} " + (left == 1
                ? "was left out: it was learned from or is there twice, and so says nothing of other good parts."
                : "were left out: they were learned from or are there twice, and so say nothing of other good parts."));
        }
        if (near.Count > 0)
        {
            terminal.Warn($"{near.Count} of the pictures {(near.Count == 1 ? "looks" : "look")} nearly the same as one that was learned "
                + $"from, so that the limits may be too low: {Names(near, paths)}. If they are copies of it, calibrate without them.");
        }
        if (far.Count > 0)
        {
            terminal.Warn($"{far.Count} of the pictures {(far.Count == 1 ? "is" : "are")} far from all that was learned as good, so that "
                + $"the limits may be too high: {Names(far, paths)}. If they show another product, calibrate without them; "
                + "unusual good parts belong in.");
        }
        detector.Save(target, content);
        terminal.Say($"Calibrated with {Plural.Of(counted, "picture")}: {target}");
        LimitTable.Print(detector.Limits!, terminal);
        foreach (string lost in SetByHand(before, detector.Limits!)) terminal.Warn(lost);
        foreach (string warning in detector.LimitWarnings) terminal.Warn(warning);
        return ExitCode.Success;

        Prediction Noted(Prediction judged)
        {
            warnings.AddRange(judged.Warnings);
            return judged;
        }
    }

    private static string Names(IReadOnlyList<int> chosen, string[] paths)
    {
        string more = chosen.Count > MostNames ? $" and {chosen.Count - MostNames} more" : "";
        return $"{string.Join(", ", chosen.Take(MostNames).Select(i => Path.GetFileName(paths[i])))}{more}";
    }

    /// <summary>The limits that were scores and are found from pictures now.</summary>
    private static IEnumerable<string> SetByHand(Limits? before, Limits now)
    {
        if (before is null) yield break;
        foreach (((string name, Limit old), (_, Limit found)) in LimitTable.Named(before).Zip(LimitTable.Named(now)))
        {
            if (old.Basis == LimitBasis.Given && found.Rate is { } rate)
            {
                yield return $"the {name} limit had been set by hand to {old.Score:0.####}; it is found from the pictures now, for a rate "
                    + $"of {VerdictText.Percent(rate)}.";
            }
        }
    }

    /// <summary>What the detector says of good pictures, one after the other; it keeps the first ones.</summary>
    public static IEnumerable<Prediction> Judge(
        AnomalyDetector detector,
        IReadOnlyList<string> paths,
        int kept,
        IProgress<WorkProgress> progress,
        CancellationToken cancellation)
    {
        foreach ((int i, string path) in paths.Index())
        {
            yield return i < kept
                ? detector.PredictAndReference(path, isGood: true, cancellation).Prediction
                : detector.Predict(path, cancellation);
            progress.Report(new WorkProgress((i + 1.0) / paths.Count));
        }
    }
}
