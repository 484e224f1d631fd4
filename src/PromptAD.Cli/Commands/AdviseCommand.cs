using System.CommandLine;
using PromptAD.Evaluation;
using PromptAD.Training;

namespace PromptAD.Cli.Commands;

/// <summary><c>promptad advise</c>: measures on good pictures which to learn from and which options help.</summary>
internal sealed class AdviseCommand
{
    private const string Poses = "poses", Tiles = "tiles", Shifts = "shifts", None = "none";
    private static readonly AdviceOptions Usual = new();
    private readonly Terminal terminal;
    private readonly Argument<string[]> pictures = new("pictures")
    {
        Description = "Pictures of good parts, at least four: files, folders or patterns.",
        Arity = ArgumentArity.OneOrMore,
    };

    private readonly Option<string> objectName = CommonOptions.ObjectName(Usual.ObjectName);

    private readonly Option<string> shots = new("--shots")
    {
        Description = "Numbers of pictures to learn from that are tried.",
        DefaultValueFactory = _ => string.Join(',', Usual.Shots),
        HelpName = "1,2,4",
    };

    private readonly Option<string> tried = new("--options")
    {
        Description = "What is tried beside plain training with the most shots: quarter turns in the memory, tiles, the pictures moved by "
            + "half a patch in the memory.",
        DefaultValueFactory = _ => $"{Poses},{Tiles},{Shifts}",
        HelpName = $"{Poses},{Tiles},{Shifts}|{None}",
    };

    private readonly Option<int> most = new("--most")
    {
        Description = "The most pictures that are looked at; of more, so many are drawn by the seed. Bounds the time.",
        DefaultValueFactory = _ => Usual.Most,
        HelpName = "n",
    };

    private readonly Option<int> seed = CommonOptions.Seed();

    private readonly Option<ResultFormat> format = CommonOptions.Format<ResultFormat>();

    private readonly Option<string?> output = new("--output", "-o")
    {
        Description = "A file for the advice, in the format asked for. Default: standard output.",
        HelpName = "file",
    };

    private readonly Option<bool> force = new("--force") { Description = "Replace a file that is there." };
    private readonly Option<string?> backbone = CommonOptions.Backbone();
    private readonly Option<string?> store = CommonOptions.Store();
    private readonly Option<int> threads = CommonOptions.Threads();
    private readonly Option<ExecutionProvider> provider = CommonOptions.Provider();
    private readonly Option<long?> pixelLimit = CommonOptions.MaxPicturePixels();
    private readonly Option<int?> bits = CommonOptions.Bits();

    private AdviseCommand(Terminal terminal) => this.terminal = terminal;

    public static Command Create(Terminal terminal)
    {
        var advise = new AdviseCommand(terminal);
        var command = new Command(
            "advise",
            "Estimates from your good pictures, with defects painted into copies, which pictures to learn from and which options help at "
            + "which cost. Painted defects are not your defects: it ranks options and promises nothing.")
        {
            advise.pictures, advise.objectName, advise.shots, advise.tried, advise.most, advise.seed, advise.format, advise.output,
            advise.force, advise.backbone, advise.store, advise.threads, advise.provider, advise.pixelLimit, advise.bits,
        };
        advise.pictures.Validators.Add(CommonOptions.CheckPaths);
        advise.output.Validators.Add(CommonOptions.CheckPaths);
        advise.most.AcceptBetween(AdviceOptions.LeastPictures, AdviceOptions.LargestMost);
        command.SetAction((parsed, cancellation) => Task.Run(() => advise.Run(parsed, cancellation)));
        return command;
    }

    private int Run(ParseResult parsed, CancellationToken cancellation)
    {
        AdviceOptions options = ReadOptions(parsed);
        string[] paths = [.. PicturePaths.Expand(parsed.GetRequiredValue(pictures), terminal).Select(picture => picture.Path)];
        string? file = parsed.GetValue(output);
        if (file is not null)
        {
            OutputFile.KeepInputs(file, paths);
            OutputFolder.CheckFor(file, "the advice", "advice.txt");
            OutputFile.KeepAll(file, parsed.GetValue(force));
        }
        var backbones = new BackboneStore(parsed.GetValue(store));
        string id = CommonOptions.ChooseBackbone(backbones, parsed.GetValue(backbone), terminal);
        var encoder = new EncoderOptions { Threads = parsed.GetValue(threads), Provider = parsed.GetValue(provider) };
        using Backbone opened = backbones.Open(id, encoder);
        CommonOptions.WarnIfGenerated(terminal, opened.IsGenerated);
        if (paths.Length > options.Most)
            terminal.Say($"Looking at {options.Most} of {paths.Length} pictures, drawn with seed {options.Seed}; --most changes how many");

        TimeSpan time = Advisor.EstimateTime(opened, paths, options, cancellation);
        terminal.Say($"Comparing the pictures and trying options takes about {RoughTime(time)}; Ctrl+C stops it");
        Advice advice = terminal.WithProgress("Comparing pictures", progress => Advisor.Run(
            opened, paths, options,
            new SynchronousProgress<AdviceProgress>(state => progress.Report(new WorkProgress(state.Fraction, Describe(state)))),
            cancellation));
        var train = new TrainCommandLine(
            options.ObjectName, options.Seed, parsed.GetValue(pixelLimit), parsed.GetValue(bits), parsed.GetValue(backbone),
            parsed.GetValue(store));
        new AdviceOutput(advice, train).Write(parsed.GetValue(format), file, terminal);
        if (file is not null) terminal.Say($"Advice: {file}");
        return ExitCode.Success;
    }

    private static string RoughTime(TimeSpan time) => time.TotalSeconds < 90
        ? $"{Math.Max(10, Math.Round(time.TotalSeconds / 10) * 10):0} s"
        : $"{Math.Round(time.TotalMinutes):0} min";

    private static string Describe(AdviceProgress state) =>
        state.Variant is { } variant ? $"Trying {AdviceOutput.NameOf(variant)}" : "Comparing pictures";

    private AdviceOptions ReadOptions(ParseResult parsed)
    {
        string[] wanted = CommonOptions.Split(parsed.GetRequiredValue(tried)), known = [Poses, Tiles, Shifts];
        if (wanted is not [None] && (wanted.Length == 0 || wanted.Except(known).Any()))
        {
            throw new PromptADException(
                Problem.InvalidArgument,
                $"--options is '{parsed.GetRequiredValue(tried)}'; give {Poses}, {Tiles} and {Shifts} with commas, or {None}.");
        }
        TrainingOptions training = TrainingOptions.Recommended;
        PreprocessingOptions preprocessing = training.Preprocessing;
        return new AdviceOptions
        {
            Shots = CommonOptions.ReadShots(parsed.GetRequiredValue(shots)),
            Most = parsed.GetValue(most),
            Seed = parsed.GetValue(seed),
            ObjectName = parsed.GetRequiredValue(objectName),
            TriesPoses = wanted.Contains(Poses),
            TriesTiles = wanted.Contains(Tiles),
            TriesMemoryShifts = wanted.Contains(Shifts),
            Training = training with
            {
                Preprocessing = preprocessing with
                {
                    MaxPicturePixels = parsed.GetValue(pixelLimit) ?? preprocessing.MaxPicturePixels,
                    SignificantBits = parsed.GetValue(bits),
                },
            },
        };
    }
}
