namespace PromptAD.Evaluation.Reports;

/// <summary>
/// Tables in the shape of the paper's: methods by shots over all categories beside the published figures, then category by category.
/// </summary>
internal static class MarkdownReport
{
    public static void Write(Report report, TextWriter output)
    {
        output.WriteLine($"# {report.Facts.Dataset}");
        output.WriteLine();
        output.WriteLine(report.Facts.ProtocolSentence);
        if (report.Facts.HasGeneratedBackbone) output.WriteLine($"\n**{ReportFacts.GeneratedWarning}**");
        string picked = report.Facts.Protocol == EvaluationProtocol.Published ? ", picked on the test set" : "";
        foreach ((string title, Func<FigureSummary, Spread?> figure, Func<PublishedAuroc, double>? published) in Figures)
        {
            output.WriteLine();
            output.WriteLine($"## {title}, per cent{picked}");
            output.WriteLine();
            WriteOverall(report, figure, published, output);
            if (report.Categories.Count < 2) continue;
            foreach (int shots in report.Shots)
            {
                output.WriteLine();
                WriteByCategory(report, shots, figure, output);
            }
        }
        output.WriteLine();
        output.WriteLine($"Made with `{report.Facts.Command}`; backbone {report.Facts.BackboneId}, hash `{report.Facts.BackboneHash}`.");
    }

    private static readonly (string Title, Func<FigureSummary, Spread?> Figure, Func<PublishedAuroc, double>? Published)[] Figures =
    [
        ("Image AUROC", summary => summary.Image, published => published.Image),
        ("Pixel AUROC", summary => summary.Pixel, published => published.Pixel),
        ("AUPRO to 0.30", summary => summary.Aupro, null),
    ];

    private static void WriteOverall(
        Report report, Func<FigureSummary, Spread?> figure, Func<PublishedAuroc, double>? published, TextWriter output)
    {
        WriteHeader(output, "method", [.. report.Shots.Select(shots => shots == 1 ? "1 shot" : $"{shots} shots")]);
        foreach (string method in report.Methods)
            WriteRow(output, method, report.Shots.Select(shots => Spread.Text(figure(report.Summary(method, shots)))));
        if (report.Published is not { } paper || published is null) return;
        WriteRow(output, $"*PromptAD, published over all {paper.Categories.Length} categories of {paper.Name}*",
            report.Shots.Select(shots => paper.Of(shots) is { } figures ? $"*{100 * published(figures):F1}*" : "–"));
        if (!report.Methods.Contains(EvaluationMethod.PromptAD.Name)) return;
        WriteRow(output, DifferenceTitle(report, paper), report.Shots.Select(shots =>
            paper.Of(shots) is { } figures && figure(report.Summary(EvaluationMethod.PromptAD.Name, shots)) is { } ours
                ? $"*{100 * (ours.Mean - published(figures)):+0.0;-0.0;0.0}*"
                : "–"));
    }

    private static string DifferenceTitle(Report report, PublishedResults paper) => report.Categories.Count == paper.Categories.Length
        ? "*promptad minus published*"
        : $"*promptad minus published (ours over {report.Categories.Count} of {paper.Categories.Length} categories, "
            + "so not like with like)*";

    private static void WriteByCategory(Report report, int shots, Func<FigureSummary, Spread?> figure, TextWriter output)
    {
        WriteHeader(output, shots == 1 ? "1 shot" : $"{shots} shots", report.Methods);
        foreach (string category in report.Categories)
            WriteRow(output, category, report.Methods.Select(method => Spread.Text(figure(report.Summary(method, shots, category)))));
        WriteRow(output, "**mean**", report.Methods.Select(method => $"**{Spread.Text(figure(report.Summary(method, shots)))}**"));
    }

    private static void WriteHeader(TextWriter output, string first, IReadOnlyList<string> columns)
    {
        WriteRow(output, first, columns);
        WriteRow(output, "---", columns.Select(_ => "---:"));
    }

    private static void WriteRow(TextWriter output, string first, IEnumerable<string> cells) =>
        output.WriteLine($"| {first} | {string.Join(" | ", cells)} |");
}
