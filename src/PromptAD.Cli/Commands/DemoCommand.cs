using System.CommandLine;
using PromptAD.Evaluation;
using PromptAD.Evaluation.Reports;
using PromptAD.Imaging;
using PromptAD.Pictures;
using PromptAD.Results;
using PromptAD.Training;

namespace PromptAD.Cli.Commands;

/// <summary><c>promptad demo</c>: the whole way on pictures that it draws, without any file of the user's.</summary>
internal sealed class DemoCommand
{
    private const int PictureSize = 400, GoodPictures = 12, DefectivePictures = 12, CalibrationPictures = 24;
    private const string DefaultProduct = "chequer-plate";
    private static readonly IReadOnlyList<string> Products = [.. ProductKind.HeldOut.Select(kind => kind.Name)];
    private readonly Terminal terminal;
    private readonly Option<string> output = new("--output", "-o")
    {
        Description = "Folder for the pictures, the detector, the overlays and the report.",
        DefaultValueFactory = _ => "promptad-demo",
        HelpName = "folder",
    };

    private readonly Option<string> product = new("--product")
    {
        Description = "What is drawn; the embedded backbone has seen none of these kinds.",
        DefaultValueFactory = _ => DefaultProduct,
        HelpName = string.Join('|', Products),
    };

    private readonly Option<int> seed = CommonOptions.Seed();

    private readonly Option<string?> backbone = CommonOptions.Backbone();
    private readonly Option<string?> store = CommonOptions.Store();

    private DemoCommand(Terminal terminal) => this.terminal = terminal;

    public static Command Create(Terminal terminal)
    {
        var demo = new DemoCommand(terminal);
        var command = new Command("demo", "Draws pictures of a product, learns from one, finds limits, judges others and measures itself.")
        {
            demo.output, demo.product, demo.seed, demo.backbone, demo.store,
        };
        demo.output.Validators.Add(CommonOptions.CheckPaths);
        demo.product.AcceptOnlyFromAmong([.. Products]);
        demo.seed.AcceptOnly<int>(value => value >= 0, "be at least 0");
        command.SetAction((parsed, cancellation) => Task.Run(() => demo.Run(parsed, cancellation)));
        return command;
    }

    private int Run(ParseResult parsed, CancellationToken cancellation)
    {
        string folder = parsed.GetRequiredValue(output), name = parsed.GetRequiredValue(product);
        int number = parsed.GetValue(seed);
        new PictureOutput(folder, MapFormat.None, null).CreateFolder();
        var backbones = new BackboneStore(parsed.GetValue(store));
        using Backbone opened = backbones.Open(CommonOptions.ChooseBackbone(backbones, parsed.GetValue(backbone), terminal));
        CommonOptions.WarnIfGenerated(terminal, opened.IsGenerated);

        terminal.Say($"Drawing a {name} to learn from, {CalibrationPictures} to find limits with, "
            + $"{GoodPictures} good ones and {DefectivePictures} with defects");
        var drawn = new Product(ProductKind.Find(name)!, (ulong)number, Difficulty: 0, InFixture: true);
        string[] good = DrawPictures(Path.Combine(folder, name), drawn, cancellation);
        var trainer = new PromptTrainer(opened, name.Replace('-', ' '), TrainingOptions.Recommended with { Seed = number });
        trainer.AddGood(good[0], cancellation);
        using AnomalyDetector detector = terminal.WithProgress("Learning prompts", progress => trainer.Train(
            new SynchronousProgress<TrainingProgress>(state => progress.Report(new WorkProgress(state.Fraction))), cancellation));
        terminal.WithProgress("Finding limits", progress => detector.Calibrate(
            CalibrateCommand.Judge(detector, good[1..], kept: 0, progress, cancellation), cancellation: cancellation));
        detector.Save(Path.Combine(folder, $"{name}.promptad"));

        PictureResult[] results = Judge(detector, folder, name, cancellation);
        ResultWriter.Write(ResultFormat.Table, results, detector.Info.Scoring.CountsWords(), terminal);
        Measure(detector, folder, name, cancellation);
        return ExitCode.Success;
    }

    /// <summary>Judges all test pictures and writes their heat maps.</summary>
    private PictureResult[] Judge(AnomalyDetector detector, string folder, string name, CancellationToken cancellation)
    {
        var overlays = new PictureOutput(Path.Combine(folder, "overlays"), MapFormat.Png, scale: null);
        IReadOnlyList<PicturePath> pictures = PicturePaths.Expand([Path.Combine(folder, name, "test")], terminal);
        return [.. PictureJudging.RunAsync(detector, pictures, overlays, cancellation).ToBlockingEnumerable(cancellation)];
    }

    private void Measure(AnomalyDetector detector, string folder, string name, CancellationToken cancellation)
    {
        (Dataset data, IReadOnlyList<string> warnings) =
            DatasetSelection.Open(Path.Combine(folder, name), DatasetLayout.Detect, [], learns: false, terminal, cancellation);
        RunResult result = terminal.WithProgress("Measuring", progress => DetectorEvaluation.Run(
            detector, data.Categories[0], new SynchronousProgress<double>(part => progress.Report(new WorkProgress(part))), cancellation));
        var facts = ReportFacts.Of(data, detector.Info, warnings, Environment.GetCommandLineArgs()[1..]);
        var report = new Report([result], facts);
        double highestGood = result.Pictures.Where(picture => picture.DefectType == TestPicture.Good).Max(picture => picture.Score);
        ScoredPicture[] defective = [.. result.Pictures.Where(picture => picture.DefectType != TestPicture.Good)];
        int above = defective.Count(picture => picture.Score > highestGood);
        terminal.Say($"{above} of {defective.Length} defective pictures score higher than every good one");
        ReportOutput.Write(report, folder, ReportFormat.Table, terminal);
        terminal.Say($"Pictures, detector and heat maps: {Path.GetFullPath(folder)}");
    }

    /// <summary>Draws a data set in MVTec AD's layout and returns the good pictures to learn from and to find limits with.</summary>
    private static string[] DrawPictures(string folder, Product drawn, CancellationToken cancellation)
    {
        if (Directory.Exists(folder)) RemoveDrawn(folder);
        using var generator = new PictureGenerator(PictureSize);
        var good = new List<string>();
        int train = 1 + CalibrationPictures;
        foreach ((string path, byte[] pixels) in DrawnDataset.Draw(generator, drawn, train, GoodPictures, DefectivePictures))
        {
            cancellation.ThrowIfCancellationRequested();
            PixelFormat format = pixels.Length == PictureSize * PictureSize ? PixelFormat.Gray8 : PixelFormat.Rgb24;
            string file = Path.Combine(folder, path);
            PictureEncoder.Save(new CameraFrame(pixels, PictureSize, PictureSize, format), file);
            if (good.Count < train) good.Add(file); // these come first
        }
        return [.. good];
    }

    /// <summary>Pictures of an earlier demo with another seed would be judged along; nothing else is touched.</summary>
    private static void RemoveDrawn(string folder)
    {
        foreach (string part in (string[])["train", "test", "ground_truth"])
        {
            string path = Path.Combine(folder, part);
            if (Directory.Exists(path)) Directory.Delete(path, recursive: true);
        }
    }
}
