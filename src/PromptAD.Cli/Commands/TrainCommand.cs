using System.CommandLine;
using PromptAD.Detectors;
using PromptAD.Training;
using PromptAD.Wording;

namespace PromptAD.Cli.Commands;

/// <summary><c>promptad train</c>: learns a detector from pictures of good parts.</summary>
internal sealed class TrainCommand
{
    private const int MostNames = 20; // in one line

    private readonly Terminal terminal;
    private readonly Option<string[]> good = new("--good")
    {
        Description = "Pictures of good parts, of at least 8 x 8 pixels: files, folders or patterns.",
        Required = true,
        AllowMultipleArgumentsPerToken = true,
        HelpName = "files|folder",
    };

    private readonly Option<string> objectName = CommonOptions.ObjectName();

    private readonly Option<string[]> defects = new("--defect")
    {
        Description = "A defect in words, such as \"scratch\" or \"{} with bent edge\"; may be given several times.",
        HelpName = "words",
    };

    private readonly Option<int?> shots = new("--shots")
    {
        Description = "How many of the pictures to learn from, drawn by the seed; the others are left for calibrate. Default: all.",
        HelpName = "k",
        CustomParser = NumberParser.OfOptional<int>("of at least 1"),
    };

    private readonly Option<int> seed = CommonOptions.Seed();

    private readonly Option<string> output = new("--output", "-o")
    {
        Description = "The detector file to write.",
        Required = true,
        HelpName = "file",
    };

    private readonly Option<bool> force = new("--force")
    {
        Description = "Replace a file that is no detector, or a detector that was calibrated, has learned from feedback or keeps pictures "
            + "of defects.",
    };

    private readonly Option<string?> backbone = CommonOptions.Backbone();
    private readonly Option<string?> store = CommonOptions.Store();
    private readonly Option<int> threads = CommonOptions.Threads();
    private readonly Option<ExecutionProvider> provider = CommonOptions.Provider();
    private readonly MethodOptions method = new();
    private readonly MemoryOptionSet memory = new();
    private readonly LimitOptionSet limits = new();
    private readonly MaskOptions mask = new();
    private readonly PoseOptionSet poses = new();
    private readonly TileOption tiles = new();

    private TrainCommand(Terminal terminal) => this.terminal = terminal;

    public static Command Create(Terminal terminal)
    {
        var train = new TrainCommand(terminal);
        var command = new Command("train", "Learns a detector from pictures of good parts.")
        {
            train.good, train.objectName, train.defects, train.shots, train.seed, train.output,
            train.force, train.backbone, train.store, train.threads, train.provider,
        };
        train.memory.AddTo(command);
        train.method.AddTo(command);
        train.limits.AddTo(command);
        train.mask.AddTo(command);
        train.poses.AddTo(command);
        train.tiles.AddTo(command);
        train.good.Validators.Add(CommonOptions.CheckPaths);
        train.output.Validators.Add(CommonOptions.CheckPaths);
        command.SetAction((parsed, cancellation) => Task.Run(() => train.Run(parsed, cancellation)));
        return command;
    }

    private int Run(ParseResult parsed, CancellationToken cancellation)
    {
        string file = parsed.GetRequiredValue(output);
        TrainingOptions options = memory.Change(parsed, method.Read(parsed, parsed.GetValue(seed))) with
        {
            Limits = limits.Read(parsed, new LimitOptions()),
            Poses = poses.Read(parsed),
            Tiles = tiles.Read(parsed),
        };
        IReadOnlyList<PicturePath> given = PicturePaths.Expand(parsed.GetRequiredValue(good), terminal);
        OutputFile.KeepInputs(file, [.. given.Select(picture => picture.Path), .. mask.Files(parsed)]);
        FileContent before = OutputFile.ContentOf(file);
        OutputFile.KeepWhatWasTaught(file, parsed.GetValue(force));
        PicturePath[] pictures = Draw(given, parsed.GetValue(shots), options.Seed);
        var backbones = new BackboneStore(parsed.GetValue(store));
        string backboneId = CommonOptions.ChooseBackbone(backbones, parsed.GetValue(backbone), terminal);
        var encoder = new EncoderOptions { Threads = parsed.GetValue(threads), Provider = parsed.GetValue(provider) };
        using Backbone words = backbones.Open(backboneId, encoder);
        using Backbone? other = memory.OpenOther(parsed, backbones, encoder);
        using Backbone opened = other is null ? words : words.WithMemoryOf(other);
        Learner trainer = Begin(parsed, opened, options, pictures[0].Path);
        OutputFolder.CheckFor(file, "the detector", "part.promptad");
        ScoringOptions scoring = options.Scoring.For(opened);
        OutputFolder.CheckSpaceFor(file, "the detector", memory.BytesOf(parsed, pictures.Length, opened, scoring));

        CommonOptions.WarnIfGenerated(terminal, opened.IsGenerated);
        CommonOptions.WarnIfSlow(terminal, opened.Precision, encoder.Provider);
        string taken = pictures.Length < given.Count
            ? $"{pictures.Length} of {given.Count} pictures, drawn with seed {options.Seed}"
            : Plural.Of(pictures.Length, "picture");
        string more = pictures.Length > MostNames ? $" and {pictures.Length - MostNames} more" : "";
        terminal.Say($"Learning from {taken}: "
            + $"{string.Join(", ", pictures.Take(MostNames).Select(picture => picture.Path))}{more}");
        using AnomalyDetector detector = Train(trainer, pictures, out IReadOnlyList<string> repeated, cancellation);
        if (repeated.Count > 0)
        {
            bool isOne = repeated.Count == 1;
            terminal.Warn($"{repeated.Count} of {pictures.Length} pictures {(isOne ? "is" : "are")} the same as one before and "
                + $"{(isOne ? "does" : "do")} not count: {string.Join(", ", repeated)}. Give pictures of other good parts.");
        }
        foreach (Diagnostic warning in trainer.Warnings()) terminal.Warn(warning);
        detector.Save(file, before);
        LimitTable.Say(detector.Limits!, terminal);
        foreach (string warning in detector.LimitWarnings) terminal.Warn(warning);
        DetectorInfo info = detector.Info;
        if (info.WordWeights is { } weights)
            terminal.Say($"{Capital(ScoringText.Words(info.Scoring))}, found from {weights.Copies} painted copies.");
        if (!info.Scoring.CountsWords() && parsed.GetValue(defects) is { Length: > 0 })
            terminal.Warn("words weigh nothing for this product, so --defect changes no score; --text-weight 0.5 lets them count.");
        terminal.Say($"Learned '{info.ObjectName}' from {Plural.Of(info.Shots, "picture")} with backbone {opened.Id}: {file}");
        return ExitCode.Success;
    }

    private static string Capital(string sentence) => char.ToUpperInvariant(sentence[0]) + sentence[1..];

    private Learner Begin(ParseResult parsed, Backbone opened, TrainingOptions options, string first)
    {
        string name = parsed.GetRequiredValue(objectName);
        PictureMask? inspected = mask.Read(parsed, first, options.Preprocessing.MaxPicturePixels);
        if (memory.IsAlone(parsed))
        {
            if (parsed.GetValue(defects) is { Length: > 0 } || method.HasStates(parsed))
            {
                throw new PromptADException(
                    Problem.InvalidArgument, "--memory-only learns no words; leave out --defect and --category, or --memory-only.");
            }
            return Learner.Of(new MemoryTrainer(opened, name, options.ToMemory()) { Mask = inspected });
        }
        var trainer = new PromptTrainer(opened, name, options) { Mask = inspected };
        method.AddStates(parsed, trainer);
        foreach (string defect in parsed.GetValue(defects) ?? []) trainer.AddState(defect);
        return Learner.Of(trainer);
    }

    private AnomalyDetector Train(
        Learner trainer, PicturePath[] pictures, out IReadOnlyList<string> repeated, CancellationToken cancellation)
    {
        var same = new List<string>();
        repeated = same;
        return terminal.WithProgress("Encoding pictures", progress =>
        {
            foreach ((int i, PicturePath picture) in pictures.Index())
            {
                if (!trainer.AddGood(picture.Path, cancellation)) same.Add(picture.Path);
                progress.Report(new WorkProgress((i + 1.0) / pictures.Length, "Encoding pictures"));
            }
            return trainer.Train(progress, cancellation);
        });
    }

    /// <summary>k pictures drawn by the seed; the same seed draws the same pictures from the same folder.</summary>
    private static PicturePath[] Draw(IReadOnlyList<PicturePath> pictures, int? asked, int seed)
    {
        int count = asked ?? pictures.Count;
        if (count < 1) throw new PromptADException(Problem.OutOfRange, $"--shots is {count}; it must be at least 1.");
        if (count > pictures.Count)
        {
            throw new PromptADException(
                Problem.InvalidArgument, $"--shots is {count}, but only {Plural.Of(pictures.Count, "picture")} of good parts "
                + $"{(pictures.Count == 1 ? "was" : "were")} given; "
                + "give more pictures or a smaller --shots.");
        }
        PicturePath[] shuffled = [.. pictures];
        if (count < pictures.Count) new Random(seed).Shuffle(shuffled);
        return [.. shuffled.Take(count)];
    }
}
