using System.CommandLine;
using System.CommandLine.Parsing;
using Spectre.Console;

namespace PromptAD.Cli.Commands;

/// <summary><c>promptad backbone</c>: brings backbones into the store and looks after them.</summary>
internal sealed class BackboneCommand
{
    private readonly Terminal terminal;
    private readonly Option<string?> store = CommonOptions.Store();
    private readonly Option<string> configuration = new("--config")
    {
        Description = "A name of open_clip's plain ViT family or of DINOv2, such as dinov2_vits14, or a JSON file with a configuration; "
            + "dinov2 for the DINOv2 whose shapes the checkpoint has.",
        Required = true,
        HelpName = "name|json",
    };

    private readonly Option<string?> vocabulary = new("--vocabulary")
    {
        Description = "CLIP: the merges the text tower was trained with: CLIP's file, merges.txt or tokenizer.json. Default: CLIP's own.",
        HelpName = "file",
    };

    private readonly Option<string?> name = new("--name")
    {
        Description = "The backbone's name in the store. Default: the configuration's.",
        HelpName = "id",
    };

    private readonly Option<InputShape?> inputSize = new("--input-size")
    {
        Description = "DINOv2: the side of the pictures that it reads, or width x height such as 518x266, each a multiple of its patch. "
            + "Default: the configuration's, 518.",
        HelpName = "pixels",
        CustomParser = InputShape.Parse,
    };

    private readonly Option<MemoryTapPoint?> memoryPoint = new("--memory-point")
    {
        Description = "CLIP, Q1: take the memory bank's features after a block's attention (published) or at its output.",
    };

    private readonly Option<BackbonePrecision> precision = new("--precision")
    {
        Description = "float32; int8: a quarter of the size, faster on processors with 8-bit dot products, other scores; "
            + "float16: for accelerators alone, it does not pay on a processor.",
        DefaultValueFactory = _ => BackbonePrecision.Float32,
    };

    private readonly Option<bool> force = new("--force") { Description = "Replace a backbone of the same name." };

    private BackboneCommand(Terminal terminal) => this.terminal = terminal;

    public static Command Create(Terminal terminal)
    {
        var backbone = new BackboneCommand(terminal);
        var command = new Command("backbone", "Brings backbones into the store and looks after them.")
        {
            backbone.Pull(), backbone.Import(), backbone.Generate(), backbone.List(), backbone.Info(), backbone.Remove(),
        };
        backbone.store.Recursive = true;
        backbone.vocabulary.Validators.Add(CommonOptions.CheckPaths);
        backbone.memoryPoint.AcceptOnlyNames();
        backbone.precision.AcceptOnlyNames();
        command.Add(backbone.store);
        return command;
    }

    private Command Pull()
    {
        var model = new Argument<string>("name")
        {
            Description = "ViT-B-16-plus-240 (recommended), ViT-B-16, or a DINOv2, which knows no words: dinov2_vits14, dinov2_vitb14, "
                + "dinov2_vitl14, dinov2_vitg14, each also with _reg.",
        };
        var address = new Option<Uri?>("--url")
        {
            Description = "Another address of the checkpoint, such as a mirror inside a company.",
            HelpName = "address",
            CustomParser = ParseAddress,
        };
        var hash = new Option<string?>("--sha256")
        {
            Description = "The checkpoint's SHA-256, or its start. Default: what was published.",
            HelpName = "hex",
        };
        var command = new Command(
            "pull", "Downloads published weights (CLIP: LAION-400M, epoch 32), checks their hash if one is published, and imports them.")
        {
            model, address, hash, vocabulary, name, inputSize, memoryPoint, precision, force,
        };
        command.SetAction((parsed, cancellation) =>
        {
            var options = new BackbonePullOptions
            {
                Address = parsed.GetValue(address),
                Sha256 = parsed.GetValue(hash),
                Import = ImportOptions(parsed),
            };
            return Task.Run(() => Report(parsed, "Downloading", (backbones, progress) =>
                backbones.PullAsync(parsed.GetRequiredValue(model), options, progress, cancellation).GetAwaiter().GetResult()));
        });
        return command;
    }

    private static Uri? ParseAddress(ArgumentResult result)
    {
        string given = result.Tokens[0].Value;
        bool web = Uri.TryCreate(given, UriKind.Absolute, out Uri? address) && address.Scheme is ("https" or "http");
        if (!web) result.AddError($"--url is '{given}'; give a whole address, such as https://models.example/clip.pt.");
        return web ? address : null;
    }

    private Command Import()
    {
        var checkpoint = new Argument<string>("checkpoint") { Description = "safetensors or PyTorch file; nothing in it is ever run." };
        checkpoint.Validators.Add(CommonOptions.CheckPaths);
        var command = new Command("import", "Turns a checkpoint into a backbone.")
        {
            checkpoint, configuration, vocabulary, name, inputSize, memoryPoint, precision, force,
        };
        command.SetAction((parsed, cancellation) => Task.Run(() => Report(parsed, "Importing", (backbones, progress) => backbones.Import(
            parsed.GetRequiredValue(checkpoint), parsed.GetRequiredValue(configuration), ImportOptions(parsed), progress, cancellation))));
        return command;
    }

    private Command Generate()
    {
        var checkpoint = new Option<string?>("--checkpoint")
        {
            Description = "Write the weights to this safetensors file, in open_clip's or Meta's names, instead of into the store.",
            HelpName = "file",
        };
        checkpoint.Validators.Add(CommonOptions.CheckPaths);
        var command = new Command("generate", "Makes a backbone with weights by rule, for trying things out: it knows nothing of pictures.")
        {
            configuration, vocabulary, name, inputSize, memoryPoint, precision, force, checkpoint,
        };
        command.SetAction((parsed, cancellation) => Task.Run(() => parsed.GetValue(checkpoint) is { } file
            ? GenerateCheckpoint(parsed.GetRequiredValue(configuration), file, cancellation)
            : Report(parsed, "Generating", (backbones, progress) =>
                backbones.Generate(parsed.GetRequiredValue(configuration), ImportOptions(parsed), progress, cancellation))));
        return command;
    }

    private int GenerateCheckpoint(string configuration, string file, CancellationToken cancellation)
    {
        if (File.Exists(configuration)) OutputFile.KeepInputs(file, [configuration]);
        int tensors = terminal.WithProgress("Generating", progress => BackboneStore.GenerateCheckpoint(
            configuration, file,
            new SynchronousProgress<BackboneProgress>(state => progress.Report(new WorkProgress(state.Fraction))), cancellation));
        terminal.Say($"Wrote {tensors} tensors by rule: {file}");
        return ExitCode.Success;
    }

    private Command List()
    {
        var command = new Command("list", "Lists the backbones in the store.");
        command.SetAction(parsed =>
        {
            BackboneStore backbones = Store(parsed);
            var table = new Table { Border = TableBorder.Simple };
            foreach (string title in (string[])["id", "image", "weights", "MB", "hash"]) table.AddColumn(new TableColumn(title).NoWrap());
            table.AddColumn("source");
            IReadOnlyList<BackboneInfo> all = backbones.List();
            foreach (BackboneInfo info in all)
            {
                string[] cells =
                [
                    info.Id, $"{info.ImageSize} px", $"{info.ParameterCount / 1e6:F1} M", $"{info.Size / 1e6:F0}",
                    info.Hash[..12], info.Source,
                ];
                table.AddRow([.. cells.Select(cell => Markup.Escape(Terminal.OneLine(cell)))]);
            }
            if (all.Count == 0) terminal.Say($"The store '{backbones.Folder}' is empty.");
            else terminal.Results.Write(table);
        });
        return command;
    }

    private Command Info()
    {
        var id = new Argument<string>("id") { Description = "The backbone's name in the store." };
        var command = new Command("info", "Shows a backbone and compares its files with what was imported.") { id };
        command.SetAction(parsed =>
        {
            BackboneStore backbones = Store(parsed);
            BackboneInfo info = backbones.Info(parsed.GetRequiredValue(id));
            Show(info);
            IReadOnlyList<string> problems = backbones.Check(info.Id);
            if (problems.Count == 0)
            {
                terminal.Print("files       all as imported");
                return ExitCode.Success;
            }
            terminal.Error($"backbone '{info.Id}' is damaged; remove it and import it again:");
            foreach (string problem in problems) terminal.Say($"  {problem}");
            return ExitCode.Failure;
        });
        return command;
    }

    private Command Remove()
    {
        var id = new Argument<string>("id") { Description = "The backbone's name in the store." };
        var command = new Command("remove", "Deletes a backbone from the store.") { id };
        command.SetAction(parsed =>
        {
            string removed = parsed.GetRequiredValue(id);
            Store(parsed).Remove(removed);
            terminal.Say($"Removed '{removed}'.");
        });
        return command;
    }

    private int Report(ParseResult parsed, string title, Func<BackboneStore, IProgress<BackboneProgress>, BackboneInfo> work)
    {
        BackboneStore backbones = Store(parsed);
        BackboneInfo info = terminal.WithProgress(title, progress => work(
            backbones,
            new SynchronousProgress<BackboneProgress>(state => progress.Report(new WorkProgress(state.Fraction, state.Step)))));
        CommonOptions.WarnIfGenerated(terminal, info.IsGenerated);
        CommonOptions.WarnIfSlow(terminal, parsed.GetValue(precision));
        Show(info);
        return ExitCode.Success;
    }

    private void Show(BackboneInfo info)
    {
        terminal.Print($"id          {info.Id}");
        terminal.Print($"hash        {info.Hash}");
        terminal.Print($"weights     {info.ParameterCount:N0}, {info.Precision.ToString().ToLowerInvariant()}");
        terminal.Print($"image       {info.ImageSize} px, patches of {info.PatchSize} px");
        if (!info.HasTextTower) terminal.Print("words       none: it has no text tower");
        terminal.Print($"source      {info.Source}");
        terminal.Print($"created     {info.Created:u}");
        terminal.Print($"folder      {info.Folder} ({info.Size / 1e6:F0} MB)");
    }

    private BackboneStore Store(ParseResult parsed) => new(parsed.GetValue(store));

    private BackboneImportOptions ImportOptions(ParseResult parsed) => new()
    {
        Id = parsed.GetValue(name),
        Vocabulary = parsed.GetValue(vocabulary),
        InputSize = parsed.GetValue(inputSize)?.Width,
        InputHeight = parsed.GetValue(inputSize)?.Height,
        MemoryPoint = parsed.GetValue(memoryPoint),
        Precision = parsed.GetValue(precision),
        Overwrite = parsed.GetValue(force),
    };
}
