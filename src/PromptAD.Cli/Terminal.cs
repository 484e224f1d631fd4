using System.Diagnostics;
using Spectre.Console;

namespace PromptAD.Cli;

/// <summary>Where the program speaks: results on standard output, messages and progress on standard error.</summary>
internal sealed class Terminal
{
    private static readonly char[] ControlSigns = [.. Enumerable.Range(0, 0xA0).Select(code => (char)code).Where(char.IsControl)];
    private readonly IAnsiConsole messages = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
    private readonly TextWriter lines = Console.Error;
    private readonly bool interactive = !Console.IsErrorRedirected;

    /// <summary>For machine-readable results.</summary>
    public TextWriter Output { get; } = Console.Out;

    /// <summary>For results that people read, such as tables.</summary>
    public IAnsiConsole Results { get; } = CreateResults();

    /// <summary>A line for the person at the terminal.</summary>
    public void Say(string message)
    {
        foreach (string line in Wrapped(OneLine(message))) lines.WriteLine(line);
    }

    /// <summary>A line of results that people read.</summary>
    public void Print(string line) => Output.WriteLine(OneLine(line));

    /// <summary>Sentences of results, broken at words where the terminal ends.</summary>
    /// <param name="text">The sentences.</param>
    /// <param name="label">What stands before them; further lines begin below the text.</param>
    public void PrintParagraph(string text, string label = "")
    {
        foreach ((int i, string line) in WordWrap.Lines(OneLine(text), Results.Profile.Width - label.Length).Index())
            Output.WriteLine((i == 0 ? label : new string(' ', label.Length)) + line);
    }

    /// <summary>Text from files and file names without line breaks and terminal codes.</summary>
    public static string OneLine(string text) => string.Join(' ', text.Split(ControlSigns, StringSplitOptions.RemoveEmptyEntries));

    public void Error(string message) => Write("error", Color.Red, message);

    public void Warn(string message) => Write("warning", Color.Yellow, message);

    /// <summary>A warning of the library, with the command line's own remedy.</summary>
    public void Warn(Diagnostic diagnostic) => Warn(Remedies.Of(diagnostic));

    /// <summary>Runs long work with a progress bar, or with a plain line every tenth when no terminal is there.</summary>
    public T WithProgress<T>(string title, Func<IProgress<WorkProgress>, T> work)
    {
        if (!interactive) return work(new PlainProgress(title, lines));
        return messages.Progress()
            .AutoClear(true)
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
            .Start(context =>
            {
                ProgressTask task = context.AddTask(Markup.Escape(title), maxValue: 1);
                return work(new SynchronousProgress<WorkProgress>(state =>
                {
                    task.Value = state.Fraction;
                    if (state.Step is { } step) task.Description = Markup.Escape(step);
                }));
            });
    }

    private void Write(string kind, Color color, string message)
    {
        string[] said = [.. Wrapped(OneLine($"{kind}: {message}"))];
        if (interactive) messages.Write(new Text($"{kind}:", new Style(color)));
        lines.WriteLine(interactive ? said[0][(kind.Length + 1)..] : said[0]);
        foreach (string line in said[1..]) lines.WriteLine(line);
    }

    /// <summary>A message broken at words where a terminal ends; a file gets it in one line.</summary>
    private IEnumerable<string> Wrapped(string message) => interactive ? WordWrap.Lines(message, messages.Profile.Width) : [message];

    private static IAnsiConsole CreateResults()
    {
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Out) });
        if (Console.IsOutputRedirected) console.Profile.Width = 10_000; // no terminal, no wrapping
        return console;
    }

    /// <summary>A plain line when a step begins and every tenth of it.</summary>
    private sealed class PlainProgress(string title, TextWriter lines) : IProgress<WorkProgress>
    {
        private const double LeastKnown = 0.05; // a part from which the rest can be told
        private readonly Stopwatch watch = Stopwatch.StartNew();
        private string step = "";
        private int tenth;

        public void Report(WorkProgress value)
        {
            string current = value.Step ?? title;
            int reached = (int)(value.Fraction * 10);
            if (current == step && reached <= tenth) return;
            (step, tenth) = (current, reached);
            double seconds = watch.Elapsed.TotalSeconds;
            double rest = seconds / value.Fraction * (1 - value.Fraction);
            string left = value.Fraction >= LeastKnown && rest >= 1 ? $", about {rest:F0} s left" : "";
            lines.WriteLine($"{current}: {value.Fraction:P0} after {seconds:F1} s{left}");
        }
    }
}

/// <summary>How far some work is, and what it is doing if that changes.</summary>
internal readonly record struct WorkProgress(double Fraction, string? Step = null);
