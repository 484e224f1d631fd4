using System.Text.Json;
using PromptAD.Evaluation.Reports;

namespace PromptAD.Evaluation.Tests.Reports;

public sealed class VerdictReportTests
{
    private static readonly Limits Limits = new(
        new Limit(0.5f, 0.05, LimitBasis.Guaranteed), new Limit(0.6f, null, LimitBasis.Given), new Limit(0.5f, null, LimitBasis.Given));

    private static readonly Report Judged = MadeRuns.Report(protocol: null, MadeRuns.Judged(Limits));

    private static readonly Report Unjudged = MadeRuns.Report(protocol: null, MadeRuns.Run("bolt", "detector", 1, 0, 0.9, null, protocol: null));

    private static readonly Report Benchmark = MadeRuns.Report(
        EvaluationProtocol.Honest, MadeRuns.Run("bolt", "memory", 1, 0, 0.9, null, EvaluationProtocol.Honest));

    [Fact]
    public void Markdown_has_the_table_of_verdicts()
    {
        string text = MadeRuns.Text(MarkdownReport.Write, Judged);
        string[] rows =
        [
            "| pictures | good | expected | defective |", "| --- | ---: | ---: | ---: |",
            "| OK | 1 |  | 0 |", "| REVIEW | 0 |  | 1 |", "| NG | 0 |  | 1 |",
            "| NG rate | 0.0 % (0.0 to 97.5) | – (set by hand) | 50.0 % (1.3 to 98.7) |",
            "| not-OK rate | 0.0 % (0.0 to 97.5) | 5 % (guaranteed) | 100.0 % (15.8 to 100.0) |",
        ];
        Assert.Contains($"## Verdicts\n\n{string.Join('\n', rows)}\n\n{VerdictTable.Note}\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Html_has_the_table_of_verdicts_and_the_verdicts_of_the_pictures_shown()
    {
        string html = MadeRuns.Text(HtmlReport.Write, Judged);
        Assert.Contains("<h3>Verdicts</h3>", html, StringComparison.Ordinal);
        Assert.Contains(
            "<td>not-OK rate</td><td>0.0 % <span class='dev'>(0.0 to 97.5)</span></td><td>5 % <span class='dev'>(guaranteed)</span></td>",
            html, StringComparison.Ordinal);
        Assert.Contains("test/good/&lt;1&gt;.png · score 0.2000, normalised 0.1429 · OK<", html, StringComparison.Ordinal);
        Assert.Contains("test/hole/2.png · score 0.7000, normalised 0.6087 · NG<", html, StringComparison.Ordinal);
        Assert.Contains("dotted are the limits", html, StringComparison.Ordinal);
        Assert.DoesNotContain("best-F1 threshold", html, StringComparison.Ordinal);
    }

    [Fact]
    public void Notes_name_known_pictures_and_the_trial_backbone_above_the_figures()
    {
        RunResult run = MadeRuns.Judged(Limits);
        run = run with { Pictures = [run.Pictures[0] with { IsKnown = true }, .. run.Pictures.Skip(1)] };
        Report report = MadeRuns.Report(protocol: null, run);
        report = new Report(report.Runs, report.Facts with { BackboneId = BackboneStore.EmbeddedId });
        foreach (string text in (string[])[MadeRuns.Text(HtmlReport.Write, report), MadeRuns.Text(MarkdownReport.Write, report)])
        {
            int figures = text.IndexOf("AUROC", StringComparison.Ordinal);
            Assert.InRange(text.IndexOf("knows 1 of the 3 test pictures", StringComparison.Ordinal), 1, figures);
            Assert.InRange(text.IndexOf("Evaluate without test/good/", StringComparison.Ordinal), 1, figures);
            Assert.InRange(text.IndexOf("A trial backbone.", StringComparison.Ordinal), 1, figures);
        }
        Assert.Equal(3, Json(report).GetProperty("notes").GetArrayLength());
        Assert.Single(Judged.Notes);
    }

    [Fact]
    public void A_kind_without_pictures_has_a_dash_for_its_rates()
    {
        VerdictFigures figures = VerdictFigures.Of(Limits, [.. Judged.Runs[0].Pictures.Where(picture => picture.IsDefective)]);
        Assert.Equal("–", $"{VerdictTable.Rows(figures).Single(row => row.Name == "NG rate").Cells[0]}");
    }

    [Fact]
    public void Csv_has_limits_counts_and_rates()
    {
        Dictionary<string, string> row = Row(Judged);
        Assert.Equal(("0.5", "0.05", "guaranteed"), (row["review_limit"], row["review_limit_rate"], row["review_limit_basis"]));
        Assert.Equal(("0.6", "", "given"), (row["ng_limit"], row["ng_limit_rate"], row["ng_limit_basis"]));
        Assert.Equal(("1", "0", "0"), (row["good_ok"], row["good_review"], row["good_ng"]));
        Assert.Equal(("0", "1", "1"), (row["defective_ok"], row["defective_review"], row["defective_ng"]));
        Assert.Equal(("0", "0"), (row["false_rejects_ng"], row["false_rejects_ng_or_review"]));
        Assert.Equal(("0.5", "1"), (row["found_ng"], row["found_ng_or_review"]));
        Assert.Equal(Math.Sqrt(0.025), double.Parse(row["found_ng_or_review_low"]), 1e-9); // both of two
    }

    [Fact]
    public void Lists_each_picture_with_its_raw_and_its_normalised_score_and_its_verdict()
    {
        string[] lines = MadeRuns.Text(PictureList.Write, Judged).TrimEnd().Split('\n');
        Assert.Equal("path,defect_type,verdict,score,normalized_score,text_score,visual_score,map_peak,known", lines[0]);
        Assert.Equal($"test/hole/3.png,hole,REVIEW,0.55,{Limits.Normalize(0.55f)},0.3,0.4,0.6,false", lines[3]);
        Assert.Equal(4, lines.Length);
        JsonElement picture = Json(Judged).GetProperty("rows")[0].GetProperty("pictures")[1];
        Assert.Equal("NG", picture.GetProperty("verdict").GetString());
        Assert.Equal(Limits.Normalize(0.7f), picture.GetProperty("normalized_score").GetSingle());
        Assert.Equal(0.7f, picture.GetProperty("score").GetSingle());
    }

    [Fact]
    public void Json_has_the_same_figures_as_csv()
    {
        JsonElement row = Json(Judged).GetProperty("rows")[0];
        Assert.Equal(0.05, row.GetProperty("review_limit_rate").GetDouble());
        Assert.Equal(JsonValueKind.Null, row.GetProperty("ng_limit_rate").ValueKind);
        Assert.Equal(1, row.GetProperty("defective_review").GetInt32());
        Assert.Equal(0.5, row.GetProperty("found_ng").GetDouble());
    }

    [Fact]
    public void A_detector_without_limits_has_empty_columns_and_every_report_says_how_to_calibrate()
    {
        const string how = "Calibrate it with further pictures of good parts";
        Assert.Equal("", Row(Unjudged)["good_ok"] + Row(Unjudged)["ng_limit"] + Row(Unjudged)["found_ng_high"]);
        Assert.StartsWith("test/hole/2.png,hole,,0.7,,", MadeRuns.Text(PictureList.Write, Unjudged).Split('\n')[2], StringComparison.Ordinal);
        JsonElement json = Json(Unjudged), picture = json.GetProperty("rows")[0].GetProperty("pictures")[0];
        Assert.Equal((JsonValueKind.Null, JsonValueKind.Null), (picture.GetProperty("verdict").ValueKind, picture.GetProperty("normalized_score").ValueKind));
        Assert.Contains(how, json.GetProperty("missing_verdicts").GetString(), StringComparison.Ordinal);
        Assert.Contains(how.Replace("<", "\\<", StringComparison.Ordinal), MadeRuns.Text(MarkdownReport.Write, Unjudged), StringComparison.Ordinal);
        string html = MadeRuns.Text(HtmlReport.Write, Unjudged);
        Assert.Contains(System.Net.WebUtility.HtmlEncode(how), html, StringComparison.Ordinal);
        Assert.DoesNotContain("Verdicts", html, StringComparison.Ordinal);
        Assert.Contains("found at the best-F1 threshold", html, StringComparison.Ordinal);
    }

    [Fact]
    public void A_benchmark_says_nothing_of_verdicts_and_lists_no_pictures()
    {
        Assert.DoesNotContain("calibrate", MadeRuns.Text(HtmlReport.Write, Benchmark), StringComparison.Ordinal);
        Assert.DoesNotContain("erdict", MadeRuns.Text(MarkdownReport.Write, Benchmark), StringComparison.Ordinal);
        Assert.False(Json(Benchmark).TryGetProperty("missing_verdicts", out _));
        Assert.False(Json(Benchmark).GetProperty("rows")[0].TryGetProperty("pictures", out _));
        Assert.Equal("", Row(Benchmark)["good_ok"]);
    }

    private static Dictionary<string, string> Row(Report report)
    {
        string[] lines = MadeRuns.Text(CsvReport.Write, report).TrimEnd().Split('\n');
        return lines[0].Split(',').Zip(lines[1].Split(',')).ToDictionary(cell => cell.First, cell => cell.Second);
    }

    private static JsonElement Json(Report report)
    {
        using var stream = new MemoryStream();
        JsonReport.Write(report, stream);
        return JsonDocument.Parse(stream.ToArray()).RootElement;
    }
}
