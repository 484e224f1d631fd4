using System.CommandLine;
using System.CommandLine.Parsing;
using System.Text.RegularExpressions;
using PromptAD.Cli.Commands;

namespace PromptAD.Cli;

/// <summary>Has all commands, runs a parsed one and turns what goes wrong into one line and an exit code.</summary>
internal static partial class CommandLine
{
    /// <summary>All commands.</summary>
    public static RootCommand Create(Terminal terminal) =>
        new("Finds defects from one to four pictures of a good part (PromptAD, CVPR 2024).")
        {
            DemoCommand.Create(terminal),
            AdviseCommand.Create(terminal),
            TrainCommand.Create(terminal),
            PredictCommand.Create(terminal),
            CalibrateCommand.Create(terminal),
            ThresholdCommand.Create(terminal),
            FeedbackCommand.Create(terminal),
            FeedbackCommand.CreateHistory(terminal),
            EvaluateCommand.Create(terminal),
            BenchmarkCommand.Create(terminal),
            InfoCommand.Create(terminal),
            ExportCommand.Create(terminal),
            VerifyCommand.Create(terminal),
            ServeCommand.Create(),
            BackboneCommand.Create(terminal),
        };

    public static async Task<int> RunAsync(RootCommand root, string[] args, Terminal terminal)
    {
        try
        {
            ParseResult parsed = root.Parse(args);
            if (parsed.Errors.Count > 0)
            {
                string help = string.Join(' ', ["promptad", .. NameOf(parsed.CommandResult), "--help"]);
                terminal.Error($"{Describe(parsed)} '{help}' lists what can be given.");
                return ExitCode.Usage;
            }
            // Ctrl+C asks the command to stop; it finishes the step it is in and cleans up. Commands run on another thread, so that one
            // that hangs, such as in reading from a dead network drive, can be left behind.
            var configuration = new InvocationConfiguration
            {
                EnableDefaultExceptionHandler = false,
                ProcessTerminationTimeout = TimeSpan.FromSeconds(30),
            };
            int code = await parsed.InvokeAsync(configuration);
            if (code == ExitCode.Cancelled) terminal.Error("stopped, without waiting for work that hangs.");
            return code;
        }
        catch (OperationCanceledException)
        {
            terminal.Error("stopped; nothing was left half-written.");
            return ExitCode.Cancelled;
        }
        catch (PromptADException e)
        {
            terminal.Error(Remedies.Of(e.Diagnostic));
            foreach (string detail in e.Details) terminal.Say($"  {detail}");
            return ExitCode.Failure;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or OutOfMemoryException)
        {
            terminal.Error($"{e.Message} Check free memory, free disk space and rights.");
            return ExitCode.Failure;
        }
        catch (Exception e)
        {
            terminal.Error(
                $"unexpected {e.GetType().Name} in {e.TargetSite?.DeclaringType}.{e.TargetSite?.Name}: {e.Message} "
                + "This is a mistake in PromptAD; please report it.");
            return ExitCode.Failure;
        }
    }

    /// <summary>All that is wrong with the arguments, in one line.</summary>
    private static string Describe(ParseResult parsed)
    {
        // A mistyped command also lacks a command; the mistyped word alone says more.
        string[] names = [.. NamesFor(parsed.CommandResult)];
        bool lacksCommand = parsed.CommandResult.Command.Subcommands.Count > 0;
        string[] unknown = [.. parsed.UnmatchedTokens.Take(lacksCommand ? 1 : int.MaxValue).Select(token => Unknown(token, names))];
        if (lacksCommand && parsed.CommandResult.Parent is not null)
        {
            string known = string.Join(", ", parsed.CommandResult.Command.Subcommands.Select(sub => sub.Name));
            unknown = [.. unknown, $"'{parsed.CommandResult.Command.Name}' is followed by one of {known}."];
        }
        string[] told = unknown.Length > 0 ? unknown : [.. parsed.Errors.Select(Describe).Distinct()];
        // A mistyped option can be taken for a value, and is refused as one.
        return string.Join(' ', told.Select(
            line => NotKnown().Match(line) is { Success: true } match ? Unknown(match.Groups[1].Value, names) : line));
    }

    private static string Unknown(string token, string[] names) =>
        $"'{token}' is not known here{(Suggestion.For(token, names) is { } meant ? $"; did you mean '{meant}'?" : ".")}";

    /// <summary>What could stand where a word was not known: commands where none was chosen yet, and options.</summary>
    private static IEnumerable<string> NamesFor(CommandResult command)
    {
        foreach (Command sub in command.Command.Subcommands) yield return sub.Name;
        for (CommandResult? level = command; level is not null; level = level.Parent as CommandResult)
        {
            foreach (Option option in level.Command.Options)
            {
                if (level != command && !option.Recursive) continue;
                yield return option.Name;
                foreach (string alias in option.Aliases) yield return alias;
            }
        }
    }

    [GeneratedRegex("^'([^']*)' is not known here[.]$")]
    private static partial Regex NotKnown();

    /// <summary>The parser's message without .NET types, and its choices in one row.</summary>
    private static string Describe(ParseError error)
    {
        string[] lines = TypeName().Replace(error.Message, "")
            .Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        return lines.Length == 1 ? lines[0] : $"{lines[0]} {string.Join(", ", lines[1..])}.";
    }

    [GeneratedRegex(" as expected type '[^']*'")]
    private static partial Regex TypeName();

    private static IEnumerable<string> NameOf(CommandResult command)
    {
        IEnumerable<string> parents = command.Parent is CommandResult { Parent: not null } parent ? NameOf(parent) : [];
        return command.Parent is null ? [] : [.. parents, command.Command.Name];
    }
}
