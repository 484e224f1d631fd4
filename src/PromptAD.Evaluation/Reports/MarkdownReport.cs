namespace PromptAD.Evaluation.Reports;

/// <summary>
/// Tables in the shape of the paper's: methods by shots over all categories beside the published figures, then category by category.
/// </summary>
public static class MarkdownReport
{
    /// <summary>Writes the report: tables for people.</summary>
    /// <param name="report">The report.</param>
    /// <param name="output">Where it goes; stays open.</param>
    public static void Write(Report report, TextWriter output)
    {
        ReportFacts facts = report.Facts;
        output.WriteLine($"# {Plain(facts.Dataset)}");
        foreach (ReportNote note in report.Notes) WriteParagraph(output, note.Title is null ? note.Text : $"**{Plain($"{note}")}**");
        foreach (string remark in report.Remarks) WriteParagraph(output, Plain(remark));
        if (report.MissingVerdicts is { } missing) WriteParagraph(output, Plain(missing));
        string picked = facts.Protocol == EvaluationProtocol.Published ? ", picked on the test set" : "";
        foreach (ReportFigure figure in ReportFigure.In(report))
        {
            WriteParagraph(output, $"## {figure.Title}, per cent{picked}");
            output.WriteLine();
            WriteOverall(report, figure, output);
            if (report.Categories.Count < 2) continue;
            foreach (int shots in report.Shots)
            {
                output.WriteLine();
                WriteByCategory(report, shots, figure, output);
            }
        }
        foreach (RunResult run in report.Runs) if (run.Verdicts is { } verdicts) WriteVerdicts(verdicts, output);
        WriteParagraph(output, "## How this was made");
        output.WriteLine();
        WriteHeader(output, "what", ["value"], right: false);
        WriteRow(output, "command", [Plain(facts.Command)]);
        WriteRow(output, "backbone", [$"{Plain(facts.BackboneId)}, `{facts.BackboneHash}`"]);
        foreach ((string what, string value) in facts.Settings.Concat(ReportFacts.Versions)) WriteRow(output, what, [Plain(value)]);
        foreach (string warning in facts.Warnings) WriteRow(output, "warning", [Plain(warning)]);
    }

    private static void WriteOverall(Report report, ReportFigure figure, TextWriter output)
    {
        WriteHeader(output, "method", [.. report.Shots.Select(Report.ShotsText)]);
        foreach (string method in report.Methods)
            WriteRow(output, method, report.Shots.Select(shots => SeedStatistics.Text(figure.Of(report.Summary(method, shots)))));
        if (report.Published is not { } paper || figure.Published is null) return;
        (double? Theirs, double? Difference)[] compared = [.. report.Shots.Select(shots => figure.Compare(report, shots))];
        WriteRow(output, $"*published, {paper.Name}*", compared.Select(pair => $"*{ReportFigure.Text(pair.Theirs)}*"));
        WriteRow(output, "*promptad minus published*", compared.Select(pair => $"*{ReportFigure.Points(pair.Difference)}*"));
    }

    private static void WriteByCategory(Report report, int shots, ReportFigure figure, TextWriter output)
    {
        WriteHeader(output, Report.ShotsText(shots), report.Methods);
        foreach (string category in report.Categories)
        {
            WriteRow(
                output, Plain(category),
                report.Methods.Select(method => SeedStatistics.Text(figure.Of(report.Summary(method, shots, category)))));
        }
        string Mean(string method) => $"**{SeedStatistics.Text(figure.Of(report.Summary(method, shots)))}**";
        WriteRow(output, "**mean**", report.Methods.Select(Mean));
    }

    private static void WriteVerdicts(VerdictFigures verdicts, TextWriter output)
    {
        WriteParagraph(output, "## Verdicts");
        output.WriteLine();
        WriteHeader(output, VerdictTable.Header[0], [.. VerdictTable.Header.Skip(1)]);
        foreach ((string name, IReadOnlyList<VerdictCell> cells) in VerdictTable.Rows(verdicts))
            WriteRow(output, name, cells.Select(cell => $"{cell}"));
        WriteParagraph(output, VerdictTable.Note);
    }

    private static void WriteParagraph(TextWriter output, string text)
    {
        output.WriteLine();
        output.WriteLine(text);
    }

    private static void WriteHeader(TextWriter output, string first, IReadOnlyList<string> columns, bool right = true)
    {
        WriteRow(output, first, columns);
        WriteRow(output, "---", columns.Select(_ => right ? "---:" : "---"));
    }

    private static void WriteRow(TextWriter output, string first, IEnumerable<string> cells) =>
        output.WriteLine($"| {first} | {string.Join(" | ", cells)} |");

    /// <summary>Text from files and their names in one line, with what Markdown or HTML would read as more than text escaped.</summary>
    private static string Plain(string text) => string.Concat(text.Select(c => c switch
    {
        '|' or '`' or '*' or '<' or '[' or '\\' => $"\\{c}",
        _ => char.IsControl(c) ? " " : $"{c}",
    }));
}
