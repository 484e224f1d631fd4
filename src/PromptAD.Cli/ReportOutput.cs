using PromptAD.Evaluation;
using PromptAD.Evaluation.Reports;
using PromptAD.Files;
using PromptAD.Wording;
using Spectre.Console;

namespace PromptAD.Cli;

/// <summary>Writes a report's files and prints it.</summary>
internal static class ReportOutput
{
    private const string Rows = "results.csv", Json = "results.json", Markdown = "results.md";
    private const string Html = "report.html", Pictures = "pictures.csv";

    /// <summary>Refuses a folder where the reports would take the place of what is read.</summary>
    /// <exception cref="PromptADException">One of the inputs is called like a report and lies there.</exception>
    public static void KeepInputs(string folder, IReadOnlyList<string> inputs)
    {
        foreach (string name in (string[])[Rows, Json, Markdown, Html, Pictures]) OutputFile.KeepInputs(Path.Combine(folder, name), inputs);
    }

    /// <param name="report">The report.</param>
    /// <param name="folder">
    /// Where results.csv, results.json, results.md and report.html go, and pictures.csv for a finished detector; null for nowhere.
    /// </param>
    /// <param name="format">How it is printed.</param>
    /// <param name="terminal">Where it is printed.</param>
    public static void Write(Report report, string? folder, ReportFormat format, Terminal terminal)
    {
        if (folder is not null)
        {
            AtomicFile.WriteText(Path.Combine(folder, Rows), writer => CsvReport.Write(report, writer));
            AtomicFile.Write(Path.Combine(folder, Json), stream => JsonReport.Write(report, stream));
            AtomicFile.WriteText(Path.Combine(folder, Markdown), writer => MarkdownReport.Write(report, writer));
            AtomicFile.WriteText(Path.Combine(folder, Html), writer => HtmlReport.Write(report, writer));
            // The pictures of a benchmark's runs lie beside the runs.
            if (report.Facts.Protocol is null)
                AtomicFile.WriteText(Path.Combine(folder, Pictures), writer => PictureList.Write(report, writer));
        }
        Print(report, format, terminal);
        if (folder is not null) terminal.Say($"Report: {Path.Combine(Path.GetFullPath(folder), Html)}");
    }

    /// <summary>Says which pictures no figure counts.</summary>
    /// <returns>The exit code of a command that has measured them.</returns>
    public static int Conclude(IReadOnlyList<RunResult> runs, Terminal terminal)
    {
        string[] reasons = [.. runs.SelectMany(run => run.LeftOut).Select(picture => picture.Reason).Distinct()];
        if (reasons.Length == 0) return ExitCode.Success;
        string are = reasons.Length == 1 ? "is" : "are";
        terminal.Error($"{Plural.Of(reasons.Length, "test picture")} could not be judged and {are} left out:");
        foreach (string reason in reasons) terminal.Say($"  {reason}");
        return ExitCode.Partial;
    }

    private static void Print(Report report, ReportFormat format, Terminal terminal)
    {
        if (format != ReportFormat.Table)
        {
            // The table has its notes above the figures; a program's results may have no place for them.
            foreach (ReportNote note in report.Notes) if (note.Title is not null) terminal.Warn($"{note}");
        }
        switch (format)
        {
            case ReportFormat.Csv:
                CsvReport.Write(report, terminal.Output);
                break;
            case ReportFormat.Markdown:
                MarkdownReport.Write(report, terminal.Output);
                break;
            case ReportFormat.Json:
                JsonText.Copy(terminal.Output, stream => JsonReport.Write(report, stream));
                break;
            default:
                PrintTable(report, terminal);
                break;
        }
    }

    /// <summary>Narrow enough for 80 signs with the names that are usual; in a narrower terminal categories wrap, figures do not.</summary>
    private static void PrintTable(Report report, Terminal terminal)
    {
        foreach (ReportNote note in report.Notes) terminal.PrintParagraph($"{note}");
        int seeds = report.Summary(report.Methods[0], report.Shots[0]).Seeds;
        string unit = seeds == 1 ? "Per cent." : $"Per cent, ± over {seeds} seeds.";
        Table table = new Table { Border = TableBorder.Simple }
            .AddColumn(new TableColumn("category").PadLeft(0)).AddColumn(new TableColumn("method").PadLeft(0).NoWrap())
            .AddColumn(Right("shots")).AddColumn(Right("image\nAUROC")).AddColumn(Right("pixel\nAUROC")).AddColumn(Right("AUPRO\n0.30"));
        foreach (string category in report.Categories)
        {
            foreach (string method in report.Methods)
                foreach (int shots in report.Shots) AddRow(table, category, method, shots, report.Summary(method, shots, category));
        }
        if (report.Categories.Count > 1)
        {
            foreach (string method in report.Methods)
                foreach (int shots in report.Shots) AddRow(table, "mean", method, shots, report.Summary(method, shots));
        }
        AddPublished(table, report);
        terminal.Results.Write(table);
        terminal.PrintParagraph(string.Join(' ', [unit, .. report.Remarks]));
        foreach (RunResult run in report.Runs) if (run.Verdicts is { } verdicts) PrintVerdicts(verdicts, terminal);
    }

    private static void PrintVerdicts(VerdictFigures verdicts, Terminal terminal)
    {
        Table table = new Table { Border = TableBorder.Simple }
            .AddColumn(new TableColumn(VerdictTable.Header[0]).PadLeft(0));
        foreach (string title in VerdictTable.Header.Skip(1)) table.AddColumn(Right(title));
        foreach ((string name, IReadOnlyList<VerdictCell> cells) in VerdictTable.Rows(verdicts))
            table.AddRow([name, .. cells.Select(cell => Markup.Escape($"{cell}"))]);
        terminal.Results.Write(table);
        terminal.PrintParagraph(VerdictTable.Note);
    }

    /// <summary>The paper's figures, and how far PromptAD's mean is above them.</summary>
    private static void AddPublished(Table table, Report report)
    {
        if (report.Published is not { } paper) return;
        foreach (int shots in report.Shots.Where(shots => paper.Of(shots) is not null))
        {
            (double? Theirs, double? Difference)[] compared =
                [ReportFigure.Image.Compare(report, shots), ReportFigure.Pixel.Compare(report, shots)];
            table.AddRow([paper.Name, "published", $"{shots}", .. compared.Select(pair => ReportFigure.Text(pair.Theirs)), ""]);
            table.AddRow(["", "promptad minus it", $"{shots}", .. compared.Select(pair => ReportFigure.Points(pair.Difference)), ""]);
        }
    }

    private static void AddRow(Table table, string category, string method, int shots, FigureSummary summary) => table.AddRow(
        Markup.Escape(Terminal.OneLine(category)), method, $"{shots}",
        $"{summary.Image}", SeedStatistics.Text(summary.Pixel), SeedStatistics.Text(summary.Aupro));

    private static TableColumn Right(string title) => new TableColumn(title).RightAligned().PadLeft(0).NoWrap();
}
