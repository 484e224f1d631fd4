using System.CommandLine;
using System.CommandLine.Parsing;

namespace PromptAD.Cli;

/// <summary>Runs a parsed command and turns what goes wrong into one line and an exit code.</summary>
internal static class CommandLine
{
    public static async Task<int> RunAsync(RootCommand root, string[] args, Terminal terminal)
    {
        ParseResult parsed = root.Parse(args);
        if (parsed.Errors.Count > 0)
        {
            foreach (ParseError error in parsed.Errors) terminal.Error(error.Message);
            terminal.Say($"'promptad {string.Join(' ', NameOf(parsed.CommandResult))} --help' lists what can be given.".Replace("promptad  ", "promptad ", StringComparison.Ordinal));
            return ExitCode.Usage;
        }
        try
        {
            // Ctrl+C asks the command to stop; it finishes the step it is in and cleans up.
            var configuration = new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = TimeSpan.FromSeconds(30) };
            return await parsed.InvokeAsync(configuration);
        }
        catch (OperationCanceledException)
        {
            terminal.Error("stopped; nothing was left half-written.");
            return ExitCode.Cancelled;
        }
        catch (PromptADException e)
        {
            terminal.Error(e.Message);
            foreach (string detail in e.Details) terminal.Say($"  {detail}");
            return ExitCode.Failure;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or OutOfMemoryException)
        {
            terminal.Error($"{e.Message.ReplaceLineEndings(" ")} Check free memory, free disk space and rights.");
            return ExitCode.Failure;
        }
    }

    private static IEnumerable<string> NameOf(CommandResult command)
    {
        IEnumerable<string> parents = command.Parent is CommandResult { Parent: not null } parent ? NameOf(parent) : [];
        return command.Parent is null ? [] : [.. parents, command.Command.Name];
    }
}
