using System.CommandLine;
using System.Globalization;
using PromptAD.Decisions;
using PromptAD.Detectors;

namespace PromptAD.Cli.Commands;

/// <summary>
/// <c>promptad feedback</c> and <c>promptad history</c>: learns from good parts that were rejected, undoes it, and tells of it.
/// </summary>
internal sealed class FeedbackCommand
{
    private readonly Terminal terminal;
    private readonly DetectorOptionSet source = new("The detector file; it is changed.");
    private readonly Option<string[]> ok = Pictures("--ok", "Pictures of good parts that were rejected: files, folders or patterns.");
    private readonly Option<string[]> defects = Pictures(
        "--ng",
        "Pictures of defective parts that must stay rejected. They are kept in the detector, and every feedback is checked with them.");

    private readonly Option<bool> undo = new("--undo") { Description = "Forgets what the latest feedback taught." };
    private readonly Option<bool> force = new("--force")
    {
        Description = "Learns even from what looks like another product, or where a kept defect turns OK.",
    };

    private readonly Option<double> novelty = new("--novelty")
    {
        Description = "What is new: patches so many deviations farther from the memory than good patches are. Lower values remember more.",
        DefaultValueFactory = _ => new FeedbackOptions().Novelty,
        HelpName = "deviations",
    };

    private readonly Option<string?> output = CommonOptions.OtherDetector();

    // Said when it is saved: if a later picture is refused, nothing has been learned.
    private readonly List<Action> outcome = [];

    private FeedbackCommand(Terminal terminal) => this.terminal = terminal;

    public static Command Create(Terminal terminal)
    {
        var feedback = new FeedbackCommand(terminal);
        var command = new Command("feedback", "Learns from good parts that were rejected: what is new in them is remembered as good.")
        {
            feedback.source.File, feedback.ok, feedback.defects, feedback.undo, feedback.novelty, feedback.force, feedback.output,
        };
        feedback.source.AddTo(command);
        feedback.ok.Validators.Add(CommonOptions.CheckPaths);
        feedback.defects.Validators.Add(CommonOptions.CheckPaths);
        feedback.output.Validators.Add(CommonOptions.CheckPaths);
        command.SetAction((parsed, cancellation) => Task.Run(() => feedback.Run(parsed, cancellation)));
        return command;
    }

    public static Command CreateHistory(Terminal terminal)
    {
        var file = new Argument<string>("detector") { Description = "The detector file." };
        var command = new Command("history", "Shows what a detector has learned from feedback; needs no backbone.") { file };
        file.Validators.Add(CommonOptions.CheckPaths);
        command.SetAction(parsed =>
        {
            DetectorModel model = DetectorModel.Load(parsed.GetRequiredValue(file));
            IReadOnlyList<FeedbackEntry> entries = model.Metadata.History ?? [];
            if (entries.Count == 0) terminal.Print("Nothing was learned from feedback.");
            foreach (FeedbackEntry entry in entries)
            {
                terminal.Print($"{entry.Number,3}  {entry.Created.ToString("u", CultureInfo.InvariantCulture)}  {entry.Patches,4} patches  "
                    + $"score {entry.ScoreBefore:F4} to {entry.ScoreAfter:F4}  {entry.Picture}");
            }
            foreach (KeptPicture kept in model.Kept) terminal.Print($"kept {(kept.IsGood ? "good  " : "defect")} {kept.Name}");
        });
        return command;
    }

    private static Option<string[]> Pictures(string name, string description) => new(name)
    {
        Description = description,
        AllowMultipleArgumentsPerToken = true,
        HelpName = "files|folder",
    };

    private int Run(ParseResult parsed, CancellationToken cancellation)
    {
        string[] good = parsed.GetValue(ok) ?? [], bad = parsed.GetValue(defects) ?? [];
        bool undone = parsed.GetValue(undo);
        if (undone == (good.Length + bad.Length > 0))
        {
            throw new PromptADException(
                "Give pictures of falsely rejected parts with --ok, of defects to keep with --ng, or --undo alone.");
        }
        var options = new FeedbackOptions { Novelty = parsed.GetValue(novelty), Force = parsed.GetValue(force) };
        options.Validate();
        IReadOnlyList<PicturePath> keeps = PicturePaths.Expand(bad), learns = PicturePaths.Expand(good);
        string target = parsed.GetValue(output) ?? parsed.GetRequiredValue(source.File);
        OutputFile.KeepInputs(target, keeps.Concat(learns).Select(picture => picture.Path));
        using AnomalyDetector detector = source.Open(parsed, terminal);
        if (undone)
        {
            FeedbackEntry entry = detector.UndoFeedback();
            Print($"Undone: {entry.Number}, {entry.Patches} patches of {entry.Picture}");
            if (detector.GoodScores.IsOutdated) Warn(LimitFitting.Outdated);
        }
        if (bad.Length > 0) Keep(detector, keeps);
        if (good.Length > 0) Learn(detector, learns, options, cancellation);
        detector.Save(target);
        foreach (Action say in outcome) say();
        return ExitCode.Success;
    }

    private void Print(string line) => outcome.Add(() => terminal.Print(line));

    private void Warn(string line) => outcome.Add(() => terminal.Warn(line));

    private void Keep(AnomalyDetector detector, IReadOnlyList<PicturePath> paths)
    {
        foreach (PicturePath path in paths)
        {
            Prediction prediction = detector.PredictAndKeep(path.Path, isGood: false);
            if (detector.Limits is not null && prediction.Verdict == Verdict.OK)
            {
                Warn(
                    $"{path.ResultName} is kept as a defect, but is OK already (score {prediction.Score:F4}): the detector does not see "
                    + "it.");
            }
        }
        Print($"Kept {paths.Count} picture{(paths.Count == 1 ? "" : "s")} of defects.");
    }

    private void Learn(AnomalyDetector detector, IReadOnlyList<PicturePath> paths, FeedbackOptions options, CancellationToken cancellation)
    {
        foreach (PicturePath path in paths)
        {
            cancellation.ThrowIfCancellationRequested();
            FeedbackReport report = detector.LearnFalseReject(path.Path, options);
            if (report.Entry is not { } entry)
            {
                Warn(report.Before == Verdict.OK
                    ? $"{path.ResultName} is OK already; nothing was learned from it."
                    : $"{path.ResultName} is {VerdictText.Of(report.Before)}, but nothing in it is new; lower --novelty, or look at the "
                        + "limits.");
                continue;
            }
            Print($"{path.ResultName}: {entry.Patches} new patches, score {entry.ScoreBefore:F4} to {entry.ScoreAfter:F4}, "
                + $"{VerdictText.Of(report.Before)} to {VerdictText.Of(report.After)}");
            if (report.After != Verdict.OK)
                Warn($"{path.ResultName} is still {VerdictText.Of(report.After)}; lower --novelty to remember more of it.");
            foreach (KeptPictureCheck lost in report.Checks.Where(check => check.IsLostDefect))
                Warn($"the kept defect {lost.Name} is OK now: score {lost.Before:F4} to {lost.After:F4}.");
            KeptPictureCheck[] known = [.. report.Checks.Where(check => check.IsGood)];
            if (known.Length == 0) continue;
            Print($"  of {known.Length} kept good pictures {known.Count(check => check.VerdictAfter != Verdict.OK)} are not OK, "
                + $"{known.Count(check => check.VerdictBefore != Verdict.OK)} before");
        }
    }
}
