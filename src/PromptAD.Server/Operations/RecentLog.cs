using System.Text.RegularExpressions;
using PromptAD.Client;

namespace PromptAD.Server.Operations;

/// <summary>
/// Keeps the latest warnings and errors in memory, for administrators who do not see the console. Of an error its first line.
/// </summary>
internal sealed partial class RecentLog(TimeProvider clock) : ILoggerProvider
{
    /// <summary>How many lines are kept.</summary>
    public const int Most = 500;

    private const int Longest = 1000;

    private readonly Lock gate = new();
    private readonly Queue<LogLine> lines = new();
    private long count;

    /// <summary>The lines, the newest first.</summary>
    public List<LogLine> All()
    {
        lock (gate) return [.. lines.Reverse()];
    }

    /// <inheritdoc/>
    public ILogger CreateLogger(string categoryName) => new Writer(this, categoryName);

    /// <inheritdoc/>
    public void Dispose()
    {
        // Lines are kept for whoever asks last.
    }

    /// <summary>A text in one line, without what follows words that go with secrets.</summary>
    public static string Plain(string text)
    {
        string line = Secret().Replace(text.ReplaceLineEndings(" "), "$1$2***");
        return line.Length > Longest ? line[..Longest] : line;
    }

    private void Add(string category, LogLevel level, string message, Exception? error)
    {
        if (error is not null) message += $": {error.Message.ReplaceLineEndings("\n").Split('\n')[0]}";
        lock (gate)
        {
            lines.Enqueue(new LogLine(++count, clock.GetUtcNow(), $"{level}", category, Plain(message)));
            if (lines.Count > Most) lines.Dequeue();
        }
    }

    [GeneratedRegex(
        """\b(password|pwd|secret|token|api[-_ ]?key|authorization|bearer)(\s*[=:]\s*|\s+)(?:Bearer\s+)?("[^"]*"|'[^']*'|[^\s;,]+)""",
        RegexOptions.IgnoreCase)]
    private static partial Regex Secret();

    private sealed class Writer(RecentLog log, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel is >= LogLevel.Warning and < LogLevel.None;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel)) log.Add(category, logLevel, formatter(state, exception), exception);
        }
    }
}
