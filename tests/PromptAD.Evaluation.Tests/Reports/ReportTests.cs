using System.Text.Json;
using System.Text.RegularExpressions;
using PromptAD.Evaluation.Reports;

namespace PromptAD.Evaluation.Tests.Reports;

public sealed partial class ReportTests
{
    private static readonly Report Honest = MadeRuns.Report(
        EvaluationProtocol.Honest,
        MadeRuns.Run("bottle", "promptad", 1, 0, 0.90, 0.95, EvaluationProtocol.Honest),
        MadeRuns.Run("bottle", "promptad", 1, 1, 0.94, 0.97, EvaluationProtocol.Honest),
        MadeRuns.Run("cable", "promptad", 1, 0, 0.80, null, EvaluationProtocol.Honest),
        MadeRuns.Run("cable", "promptad", 1, 1, 0.80, null, EvaluationProtocol.Honest));

    private static readonly Report Published = MadeRuns.Report(
        EvaluationProtocol.Published, MadeRuns.Run("my part", "promptad", 2, 0, 0.9, 0.9, EvaluationProtocol.Published));

    [Fact]
    public void Takes_the_mean_over_categories_of_each_seed_first()
    {
        FigureSummary all = Honest.Summary("promptad", 1);
        Assert.Equal(2, all.Seeds);
        Assert.Equal(0.86, all.Image.Mean, 1e-12); // seeds 0.85 and 0.87
        Assert.Equal(0.02 / Math.Sqrt(2), all.Image.Deviation!.Value, 1e-12);
        Assert.Equal(0.96, all.Pixel!.Mean, 1e-12); // of the category that has masks
        Assert.Null(Honest.Summary("promptad", 1, "cable").Pixel);
    }

    [Fact]
    public void Markdown_puts_the_published_figures_and_the_difference_beside_ours()
    {
        string text = MadeRuns.Text(MarkdownReport.Write, Honest);
        Assert.Contains("| promptad | 86.0 ± 1.4 |", text, StringComparison.Ordinal);
        Assert.Contains("| *published, MVTec AD* | *94.6* |", text, StringComparison.Ordinal);
        Assert.Contains("| *promptad minus published* | *−8.6* |", text, StringComparison.Ordinal);
        Assert.Contains("means over the 15 categories of MVTec AD, picked on the test set", text, StringComparison.Ordinal);
        Assert.Contains("Ours were not picked and cover 2 of 15 categories, so the difference is not like with like.", text, StringComparison.Ordinal);
        Assert.Contains("| cable | – |", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Says_nothing_against_the_difference_where_like_is_compared_with_like()
    {
        string[] all = PublishedResults.TryFind(["bottle"])!.Categories;
        Report report = MadeRuns.Report(
            EvaluationProtocol.Published,
            [.. all.Select(category => MadeRuns.Run(category, "promptad", 4, 0, 0.95, 0.96, EvaluationProtocol.Published))]);
        Assert.DoesNotContain("not like with like", string.Concat(report.Remarks), StringComparison.Ordinal);
        (double? theirs, double? difference) = ReportFigure.Image.Compare(report, 4);
        Assert.Equal(0.966, theirs);
        Assert.Equal(-0.016, difference!.Value, 1e-12);
        Assert.Equal((null, null), ReportFigure.Image.Compare(report, 3));
    }

    [Fact]
    public void Says_that_means_of_pixel_figures_leave_categories_without_masks_out() =>
        Assert.Contains("Means of pixel figures are over the 1 of 2 categories with masks.", Honest.Remarks);

    [Fact]
    public void Compares_no_detector_of_one_product_with_means_over_a_data_set()
    {
        Report detector = MadeRuns.Report(protocol: null, MadeRuns.Run("capsule", "detector", 2, 0, 0.9, null, protocol: null));
        Assert.Null(detector.Published);
        Assert.DoesNotContain("published", MadeRuns.Text(MarkdownReport.Write, detector), StringComparison.Ordinal);
    }

    [Fact]
    public void Markdown_shows_names_as_they_are_and_in_one_row()
    {
        Report report = MadeRuns.Report(
            EvaluationProtocol.Honest,
            MadeRuns.Run("a|b\n`c`<i>", "promptad", 1, 0, 0.9, null, EvaluationProtocol.Honest),
            MadeRuns.Run("d", "promptad", 1, 0, 0.9, null, EvaluationProtocol.Honest));
        string text = MadeRuns.Text(MarkdownReport.Write, report);
        Assert.Contains(@"| a\|b \`c\`\<i> | 90.0 |", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Reports_say_which_options_and_versions_figures_were_made_with()
    {
        Assert.Contains("| Maps | 400 x 400 |", MadeRuns.Text(MarkdownReport.Write, Honest), StringComparison.Ordinal);
        string html = MadeRuns.Text(HtmlReport.Write, Honest);
        Assert.Contains("<dt>Maps</dt><dd>400 x 400</dd>", html, StringComparison.Ordinal);
        Assert.Contains("<dt>Warning</dt><dd>bolt: no masks</dd>", html, StringComparison.Ordinal);
        Assert.Contains("<dt>ONNX Runtime</dt>", html, StringComparison.Ordinal);
        Assert.Contains("train/good/000.png", html, StringComparison.Ordinal);
    }

    [Fact]
    public void Json_keeps_the_name_of_a_category_a_text()
    {
        using var stream = new MemoryStream();
        JsonReport.Write(MadeRuns.Report(EvaluationProtocol.Honest, MadeRuns.Run("true", "promptad", 1, 0, 0.9, 0.9, EvaluationProtocol.Honest)), stream);
        Assert.Equal("true", JsonDocument.Parse(stream.ToArray()).RootElement.GetProperty("rows")[0].GetProperty("category").GetString());
    }

    [Fact]
    public void Csv_has_a_line_for_each_run_with_figures_from_0_to_1()
    {
        string[] lines = MadeRuns.Text(CsvReport.Write, Honest).TrimEnd().Split('\n');
        Assert.Equal(5, lines.Length);
        Assert.StartsWith("category,method,shots,seed,protocol,picked_on_test_set,image_auroc,", lines[0], StringComparison.Ordinal);
        Assert.StartsWith("bottle,promptad,1,1,honest,false,0.94,", lines[2], StringComparison.Ordinal);
        Assert.All(lines, line => Assert.Equal(lines[0].Count(c => c == ','), line.Count(c => c == ',')));
    }

    [Fact]
    public void Json_has_rows_with_figures_from_0_to_1()
    {
        using var stream = new MemoryStream();
        JsonReport.Write(Honest, stream);
        JsonElement root = JsonDocument.Parse(stream.ToArray()).RootElement;
        JsonElement row = root.GetProperty("rows")[0];
        Assert.Equal("bottle", row.GetProperty("category").GetString());
        Assert.Equal("promptad", row.GetProperty("method").GetString());
        Assert.Equal(1, row.GetProperty("shots").GetInt32());
        Assert.Equal(0, row.GetProperty("seed").GetInt32());
        Assert.Equal(0.9, row.GetProperty("image_auroc").GetDouble());
        Assert.Equal(0.95, row.GetProperty("pixel_auroc").GetDouble());
        Assert.Equal(JsonValueKind.Null, root.GetProperty("rows")[2].GetProperty("pixel_auroc").ValueKind);
        Assert.False(root.GetProperty("picked_on_test_set").GetBoolean());
    }

    [Fact]
    public void Every_output_of_the_published_protocol_says_that_it_was_picked_on_the_test_set()
    {
        using var json = new MemoryStream();
        JsonReport.Write(Published, json);
        JsonElement root = JsonDocument.Parse(json.ToArray()).RootElement;
        Assert.True(root.GetProperty("picked_on_test_set").GetBoolean());
        Assert.True(root.GetProperty("rows")[0].GetProperty("picked_on_test_set").GetBoolean());
        Assert.Contains("my part,promptad,2,0,published,true,", MadeRuns.Text(CsvReport.Write, Published), StringComparison.Ordinal);
        Assert.Contains("Image AUROC, per cent, picked on the test set", MadeRuns.Text(MarkdownReport.Write, Published), StringComparison.Ordinal);
        Assert.Contains("<strong>Picked on the test set.</strong>", MadeRuns.Text(HtmlReport.Write, Published), StringComparison.Ordinal);
    }

    [Fact]
    public void Html_fetches_nothing_and_escapes_what_files_are_called()
    {
        string html = MadeRuns.Text(HtmlReport.Write, Honest);
        Assert.Equal(2 * 5, Sources().Count(html)); // two pictures a category, one of them without a mask
        Assert.All(Sources().Matches(html), match => Assert.StartsWith("src='data:image/jpeg;base64,", match.Value, StringComparison.Ordinal));
        Assert.DoesNotContain("http", html, StringComparison.Ordinal);
        Assert.DoesNotContain("<script", html, StringComparison.Ordinal);
        Assert.DoesNotContain("url(", html, StringComparison.Ordinal);
        Assert.Contains("test/good/&lt;1&gt;.png", html, StringComparison.Ordinal);
        Assert.Contains("parts &amp; more", html, StringComparison.Ordinal);
    }

    [GeneratedRegex("src='[^']*'")]
    private static partial Regex Sources();
}
