using System.Text.Json;

namespace PromptAD.Cli.Tests;

public sealed class EvaluationTests(Workshop workshop) : CommandTest(workshop)
{
    private static readonly string[] Reports = ["report.html", "results.csv", "results.json", "results.md"];

    [Fact]
    public void Benchmark_prints_rows_writes_reports_and_goes_on_where_it_was()
    {
        MakeData();
        string[] arguments = ["benchmark", "--root", "parts", "--shots", "1", "--seeds", "1", "--epochs", "2", "--output", "out", "--format", "json"];
        Outcome first = Run(Success, [.. arguments, "--method", "memory"]);
        JsonElement row = Assert.Single(JsonDocument.Parse(first.Output).RootElement.GetProperty("rows").EnumerateArray());
        Assert.Equal("parts", row.GetProperty("category").GetString());
        Assert.Equal("memory", row.GetProperty("method").GetString());
        Assert.InRange(row.GetProperty("image_auroc").GetDouble(), 0, 1);
        Assert.Equal(JsonValueKind.Null, row.GetProperty("pixel_auroc").ValueKind); // there are no masks
        Assert.All(Reports, name => Assert.Contains($"out/{name}", FilesLeft));

        string finished = InFolder(FilesLeft.Single(file => file.StartsWith("out/runs/", StringComparison.Ordinal)));
        DateTime written = File.GetLastWriteTimeUtc(finished);
        Outcome more = Run(Success, [.. arguments, "--method", "memory,promptad"]);
        Assert.Equal(2, JsonDocument.Parse(more.Output).RootElement.GetProperty("rows").GetArrayLength());
        Assert.Equal(written, File.GetLastWriteTimeUtc(finished));

        Run(Success, [.. arguments, "--method", "memory", "--poses", "quarter"]);
        Assert.NotEqual(written, File.GetLastWriteTimeUtc(finished)); // another memory, another result
        Assert.Contains("3 views beside each picture, turned by 90 degrees", File.ReadAllText(InFolder("out/report.html")));
    }

    [Fact]
    public void Evaluate_measures_a_detector()
    {
        MakeData();
        Outcome outcome = Run(Success, "evaluate", Workshop.Detector, "--dataset", "parts", "--output", "out", "--format", "markdown");
        Assert.Contains("| detector | ", outcome.Output);
        Assert.Contains("mean nothing", outcome.Output); // the backbone is a generated one
        Assert.All(Reports, name => Assert.Contains($"out/{name}", FilesLeft));
    }

    [Fact]
    public void Evaluate_needs_no_pictures_to_learn_from()
    {
        MakeData();
        File.WriteAllText(InFolder("test.csv"), "path,label,split\nparts/good/0.png,good,test\nparts/bad/0.png,bad,test\n");
        Outcome outcome = Run(Success, "evaluate", Workshop.Detector, "--dataset", "test.csv", "--format", "csv");
        Assert.StartsWith("test,detector,", outcome.Output.Split('\n')[1]);
    }

    [Fact]
    public void Says_what_is_wrong_before_work_starts()
    {
        MakeData();
        string[] benchmark = ["benchmark", "--root", "parts", "--output", "out"];
        Assert.Contains("no method 'magic'", Refuse(Failure, [.. benchmark, "--method", "magic"]));
        Assert.Contains("no whole number", Refuse(Failure, [.. benchmark, "--shots", "1,two"]));
        Assert.Contains("has no category 'nut'", Refuse(Failure, [.. benchmark, "--category", "nut"]));
        Assert.Contains("'nothing' does not exist", Refuse(Failure, "evaluate", Workshop.Detector, "--dataset", "nothing"));
        Assert.Contains("Must be one of: 'Honest'", Refuse(Usage, [.. benchmark, "--protocol", "1"]));
        Assert.Contains("Must be one of: 'Table'", Refuse(Usage, [.. benchmark, "--format", "2"]));
        File.Copy(InFolder("parts/good/0.png"), InFolder("parts/bad/same.png"));
        Assert.Contains("are also there to learn from", Refuse(Failure, benchmark));
        Assert.DoesNotContain(FilesLeft, file => file.StartsWith("out", StringComparison.Ordinal));
    }

    private void MakeData()
    {
        foreach (string kind in (string[])["good", "bad"])
        {
            Directory.CreateDirectory(InFolder($"parts/{kind}"));
            for (int i = 0; i < 4; i++) Pictures.SavePng(InFolder($"parts/{kind}/{i}.png"), 40, 40, (kind.Length * 100) + i);
        }
    }
}
