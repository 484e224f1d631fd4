using PromptAD.Decisions;
using Spectre.Console;

namespace PromptAD.Cli;

/// <summary>The results of pictures for a person: a line each, whatever the terminal's width, and what they come to.</summary>
internal static class PictureTable
{
    private const string Title = "picture";
    private const int ShortestPath = 16, WidthForParts = 110;
    private const string Mark = " ?", Gap = "  ";

    public static void Write(IReadOnlyList<PictureResult> results, bool wordsCount, Terminal terminal)
    {
        int width = terminal.Results.Profile.Width;
        Column[] columns = [.. Columns(results, hasParts: wordsCount && width >= WidthForParts)];
        string[] paths = [.. results.Select(result => Terminal.OneLine(result.Path))];
        int room = Math.Max(ShortestPath, width - columns.Sum(column => Gap.Length + column.Width));
        int widest = Math.Min(room, paths.Select(path => path.GetCellWidth()).Append(Title.Length).Max());
        string Row(string path, Func<Column, string> cell) =>
            Pad(path, widest) + string.Concat(columns.Select(column => Gap + column.Align(cell(column))));
        terminal.Output.WriteLine(Row(Title, column => column.Title).TrimEnd());
        terminal.Output.WriteLine(new string('─', Row("", _ => "").Length));
        foreach ((int i, string path) in paths.Index())
            terminal.Output.WriteLine(Row(ShortPath.Of(path, widest), column => column.Cells[i]).TrimEnd());
        foreach (string line in Summary(results)) terminal.PrintParagraph(line);
    }

    private static string Pad(string text, int cells) => text + new string(' ', Math.Max(0, cells - text.GetCellWidth()));

    /// <summary>Such as "OK 4, REVIEW 9, NG 7", and what a mark in the table means.</summary>
    private static IEnumerable<string> Summary(IReadOnlyList<PictureResult> results)
    {
        IEnumerable<string> verdicts = results.Any(result => result.Scores?.Verdict is not null)
            ? Enum.GetValues<Verdict>()
                .Select(verdict => $"{VerdictText.Of(verdict)} {results.Count(one => one.Scores?.Verdict == verdict)}")
            : [];
        int failed = results.Count(result => result.Scores is null);
        int unfamiliar = results.Count(result => result.Scores?.IsUnfamiliar == true);
        string[] counts = [.. verdicts, .. failed > 0 ? [$"failed {failed}"] : Array.Empty<string>()];
        if (counts.Length > 0) yield return string.Join(", ", counts);
        if (unfamiliar > 0)
        {
            yield return $"?  {Counted.Of(unfamiliar, "picture")} {(unfamiliar == 1 ? "is" : "are")} far from all that was learned as "
                + "good, as another product, view or light is.";
        }
    }

    private static IEnumerable<Column> Columns(IReadOnlyList<PictureResult> results, bool hasParts)
    {
        Column Of(string title, Func<PictureResult, string> cell, bool isNumber = true) => new(title, [.. results.Select(cell)], isNumber);
        yield return Of("verdict", VerdictOf, isNumber: false);
        yield return Of("normalised", result => $"{result.Scores?.Normalized:F4}");
        yield return Of("score", result => $"{result.Scores?.Image:F4}");
        if (hasParts)
        {
            yield return Of("text", result => $"{result.Scores?.Text:F4}");
            yield return Of("visual", result => $"{result.Scores?.Visual:F4}");
        }
        yield return Of("peak at", result => result.Scores is { } s ? $"{s.PeakX}, {s.PeakY}" : "");
        yield return Of("regions", result => $"{result.Scores?.Regions?.Count}");
        yield return Of("ms", result => $"{result.Scores?.Timings.Total.TotalMilliseconds:F0}");
    }

    private static string VerdictOf(PictureResult result) => result.Scores is { } scores
        ? VerdictText.Of(scores.Verdict) + (scores.IsUnfamiliar ? Mark : "")
        : "failed";

    private sealed record Column(string Title, string[] Cells, bool IsNumber)
    {
        public int Width { get; } = Cells.Select(cell => cell.Length).Append(Title.Length).Max();

        public string Align(string cell) => IsNumber ? cell.PadLeft(Width) : cell.PadRight(Width);
    }
}
