using System.Diagnostics;
using System.Text.Json;
using PromptAD.Server.Operations;
using PromptAD.Server.Worker;

namespace PromptAD.Server.Jobs;

/// <summary>Runs a job in a process of its own, with less claim on the processor than the line has.</summary>
internal static class WorkerProcess
{
    private static readonly string HostEnding = OperatingSystem.IsWindows() ? ".exe" : "";
    private const int Killed = 128 + 9;
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    /// <summary>Runs a job to its end.</summary>
    /// <param name="job">What it does.</param>
    /// <param name="tell">Takes the lines that it writes.</param>
    /// <param name="cancellation">Asks it to stop, and ends it where it does not.</param>
    /// <exception cref="PromptADException">It could not be done, or the process died.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static async Task RunAsync(WorkerJob job, Action<WorkerLine> tell, CancellationToken cancellation)
    {
        using Process process = Process.Start(StartInfo())!;
        try
        {
            Lower(process);
            await process.StandardInput.WriteLineAsync(JsonSerializer.Serialize(job, ServiceJson.Options));
            await process.StandardInput.FlushAsync(CancellationToken.None);
            using CancellationTokenRegistration asking = cancellation.Register(() => process.StandardInput.Close());
            Task<string> complaints = process.StandardError.ReadToEndAsync(CancellationToken.None);
            (bool isDone, string? error) = (false, null);
            while (
                await process.StandardOutput.ReadLineAsync(CancellationToken.None).AsTask().WaitAsync(AfterGrace(cancellation)) is { } text)
            {
                WorkerLine? line = Read(text);
                if (line is null) continue;
                (isDone, error) = (isDone || line.Done == true, line.Error ?? error);
                tell(line);
            }
            await process.WaitForExitAsync(CancellationToken.None);
            cancellation.ThrowIfCancellationRequested();
            if (error is not null) throw new PromptADException(Problem.InvalidArgument, error);
            if (!isDone)
            {
                string last = (await complaints).Split('\n', StringSplitOptions.RemoveEmptyEntries).FirstOrDefault()?.Trim() ?? "";
                string cause = process.ExitCode == Killed ? ": it was killed, perhaps for want of memory" : "";
                throw new PromptADException(
                    Problem.Environment,
                    $"The worker process died with code {process.ExitCode}{cause}. Nothing has changed; ask for the job again. {last}"
                        .TrimEnd());
            }
        }
        finally
        {
            if (!process.HasExited) process.Kill(entireProcessTree: true);
        }
    }

    /// <summary>A token that is cancelled some time after another one.</summary>
    private static CancellationToken AfterGrace(CancellationToken cancellation)
    {
        if (!cancellation.CanBeCanceled) return cancellation;
        var later = new CancellationTokenSource();
        cancellation.Register(() => later.CancelAfter(Grace));
        return later.Token;
    }

    private static WorkerLine? Read(string text)
    {
        try
        {
            return JsonSerializer.Deserialize<WorkerLine>(text, ServiceJson.Options);
        }
        catch (JsonException)
        {
            return null; // what a native library prints is no line of ours
        }
    }

    private static ProcessStartInfo StartInfo()
    {
        string program = Path.Combine(AppContext.BaseDirectory, "PromptAD.Server"), host = program + HostEnding;
        ProcessStartInfo start = File.Exists(host)
            ? new ProcessStartInfo(host)
            : new ProcessStartInfo("dotnet") { ArgumentList = { $"{program}.dll" } };
        start.ArgumentList.Add(WorkerJob.Command);
        start.RedirectStandardInput = start.RedirectStandardOutput = start.RedirectStandardError = true;
        return start;
    }

    private static void Lower(Process process)
    {
        try
        {
            process.PriorityClass = ProcessPriorityClass.BelowNormal;
        }
        catch (Exception e) when (e is InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            // It has ended already, or the system does not let us: it works all the same.
        }
    }
}
