using System.Diagnostics;
using System.Text.RegularExpressions;

namespace PromptAD.Cli.Tests;

/// <summary>Runs the program in an empty folder and checks what holds for every run.</summary>
public abstract partial class CommandTest(Workshop workshop)
{
    protected const int Success = 0, Failure = 1, Usage = 2, Partial = 3, Cancelled = 130;

    private static readonly TimeSpan AtOnce = TimeSpan.FromSeconds(5); // half a second, and what ending a process takes on a busy machine

    protected Workshop Workshop { get; } = workshop;

    protected string Folder { get; } = workshop.Scratch();

    /// <summary>What lies in the test's folder, sub-folders too, by relative path.</summary>
    protected string[] FilesLeft =>
    [
        .. Directory.EnumerateFiles(Folder, "*", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(Folder, file).Replace('\\', '/')).Order(StringComparer.Ordinal),
    ];

    protected string InFolder(string name) => Path.Combine(Folder, name);

    /// <summary>Runs the program and expects the exit code.</summary>
    private protected Outcome Run(int exitCode, params string[] arguments) => RunWith(Workshop.Store, exitCode, arguments);

    /// <summary>The same with another store.</summary>
    private protected Outcome RunWith(string store, int exitCode, params string[] arguments)
    {
        Outcome outcome = Promptad.Run(Folder, store, arguments);
        CheckAlways(outcome);
        Assert.True(outcome.ExitCode == exitCode, $"Exit code {outcome.ExitCode}, not {exitCode}: {outcome.Messages}");
        return outcome;
    }

    /// <summary>Expects a refusal: the exit code, nothing on standard output, and one line that says why, which is returned.</summary>
    protected string Refuse(int exitCode, params string[] arguments)
    {
        Outcome outcome = Run(exitCode, arguments);
        Assert.Equal("", outcome.Output);
        string line = Assert.Single(outcome.MessageLines, line => !IsDetail(line) && !Expected().IsMatch(line));
        Assert.StartsWith("error: ", line);
        return line["error: ".Length..];
    }

    private protected static bool IsDetail(string line) => line.StartsWith("  ", StringComparison.Ordinal);

    private protected static void CheckAlways(Outcome outcome)
    {
        string all = outcome.Output + outcome.Messages;
        Assert.DoesNotContain("   at ", all); // a stack trace
        Assert.DoesNotContain("unexpected", all, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain('\e', all); // a terminal code
        Assert.Equal(outcome.ExitCode == Success, !outcome.Messages.Contains("error: ", StringComparison.Ordinal));
    }

    /// <summary>Makes a store with a CLIP called "words" and a DINOv2 called "dino", both by rule.</summary>
    /// <returns>The option that names the store.</returns>
    private protected string[] MakeWordsAndDino()
    {
        string[] store = ["--store", InFolder("store")];
        File.WriteAllText(InFolder("dino.json"), """
            {"kind": "dinov2", "width": 32, "layers": 2, "heads": 2, "patch": 8, "trained_size": 80, "input_size": 80}
            """);
        Run(Success, ["backbone", "generate", "--config", Workshop.ConfigurationFile, "--name", "words", .. store]);
        Run(Success, ["backbone", "generate", "--config", "dino.json", "--name", "dino", .. store]);
        return store;
    }

    /// <summary>Presses Ctrl+C once a program has begun to say something; it must stop with 130 and one line.</summary>
    /// <param name="message">Where the message begins.</param>
    /// <param name="arguments">The command line.</param>
    private protected async Task StopAsync(string message, params string[] arguments)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "A test cannot press Ctrl+C for another process on Windows.");
        using Promptad program = Promptad.Start(Folder, Workshop.Store, arguments);
        await program.WaitForMessageAsync(message);
        long pressed = Stopwatch.GetTimestamp();
        program.PressCtrlC();
        Outcome outcome = program.Wait();
        Assert.InRange(Stopwatch.GetElapsedTime(pressed), TimeSpan.Zero, AtOnce);
        Assert.Equal(Cancelled, outcome.ExitCode);
        Assert.Equal("error: stopped; nothing was left half-written.", outcome.MessageLines[^1]);
        CheckAlways(outcome);
    }

    /// <summary>Progress, warnings, which pictures were taken and what was left out.</summary>
    [GeneratedRegex(@"^(\w+( \w+){0,2}: \d+ % after \d+\.\d s(, about \d+ s left)?$|warning: |Learning from |Left out of |Comparing the pictures and )")]
    private static partial Regex Expected();
}
