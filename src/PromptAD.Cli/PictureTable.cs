using PromptAD.Results;
using PromptAD.Wording;
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
        IEnumerable<string> verdicts = results.OfType<JudgedPicture>().Any(judged => judged.Verdict is not null)
            ? Enum.GetValues<Verdict>()
                .Select(verdict => $"{VerdictText.Of(verdict)} {results.OfType<JudgedPicture>().Count(one => one.Verdict == verdict)}")
            : [];
        int failed = results.Count(result => result is not JudgedPicture);
        int unfamiliar = results.OfType<JudgedPicture>().Count(judged => judged.IsUnfamiliar);
        string[] counts = [.. verdicts, .. failed > 0 ? [$"failed {failed}"] : Array.Empty<string>()];
        if (counts.Length > 0) yield return string.Join(", ", counts);
        if (unfamiliar > 0)
        {
            yield return $"?  {Plural.Of(unfamiliar, "picture")} {(unfamiliar == 1 ? "is" : "are")} far from all that was learned as "
                + "good, as another product, view or light is.";
        }
    }

    private static IEnumerable<Column> Columns(IReadOnlyList<PictureResult> results, bool hasParts)
    {
        Column Of(string title, Func<JudgedPicture, string> cell, bool isNumber = true) =>
            new(title, [.. results.Select(result => result is JudgedPicture judged ? cell(judged) : "")], isNumber);
        yield return new Column("verdict", [.. results.Select(VerdictOf)], IsNumber: false);
        yield return Of("normalised", judged => $"{judged.NormalizedScore:F4}");
        yield return Of("score", judged => $"{judged.Score:F4}");
        if (hasParts)
        {
            yield return Of("text", judged => $"{judged.TextScore:F4}");
            yield return Of("visual", judged => $"{judged.VisualScore:F4}");
        }
        yield return Of("peak at", judged => $"{judged.Peak.X}, {judged.Peak.Y}");
        yield return Of("regions", judged => $"{judged.Regions?.Count}");
        yield return Of("ms", judged => $"{judged.Milliseconds.Total:F0}");
    }

    private static string VerdictOf(PictureResult result) => result is JudgedPicture judged
        ? VerdictText.Of(judged.Verdict) + (judged.IsUnfamiliar ? Mark : "")
        : "failed";

    private sealed record Column(string Title, string[] Cells, bool IsNumber)
    {
        public int Width { get; } = Cells.Select(cell => cell.Length).Append(Title.Length).Max();

        public string Align(string cell) => IsNumber ? cell.PadLeft(Width) : cell.PadRight(Width);
    }
}
