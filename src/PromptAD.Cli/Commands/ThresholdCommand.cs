using System.CommandLine;
using PromptAD.Decisions;
using PromptAD.Wording;

namespace PromptAD.Cli.Commands;

/// <summary>
/// <c>promptad threshold</c>: shows, moves and explains the limits of a detector; needs neither pictures nor the backbone.
/// </summary>
internal sealed class ThresholdCommand
{
    private readonly Terminal terminal;
    private readonly Argument<string> detectorFile = new("detector") { Description = "The detector file." };
    private readonly LimitOptionSet limits = new();

    private ThresholdCommand(Terminal terminal)
    {
        this.terminal = terminal;
        detectorFile.Validators.Add(CommonOptions.CheckPaths);
    }

    public static Command Create(Terminal terminal)
    {
        var threshold = new ThresholdCommand(terminal);
        var show = new Command("show", "Shows the limits.") { threshold.detectorFile };
        show.SetAction(parsed => threshold.Show(threshold.Load(parsed)));
        var set = new Command("set", "Moves limits, without pictures and without training; those not named stay as they "
            + "are.") { threshold.detectorFile };
        threshold.limits.AddTo(set);
        set.SetAction(threshold.Set);
        var explain = new Command("explain", "Shows the scores of good pictures as a histogram, and what the limits "
            + "promise.") { threshold.detectorFile };
        explain.SetAction(parsed => threshold.Explain(threshold.Load(parsed)));
        return new Command("threshold", "Shows, moves and explains the limits between OK, REVIEW and NG.") { show, set, explain };
    }

    private Detector Load(ParseResult parsed)
    {
        string file = parsed.GetRequiredValue(detectorFile);
        Detector detector = Detector.Load(file);
        if (detector.Limits is not null) return detector;
        throw new PromptADException(
            Problem.NotCalibrated,
            $"Detector '{file}' has no limits. Find them with 'promptad calibrate {file} --good <further pictures of good parts>'.");
    }

    private void Show(Detector detector)
    {
        LimitTable.Print(detector.Limits!, terminal);
        foreach (string warning in detector.LimitWarnings) terminal.Warn(warning);
    }

    private int Set(ParseResult parsed)
    {
        string path = parsed.GetRequiredValue(detectorFile);
        if (!limits.AreGiven(parsed))
            throw new PromptADException(
                Problem.InvalidArgument,
                "No limit was given; move one with --review-rate, --ng-rate, --pixel-rate, --review-score, "
                + "--ng-score, --pixel-score or --min-area.");
        DetectorFile file = DetectorFile.Open(path);
        Detector detector = file.Detector;
        LimitOptions options = limits.Read(parsed, LimitOptions.Of(detector.Limits));
        options.Validate();
        bool areGiven = options is { ReviewScore: not null, NGScore: not null, PixelScore: not null };
        if (!areGiven && detector.GoodScores.ForFit.Count == 0)
        {
            throw new PromptADException(
                Problem.NotCalibrated,
                $"Detector '{path}' has no scores of good pictures to find a limit from. Give all of --review-score, --ng-score and "
                + $"--pixel-score, or find limits with 'promptad calibrate {path} --good <further pictures of good parts>'.");
        }
        file.Save(detector.WithLimits(options));
        Show(file.Detector);
        return ExitCode.Success;
    }

    private void Explain(Detector detector)
    {
        Limits known = detector.Limits!;
        GoodScores good = detector.GoodScores;
        LimitTable.Print(known, terminal);
        IReadOnlyList<GoodScore> shown = good.ForFit;
        if (shown.Count == 0) terminal.Print("The limits were set by hand; no scores of good pictures are known.");
        else ExplainScores(good, shown, known);
        foreach (string warning in detector.LimitWarnings) terminal.Warn(warning);
    }

    private void ExplainScores(GoodScores good, IReadOnlyList<GoodScore> shown, Limits known)
    {
        int further = good.Further.Count, sources = good.Shots.Select(score => score.Source).Distinct().Count();
        terminal.Print(further == 0
            ? $"Scores of {Plural.Of(sources, "picture")} learned from and of {Plural.Of(shown.Count - sources, "gentle variation")}, "
                + "each without its own memory:"
            : $"Scores of {Plural.Of(further, "good picture")} that {(further == 1 ? "was" : "were")} not learned from:");
        (string Name, float Score)[] marks = [("review", known.Review.Score), ("NG", known.NG.Score)];
        LimitTable.PrintHistogram([.. shown.Select(score => score.Score)], marks, terminal);
        terminal.Print("The highest map values of the same pictures:");
        LimitTable.PrintHistogram([.. shown.Select(score => score.Peak)], [("pixel", known.Pixel.Score)], terminal);
        foreach ((string name, Limit limit) in LimitTable.Named(known))
        {
            if (limit is not { Basis: LimitBasis.Guaranteed, Rate: { } rate }) continue;
            int count = good.Further.Count, rank = ConformalLimit.RankFor(count, rate);
            terminal.Print($"{name}: the {(rank == count ? "highest" : $"{Ordinal(rank)} smallest")} of {count} scores, so at most "
                + $"{VerdictText.Percent(rate)} of good "
                + $"parts lie above, on average over calibrations; in 9 of 10 calibrations it is below "
                + $"{VerdictText.Percent(Math.Round(ConformalLimit.RateBelow(count, rate, 0.9), 3))}.");
        }
    }

    private static string Ordinal(int number) => (number % 100, number % 10) switch
    {
        (11 or 12 or 13, _) => $"{number}th",
        (_, 1) => $"{number}st",
        (_, 2) => $"{number}nd",
        (_, 3) => $"{number}rd",
        _ => $"{number}th",
    };
}
