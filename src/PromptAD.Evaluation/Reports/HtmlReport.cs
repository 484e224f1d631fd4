using System.Net;
using PromptAD.Wording;

namespace PromptAD.Evaluation.Reports;

/// <summary>One self-contained HTML page: nothing is fetched, it fits a phone, and it prints.</summary>
public static class HtmlReport
{
    private static readonly Lazy<string> Style = new(() =>
    {
        using var reader = new StreamReader(typeof(HtmlReport).Assembly.GetManifestResourceStream("report.css")!);
        return reader.ReadToEnd();
    });

    /// <summary>Writes the report: one page with charts and pictures.</summary>
    /// <param name="report">The report.</param>
    /// <param name="html">Where it goes; stays open.</param>
    public static void Write(Report report, TextWriter html)
    {
        string title = $"Anomaly detection on {report.Facts.Dataset}";
        html.WriteLine("<!doctype html><html lang='en'><head><meta charset='utf-8'>");
        html.WriteLine("<meta name='viewport' content='width=device-width, initial-scale=1'>");
        html.WriteLine($"<title>{Text(title)}</title><style>{Style.Value}</style></head><body>");
        html.WriteLine($"<h1>{Text(title)}</h1>");
        html.WriteLine($"<p class='soft'>{report.Facts.Written:d MMMM yyyy, HH:mm} UTC · {Plural.Of(report.Runs.Count, "run")}</p>");
        foreach (ReportNote note in report.Notes) WriteNote(note, html);
        if (report.Categories.Count > 1)
            html.WriteLine($"<nav>{string.Concat(report.Categories.Select((name, i) => $"<a href='#c{i}'>{Text(name)}</a>"))}</nav>");
        WriteSummary(report, html);
        for (int i = 0; i < report.Categories.Count; i++) HtmlCategory.Write(report, i, html);
        WriteFacts(report, html);
        html.WriteLine("</body></html>");
    }

    internal static string Text(string text) => WebUtility.HtmlEncode(text);

    internal static void WriteTable(
        TextWriter html, IEnumerable<string> header, IEnumerable<(string Class, IEnumerable<string> Cells)> rows)
    {
        html.WriteLine("<div class='scroll'><table><thead><tr>");
        foreach (string cell in header) html.Write($"<th>{cell}</th>");
        html.WriteLine("</tr></thead><tbody>");
        foreach ((string kind, IEnumerable<string> cells) in rows)
        {
            string mark = kind.Length == 0 ? "" : $" class='{kind}'";
            html.WriteLine($"<tr{mark}>{string.Concat(cells.Select(cell => $"<td>{cell}</td>"))}</tr>");
        }
        html.WriteLine("</tbody></table></div>");
    }

    internal static string Cell(SeedStatistics? spread) => spread switch
    {
        null => "–",
        { Deviation: { } deviation } => $"{100 * spread.Mean:F1} <span class='dev'>± {100 * deviation:F1}</span>",
        _ => $"{100 * spread.Mean:F1}",
    };

    private static string Cell(VerdictCell cell) =>
        cell.Detail is null ? Text(cell.Value) : $"{Text(cell.Value)} <span class='dev'>({Text(cell.Detail)})</span>";

    private static void WriteNote(ReportNote note, TextWriter html)
    {
        string opening = note.Title is { } title ? $"<p class='note warn'><strong>{Text(title)}</strong> " : "<p class='note'>";
        html.WriteLine($"{opening}{Text(note.Text)}</p>");
    }

    private static void WriteSummary(Report report, TextWriter html)
    {
        int seeds = report.Runs.Select(run => run.Seed).Distinct().Count();
        string over = report.Categories.Count == 1 ? Text(report.Categories[0]) : $"{report.Categories.Count} categories";
        html.WriteLine("<h2 id='summary'>Summary</h2>");
        html.WriteLine($"<p class='soft'>Per cent, mean over {over}{(seeds > 1 ? $"; ± is the deviation over {seeds} seeds" : "")}.</p>");
        html.WriteLine("<div class='tables'>");
        foreach (ReportFigure figure in ReportFigure.In(report)) WriteSummaryTable(report, html, figure);
        html.WriteLine("</div>");
        foreach (RunResult run in report.Runs) if (run.Verdicts is { } verdicts) WriteVerdicts(verdicts, html);
        if (report.MissingVerdicts is { } missing) html.WriteLine($"<p class='fine'>{Text(missing)}</p>");
        foreach (string remark in report.Remarks) html.WriteLine($"<p class='fine'>{Text(remark)}</p>");
    }

    private static void WriteVerdicts(VerdictFigures verdicts, TextWriter html)
    {
        html.WriteLine("<h3>Verdicts</h3><div class='wide verdicts'>");
        WriteTable(
            html, VerdictTable.Header,
            VerdictTable.Rows(verdicts).Select(row => ("", (IEnumerable<string>)[row.Name, .. row.Cells.Select(Cell)])));
        html.WriteLine($"</div><p class='fine'>{Text(VerdictTable.Note)}</p>");
    }

    private static void WriteSummaryTable(Report report, TextWriter html, ReportFigure figure)
    {
        html.WriteLine($"<div><h3>{figure.Title}</h3>");
        var rows = report.Methods.Select(method =>
            ("", (IEnumerable<string>)
                [Text(method), .. report.Shots.Select(shots => Cell(figure.Of(report.Summary(method, shots))))])).ToList();
        if (report.Published is { } paper && figure.Published is not null)
        {
            (double? Theirs, double? Difference)[] compared = [.. report.Shots.Select(shots => figure.Compare(report, shots))];
            rows.Add(("paper", [$"published, {Text(paper.Name)}", .. compared.Select(pair => ReportFigure.Text(pair.Theirs))]));
            rows.Add(("paper", ["promptad minus published", .. compared.Select(pair => ReportFigure.Points(pair.Difference))]));
        }
        WriteTable(html, ["method", .. report.Shots.Select(Report.ShotsText)], rows);
        html.WriteLine("</div>");
    }

    private static void WriteFacts(Report report, TextWriter html)
    {
        ReportFacts facts = report.Facts;
        html.WriteLine("<h2 id='facts'>How this was made</h2><dl>");
        void Fact(string what, string value) => html.WriteLine($"<dt>{what}</dt><dd>{value}</dd>");
        Fact("Command", $"<code>{Text(facts.Command)}</code>");
        Fact("Protocol", facts.Protocol is { } protocol ? $"{protocol}".ToLowerInvariant() : "a finished detector");
        Fact("Backbone", $"{Text(facts.BackboneId)}<br><code>{facts.BackboneHash}</code>");
        Fact("Methods", string.Join("<br>", report.Methods.Select(Described)));
        foreach ((string what, string value) in facts.Settings) Fact(what, Text(value));
        foreach (string warning in facts.Warnings) Fact("Warning", Text(warning));
        Fact("Seeds", string.Join(", ", report.Runs.Select(run => run.Seed).Distinct().Order()));
        double learning = report.Runs.Sum(run => run.LearnSeconds), scoring = report.Runs.Sum(run => run.ScoreSeconds);
        Fact("Time", $"{learning:F0} s learning, {scoring:F0} s scoring, encoding included");
        foreach ((string what, string version) in ReportFacts.Versions) Fact(what, Text(version));
        html.WriteLine("</dl>");
        WriteRuns(report, html);
    }

    private static void WriteRuns(Report report, TextWriter html)
    {
        html.WriteLine("<details class='wide runs'><summary>Every run</summary>");
        string[] header =
            ["category", "method", "shots", "seed", "image AUROC", "pixel AUROC", "learn s", "score s", "fingerprint", "learned from"];
        WriteTable(html, header, report.Runs.Select(run =>
            ("", (IEnumerable<string>)
            [
                Text(run.Category), Text(run.Method), $"{run.Shots}", $"{run.Seed}", $"{100 * run.Image.Auroc:F2}",
                run.Pixel is { } pixel ? $"{100 * pixel.Ranking.Auroc:F2}" : "–", $"{run.LearnSeconds:F1}", $"{run.ScoreSeconds:F1}",
                $"<code>{run.Fingerprint[..12]}</code>",
                $"<span class='files'>{(run.UsesPublishedShots ? "the published " : "")}{Text(string.Join(", ", run.LearnedFrom))}</span>",
            ])));
        html.WriteLine("</details>");
    }

    private static string Described(string method) =>
        EvaluationMethod.All.FirstOrDefault(one => one.Name == method) is { } known
            ? $"<b>{Text(method)}</b>: {Text(known.Description)}"
            : $"<b>{Text(method)}</b>";
}
