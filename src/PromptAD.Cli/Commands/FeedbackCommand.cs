using System.CommandLine;
using System.Globalization;
using PromptAD.Decisions;
using PromptAD.Detectors;
using PromptAD.Wording;

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

    private readonly Option<string[]> forget = new("--forget")
    {
        Description = "Names of pictures of defects that were kept by mistake; they are kept no longer. 'promptad history' lists them.",
        AllowMultipleArgumentsPerToken = true,
        HelpName = "pictures",
    };

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
        CustomParser = NumberParser.Of<double>($"from {FeedbackOptions.SmallestNovelty} to {FeedbackOptions.LargestNovelty}"),
    };

    private readonly Option<string?> output = CommonOptions.OtherDetector();

    private FeedbackCommand(Terminal terminal) => this.terminal = terminal;

    public static Command Create(Terminal terminal)
    {
        var feedback = new FeedbackCommand(terminal);
        var command = new Command("feedback", "Learns from good parts that were rejected: what is new in them is remembered as good.")
        {
            feedback.source.File, feedback.ok, feedback.defects, feedback.forget, feedback.undo, feedback.novelty, feedback.force,
            feedback.output,
        };
        feedback.source.AddTo(command);
        feedback.ok.Validators.Add(CommonOptions.CheckPaths);
        feedback.defects.Validators.Add(CommonOptions.CheckPaths);
        feedback.forget.Validators.Add(CommonOptions.CheckPaths);
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
            Detector detector = Detector.Load(parsed.GetRequiredValue(file));
            IReadOnlyList<FeedbackEntry> entries = detector.FeedbackHistory;
            if (entries.Count == 0) terminal.Print("Nothing was learned from feedback.");
            foreach (FeedbackEntry entry in entries)
            {
                terminal.Print($"{entry.Number,3}  {entry.Created.ToString("u", CultureInfo.InvariantCulture)}  {entry.Patches,4} patches  "
                    + $"score {entry.ScoreBefore:F4} to {entry.ScoreAfter:F4}  {entry.Picture}");
            }
            foreach ((string name, bool isGood) in detector.ReferencePictures)
                terminal.Print($"kept {(isGood ? "good  " : "defect")} {name}");
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
        string[] good = parsed.GetValue(ok) ?? [], bad = parsed.GetValue(defects) ?? [], mistaken = parsed.GetValue(forget) ?? [];
        bool undone = parsed.GetValue(undo);
        if (undone == (good.Length + bad.Length + mistaken.Length > 0))
        {
            throw new PromptADException(
                Problem.InvalidArgument,
                "Give pictures of falsely rejected parts with --ok, of defects to keep with --ng or to forget with --forget, or --undo "
                + "alone.");
        }
        var options = new FeedbackOptions { Novelty = parsed.GetValue(novelty), Force = parsed.GetValue(force) };
        options.Validate();
        IReadOnlyList<PicturePath> keeps = PicturePaths.Expand(bad, terminal), learns = PicturePaths.Expand(good, terminal);
        string changed = parsed.GetRequiredValue(source.File), target = parsed.GetValue(output) ?? changed;
        OutputFile.KeepInputs(target, keeps.Concat(learns).Select(picture => picture.Path));
        FileContent before = OutputFile.ContentOf(target);
        OutputFile.KeepOthers(target, changed);
        using AnomalyDetector detector = source.Open(parsed, terminal);
        int judged = 0;
        Line[] outcome = terminal.WithProgress("Judging pictures", progress => (Line[])
        [
            .. undone ? Undo(detector) : [],
            .. mistaken.Select(name => Forget(detector, name)),
            .. Keep(detector, Judged(keeps, progress), cancellation),
            .. Learn(detector, Judged(learns, progress), options, cancellation),
        ]);
        cancellation.ThrowIfCancellationRequested();
        detector.Save(target, before);
        // Not before it is saved: if a later picture is refused, nothing has been learned.
        foreach (Line line in outcome)
        {
            if (line.IsWarning) terminal.Warn(line.Text);
            else terminal.Print(line.Text);
        }
        return ExitCode.Success;

        // One picture after the other, until it is stopped.
        IEnumerable<PicturePath> Judged(IReadOnlyList<PicturePath> pictures, IProgress<WorkProgress> progress)
        {
            foreach (PicturePath picture in pictures)
            {
                yield return picture;
                progress.Report(new WorkProgress(++judged / (double)(keeps.Count + learns.Count)));
            }
        }
    }

    private static IEnumerable<Line> Undo(AnomalyDetector detector)
    {
        FeedbackEntry entry = detector.UndoFeedback();
        yield return new($"Undone: {entry.Number}, {Plural.Of(entry.Patches, "patch", "patches")} of {entry.Picture}");
        if (detector.Detector.GoodScores.IsOutdated) yield return Warning(GoodScores.Outdated);
    }

    private static Line Forget(AnomalyDetector detector, string picture)
    {
        string name = Path.GetFileName(picture);
        int count = detector.RemoveReferenceDefect(name);
        return new($"Forgot {(count == 1 ? "" : $"{count} pictures named ")}{name}; it need not stay rejected any more.");
    }

    private static IEnumerable<Line> Keep(
        AnomalyDetector detector, IEnumerable<PicturePath> paths, CancellationToken cancellation)
    {
        int kept = 0;
        foreach (PicturePath path in paths)
        {
            string name = Path.GetFileName(path.Path);
            (Prediction prediction, bool isNew) = detector.PredictAndReference(path.Path, isGood: false, cancellation);
            foreach (Diagnostic warning in prediction.Warnings) yield return Warning(Remedies.Of(warning));
            if (isNew) kept++;
            else yield return Warning($"{name} is kept already.");
            if (detector.Limits is not null && prediction.Verdict == Verdict.OK)
            {
                yield return Warning(
                    $"{name} is kept as a defect, but is OK already (score {prediction.Score:F4}): the detector does not see it.");
            }
        }
        if (kept > 0) yield return new($"Kept {Plural.Of(kept, "picture")} of defects.");
    }

    private static IEnumerable<Line> Learn(
        AnomalyDetector detector, IEnumerable<PicturePath> paths, FeedbackOptions options, CancellationToken cancellation)
    {
        foreach (PicturePath path in paths)
        {
            string name = Path.GetFileName(path.Path);
            FeedbackReport report = detector.LearnFalseReject(path.Path, options, cancellation);
            foreach (Diagnostic warning in report.Warnings) yield return Warning(Remedies.Of(warning));
            foreach (Line line in report.Entry is { } entry ? Learned(name, entry, report) : [NothingLearned(name, report)])
                yield return line;
        }
    }

    private static Line NothingLearned(string name, FeedbackReport report) => Warning(report.Before == Verdict.OK
        ? $"{name} is OK already; nothing was learned from it."
        : $"{name} is {VerdictText.Of(report.Before)}, but nothing in it is new; lower --novelty, or look at the limits.");

    private static IEnumerable<Line> Learned(string name, FeedbackEntry entry, FeedbackReport report)
    {
        yield return new($"{name}: {Plural.Of(entry.Patches, "new patch", "new patches")}, "
            + $"score {entry.ScoreBefore:F4} to {entry.ScoreAfter:F4}, {VerdictText.Of(report.Before)} to {VerdictText.Of(report.After)}");
        if (report.After != Verdict.OK)
            yield return Warning($"{name} is still {VerdictText.Of(report.After)}; lower --novelty to remember more of it.");
        foreach (ReferencePictureCheck lost in report.Checks.Where(check => check.IsLostDefect))
            yield return Warning($"the kept defect {lost.Name} is OK now: score {lost.Before:F4} to {lost.After:F4}.");
        ReferencePictureCheck[] known = [.. report.Checks.Where(check => check.IsGood)];
        if (known.Length == 0) yield break;
        yield return new($"  of {Plural.Of(known.Length, "kept good picture")} "
            + $"{known.Count(check => check.VerdictAfter != Verdict.OK)} are not OK, "
            + $"{known.Count(check => check.VerdictBefore != Verdict.OK)} before");
    }

    private static Line Warning(string text) => new(text, IsWarning: true);

    /// <summary>A line that is said when all went well.</summary>
    private readonly record struct Line(string Text, bool IsWarning = false);
}
