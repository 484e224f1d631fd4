using System.Diagnostics;
using System.Globalization;
using PromptAD.Evaluation;
using PromptAD.Pictures;

namespace PromptAD.Benchmarks.Pictures;

/// <summary>What training on a number of pictures costs and gives.</summary>
/// <param name="Seconds">Time on the clock, from opening the backbone to the saved detector.</param>
/// <param name="Gigabytes">The highest memory of the process.</param>
/// <param name="Megabytes">The detector's file.</param>
/// <param name="Milliseconds">A prediction: the median of some.</param>
/// <param name="Auroc">Image AUROC on drawn pictures, in percent.</param>
internal readonly record struct PictureCost(double Seconds, double Gigabytes, double Megabytes, double Milliseconds, double Auroc)
{
    public const string Command = "pictures-once";

    private const int Size = 256, Tested = 40;

    private static readonly Product Drawn = new(ProductKind.HeldOut[0], Seed: 5, Difficulty: 0.5);

    /// <summary>Measures in a process of its own, whose memory is that of this training alone.</summary>
    /// <param name="pictures">How many are learned from.</param>
    /// <param name="file">Where the detector is saved.</param>
    /// <param name="rows">The bound of the memory; null for the default.</param>
    public static PictureCost MeasureApart(int pictures, string file, int? rows = null)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardOutput = true };
        // Started by `dotnet`, the program is that one's argument.
        if (Path.GetFileNameWithoutExtension(start.FileName) == "dotnet") start.ArgumentList.Add(typeof(PictureCost).Assembly.Location);
        foreach (string argument in (string[])[Command, $"{pictures}", file, $"{rows ?? 0}"]) start.ArgumentList.Add(argument);
        using Process process = Process.Start(start)!;
        string[] lines = process.StandardOutput.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        process.WaitForExit();
        if (process.ExitCode != 0) throw new InvalidOperationException($"Training on {pictures} pictures ended with {process.ExitCode}.");
        double[] values = [.. lines[^1].Split(' ').Select(value => double.Parse(value, CultureInfo.InvariantCulture))];
        return new PictureCost(values[0], values[1], values[2], values[3], values[4]);
    }

    /// <summary>
    /// How long a prediction of two detectors takes, the best time of the first by that of the second. They take turns with the same pictures
    /// in one process, so that whatever else the machine does meets both.
    /// </summary>
    public static double Pace(string file, string other)
    {
        using var generator = new PictureGenerator(Size);
        using var store = new TemporaryStore();
        using AnomalyDetector first = AnomalyDetector.Load(file, store: store.Backbones);
        using AnomalyDetector second = AnomalyDetector.Load(other, store: store.Backbones);
        double[] times = new double[2 * Tested], others = new double[2 * Tested];
        for (int i = 0; i < times.Length; i++)
        {
            CameraFrame picture = Frame(generator.DrawClean(Drawn, 1_000_000 + (ulong)i).Rgb);
            times[i] = first.Predict(picture).Timings.Total.TotalMilliseconds;
            others[i] = second.Predict(picture).Timings.Total.TotalMilliseconds;
        }
        return times.Min() / others.Min();
    }

    /// <summary>Trains, predicts and prints the figures on one line.</summary>
    public static int Run(int pictures, string file, int? rows)
    {
        using var generator = new PictureGenerator(Size);
        byte[][] good = [.. Enumerable.Range(0, pictures).Select(i => generator.DrawClean(Drawn, (ulong)i).Rgb)];
        using var store = new TemporaryStore();
        long start = Stopwatch.GetTimestamp();
        using Backbone backbone = store.Backbones.Open();
        var trainer = new MemoryTrainer(backbone, Drawn.Kind.Name, new MemoryTrainingOptions { MemoryRows = rows });
        foreach (byte[] picture in good) trainer.AddGood(Frame(picture));
        using AnomalyDetector detector = trainer.Train();
        detector.Save(file);
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        (double milliseconds, double auroc) = Judge(detector, generator);
        using Process own = Process.GetCurrentProcess();
        Console.WriteLine(FormattableString.Invariant(
            $"{seconds} {own.PeakWorkingSet64 / 1e9} {new FileInfo(file).Length / 1e6} {milliseconds} {auroc}"));
        return 0;
    }

    private static (double Milliseconds, double Auroc) Judge(AnomalyDetector detector, PictureGenerator generator)
    {
        double[] scores = new double[2 * Tested], times = new double[2 * Tested];
        bool[] defective = new bool[2 * Tested];
        for (int i = 0; i < Tested; i++)
        {
            DefectivePair pair = generator.DrawPair(Drawn, 1_000_000 + (ulong)i);
            foreach ((int j, DrawnPicture picture) in ((DrawnPicture[])[pair.Clean, pair.Defective]).Index())
            {
                Prediction found = detector.Predict(Frame(picture.Rgb));
                scores[(2 * i) + j] = found.Score;
                defective[(2 * i) + j] = j == 1;
                times[(2 * i) + j] = found.Timings.Total.TotalMilliseconds;
            }
        }
        Array.Sort(times);
        return (times[Tested], 100 * RankingMetrics.Measure(scores, defective).Auroc);
    }

    private static CameraFrame Frame(byte[] rgb) => new(rgb, Size, Size, PixelFormat.Rgb24);

    /// <summary>A backbone store that goes again.</summary>
    private sealed class TemporaryStore : IDisposable
    {
        private readonly string folder = Directory.CreateTempSubdirectory("promptad-bench-").FullName;

        public TemporaryStore() => Backbones = new BackboneStore(folder);

        public BackboneStore Backbones { get; }

        public void Dispose() => Directory.Delete(folder, recursive: true);
    }
}
