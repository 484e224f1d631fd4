using System.ComponentModel;
using System.Diagnostics;
using PromptAD.Server.Operations;

namespace PromptAD.Server.Worker;

/// <summary>Learns words, too: with the program <c>promptad</c>, which has libtorch. The service itself never loads it.</summary>
internal static class WordTraining
{
    public static void Run(WorkerJob job, Action<WorkerLine> write, CancellationToken cancellation)
    {
        write(new WorkerLine { Progress = 0, Step = "learning words" });
        var start = new ProcessStartInfo(job.TrainingProgram) { RedirectStandardError = true, RedirectStandardOutput = true };
        foreach (string word in Arguments(job)) start.ArgumentList.Add(word);
        using Process process = Start(start);
        using CancellationTokenRegistration stopping = cancellation.Register(() => process.Kill(entireProcessTree: true));
        Task<string> said = process.StandardError.ReadToEndAsync(CancellationToken.None);
        process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        cancellation.ThrowIfCancellationRequested();
        string[] lines = said.Result.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        if (process.ExitCode == 0)
        {
            foreach (string line in lines.Where(line => line.StartsWith("warning: ", StringComparison.Ordinal)))
                write(new WorkerLine { Warning = line["warning: ".Length..] });
            return;
        }
        string reason = lines.LastOrDefault(line => line.StartsWith("error: ", StringComparison.Ordinal)) ?? lines.LastOrDefault() ?? "";
        throw new PromptADException(
            Problem.InvalidArgument, $"'{job.TrainingProgram} train' ended with code {process.ExitCode}: {reason.Replace("error: ", "")}");
    }

    /// <summary>The arguments of <c>promptad train</c>.</summary>
    public static IEnumerable<string> Arguments(WorkerJob job)
    {
        // Names behind '=' are never taken for options, whatever they look like.
        List<string> words =
        [
            "train", $"--object={job.ObjectName}", "--output", job.Output, "--shots", $"{job.Good.Count}", "--threads", $"{job.Threads}",
        ];
        foreach (string file in WorkerFrames.Files(job.Good, Path.GetDirectoryName(job.Output)!)) words.AddRange(["--good", file]);
        foreach (string defect in job.Words ?? []) words.Add($"--defect={defect}");
        if (job.Backbone is not null) words.AddRange(["--backbone", job.Backbone]);
        if (job.BackboneStore is not null) words.AddRange(["--store", job.BackboneStore]);
        if (DetectorWork.ReadTiles(job.Tiles) is { } tiles) words.AddRange(["--tiles", $"{tiles.Rows}x{tiles.Columns}"]);
        if (job.Region is { } region)
            words.AddRange(["--roi", string.Join(' ', region.Corners().Select(corner => $"{corner.X:0},{corner.Y:0}"))]);
        if (job.Limits is { } limits)
        {
            Add("--review-rate", limits.ReviewRate);
            Add("--ng-rate", limits.NGRate);
            Add("--pixel-rate", limits.PixelRate);
            Add("--review-score", limits.ReviewScore);
            Add("--ng-score", limits.NGScore);
            Add("--pixel-score", limits.PixelScore);
            Add("--min-area", limits.MinimumArea);
        }
        return words;

        void Add(string option, double? value)
        {
            if (value is { } number) words.AddRange([option, number.ToString("R", System.Globalization.CultureInfo.InvariantCulture)]);
        }
    }

    private static Process Start(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (Exception e) when (e is Win32Exception or FileNotFoundException)
        {
            throw new PromptADException(
                Problem.Environment,
                $"Words are learned with the program '{start.FileName}', which cannot be started. Install it, name it in "
                + "Service:TrainingProgram, or train without words.", e);
        }
    }
}
