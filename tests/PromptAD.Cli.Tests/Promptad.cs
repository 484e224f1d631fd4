using System.Diagnostics;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Text;

namespace PromptAD.Cli.Tests;

/// <summary>What a run of the program left: its exit code and what it wrote to standard output and standard error.</summary>
internal sealed record Outcome(int ExitCode, string Output, string Messages)
{
    public string[] OutputLines => Lines(Output);

    public string[] MessageLines => Lines(Messages);

    private static string[] Lines(string text) => text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
}

/// <summary>The built program as a process, with a store of its own.</summary>
internal sealed partial class Promptad : IDisposable
{
    private const int Interrupt = 2; // SIGINT, what Ctrl+C sends
    private const int Terminate = 15; // SIGTERM, what ends a service
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);
    private readonly Process process;
    private readonly StringBuilder messages = new();
    private readonly Task<string> output;
    private readonly Task reading;

    private Promptad(string folder, string store, string[] arguments, (string Name, string Value)? variable = null)
    {
        // A script's background job ignores SIGINT, and so would the program: env gives it a terminal's way of taking it.
        var start = OperatingSystem.IsLinux()
            ? new ProcessStartInfo("env", ["--default-signal=INT", Program, .. arguments])
            : new ProcessStartInfo(Program, arguments);
        start.WorkingDirectory = folder;
        start.RedirectStandardInput = true;
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;

        start.Environment["PROMPTAD_STORE"] = store;
        start.Environment["HOME"] = HomeBeside(store);
        start.Environment.Remove("XDG_CACHE_HOME");
        if (variable is { } one) start.Environment[one.Name] = one.Value;
        start.Environment["OMP_NUM_THREADS"] = "1"; // several processes run at once
        process = Process.Start(start)!;
        process.StandardInput.Close();
        output = process.StandardOutput.ReadToEndAsync();
        reading = ReadMessagesAsync();
    }

    /// <summary>Where the program was built.</summary>
    public static string ProgramFolder { get; } =
        typeof(Promptad).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(note => note.Key == "ProgramFolder").Value!;

    private static string Program { get; } = Path.Combine(ProgramFolder, OperatingSystem.IsWindows() ? "promptad.exe" : "promptad");

    /// <summary>The user's folder of a run with this store. Nothing makes it, but what would write there.</summary>
    public static string HomeBeside(string store) => store + ".home";

    /// <summary>Starts the program in a folder.</summary>
    public static Promptad Start(string folder, string store, params string[] arguments) => new(folder, store, arguments);

    /// <summary>The same with an environment variable.</summary>
    public static Promptad StartWith((string Name, string Value) variable, string folder, string store, params string[] arguments) =>
        new(folder, store, arguments, variable);

    /// <summary>Runs the program to its end.</summary>
    public static Outcome Run(string folder, string store, params string[] arguments)
    {
        using Promptad program = Start(folder, store, arguments);
        return program.Wait();
    }

    /// <summary>Waits until the program has written something to standard error.</summary>
    public async Task WaitForMessageAsync(string text)
    {
        using var limit = new CancellationTokenSource(Limit);
        while (!Messages().Contains(text, StringComparison.Ordinal)) await Task.Delay(20, limit.Token);
    }

    public Outcome Wait()
    {
        if (!process.WaitForExit(Limit) || !Task.WaitAll([output, reading], Limit))
            throw new TimeoutException($"The program still runs after {Limit}.");
        return new Outcome(process.ExitCode, output.Result, Messages());
    }

    public void PressCtrlC() => Assert.Equal(0, Kill(process.Id, Interrupt));

    /// <summary>Asks this process alone to end, as the system does with a service.</summary>
    public void End() => Assert.Equal(0, Kill(process.Id, Terminate));

    public void Dispose()
    {
        if (!process.HasExited) process.Kill();
        process.Dispose();
    }

    private async Task ReadMessagesAsync()
    {
        var buffer = new char[1024];
        for (int read; (read = await process.StandardError.ReadAsync(buffer)) > 0;)
        {
            lock (messages) messages.Append(buffer, 0, read);
        }
    }

    private string Messages()
    {
        lock (messages) return messages.ToString();
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);
}
