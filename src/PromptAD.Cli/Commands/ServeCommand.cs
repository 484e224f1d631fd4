using System.CommandLine;
using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace PromptAD.Cli.Commands;

/// <summary><c>promptad serve</c>: starts the inspection service, a program of its own.</summary>
internal static class ServeCommand
{
    /// <summary>The environment variable that names the program where it is neither beside this one nor in the path.</summary>
    public const string ProgramVariable = "PROMPTAD_SERVER";

    private const int Terminate = 15; // SIGTERM

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(25);

    public static Command Create()
    {
        var rest = new Argument<string[]>("arguments")
        {
            Description = "What the service is given, such as --data folder or --urls address; 'help' lists all.",
            Arity = ArgumentArity.ZeroOrMore,
        };
        var command = new Command("serve", "Starts the inspection service (promptad-server), which judges pictures over HTTP.") { rest };
        command.TreatUnmatchedTokensAsErrors = false;
        command.SetAction((parsed, cancellation) =>
            RunAsync([.. parsed.GetValue(rest) ?? [], .. parsed.UnmatchedTokens], cancellation));
        return command;
    }

    private static async Task<int> RunAsync(string[] arguments, CancellationToken cancellation)
    {
        using Process process = Start(arguments);
        try
        {
            await process.WaitForExitAsync(cancellation);
        }
        catch (OperationCanceledException)
        {
            // The service finishes what it has accepted. Ctrl+C reaches it by itself, what ends this program alone does not. One that is
            // not done in time ends here; it loses nothing either way.
            if (!OperatingSystem.IsWindows()) _ = Signal(process.Id, Terminate);
            using var patience = new CancellationTokenSource(Patience);
            await process.WaitForExitAsync(patience.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (!process.HasExited) process.Kill();
        }
        await process.WaitForExitAsync(CancellationToken.None);
        return process.ExitCode;
    }

    [DllImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static extern int Signal(int process, int signal);

    private static Process Start(string[] arguments)
    {
        string? named = Environment.GetEnvironmentVariable(ProgramVariable);
        string ending = OperatingSystem.IsWindows() ? ".exe" : "";
        string beside = Path.Combine(AppContext.BaseDirectory, $"PromptAD.Server{ending}");
        string program = !string.IsNullOrEmpty(named) ? named : File.Exists(beside) ? beside : "promptad-server";
        try
        {
            var start = new ProcessStartInfo(program);
            foreach (string argument in arguments) start.ArgumentList.Add(argument);
            return Process.Start(start)!;
        }
        catch (Win32Exception e)
        {
            throw new PromptADException(
                Problem.Missing,
                $"The service is a program of its own, and '{program}' cannot be started. Install it with 'dotnet tool install --global "
                + $"PromptAD.Server --add-source <folder of the packages>', or name it in {ProgramVariable}.", e);
        }
    }
}
