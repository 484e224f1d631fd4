using System.Diagnostics;
using System.Globalization;
using PromptAD.Training;

namespace PromptAD.Benchmarks.Training;

/// <summary>What a training cost, from opening the backbone to the detector.</summary>
/// <param name="Seconds">Time on the clock.</param>
/// <param name="Gigabytes">The highest memory of the process, code, weights and all.</param>
internal readonly record struct TrainingCost(double Seconds, double Gigabytes);

/// <summary>A whole training of one picture, in a process of its own: its memory is not that of other measurements.</summary>
internal static class WholeTraining
{
    public const string Command = "train-once";

    /// <summary>Starts this program again for it.</summary>
    public static TrainingCost MeasureApart(BackboneStore store, string id)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardOutput = true };
        // Started by `dotnet`, the program is that one's argument.
        if (Path.GetFileNameWithoutExtension(start.FileName) == "dotnet") start.ArgumentList.Add(typeof(WholeTraining).Assembly.Location);
        foreach (string argument in (string[])[Command, store.Folder, id]) start.ArgumentList.Add(argument);
        using Process process = Process.Start(start)!;
        string[] numbers = process.StandardOutput.ReadToEnd().Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        process.WaitForExit();
        if (process.ExitCode != 0) throw new InvalidOperationException($"The training ended with {process.ExitCode}.");
        return new TrainingCost(
            double.Parse(numbers[0], CultureInfo.InvariantCulture), double.Parse(numbers[1], CultureInfo.InvariantCulture));
    }

    /// <summary>Trains and prints seconds and gigabytes.</summary>
    public static int Run(string store, string id)
    {
        long start = Stopwatch.GetTimestamp();
        using (Backbone backbone = new BackboneStore(store).Open(id))
        {
            var trainer = new PromptTrainer(backbone, EpochCost.ObjectName);
            foreach (string state in PublishedPrompts.StatesOf(EpochCost.ObjectName)) trainer.AddState(state);
            var pixels = new byte[1024 * 1024 * 3];
            new Random(1).NextBytes(pixels);
            trainer.AddGood(new CameraFrame(pixels, 1024, 1024, PixelFormat.Rgb24));
            trainer.Train().Dispose();
        }
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        using Process own = Process.GetCurrentProcess();
        Console.WriteLine(FormattableString.Invariant($"{seconds} {own.PeakWorkingSet64 / 1e9}"));
        return 0;
    }
}
