using System.Text.Json;

namespace PromptAD.Cli.Tests;

public sealed class EvaluationTests(Workshop workshop) : CommandTest(workshop)
{
    private const string HowToCalibrate = "promptad calibrate old --good <pictures>";

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
        Assert.DoesNotContain("calibrate", first.Messages + more.Messages); // methods have no limits, which needs no words
        Assert.DoesNotContain("out/pictures.csv", FilesLeft);
        Assert.NotEqual(written, File.GetLastWriteTimeUtc(finished)); // another memory, another result
        Assert.Contains("3 views beside each picture, turned by 90 degrees", File.ReadAllText(InFolder("out/report.html")));
    }

    [Fact]
    public void Benchmark_takes_words_and_memory_from_two_backbones()
    {
        MakeData();
        string[] store = MakeWordsAndDino();
        string[] benchmark = ["benchmark", "--root", "parts", "--shots", "1", "--seeds", "1", "--epochs", "2", "--format", "json", .. store];
        string Scores(string folder, params string[] backbones)
        {
            Run(Success, [.. benchmark, "--output", folder, .. backbones]);
            return string.Concat(Directory.GetFiles(InFolder($"{folder}/runs"), "*", SearchOption.AllDirectories).Select(File.ReadAllText));
        }
        string both = Scores("both", "--backbone", "words", "--memory-backbone", "dino");
        Assert.NotEqual(Scores("alone", "--backbone", "words"), both);
        using JsonDocument report = JsonDocument.Parse(File.ReadAllText(InFolder("both/results.json")));
        Assert.Equal("words+dino", report.RootElement.GetProperty("backbone").GetString());
        Assert.Contains("it has no words to add to the memory of 'words'", Refuse(
            Failure, [.. benchmark, "--output", "none", "--backbone", "dino", "--memory-backbone", "words"]));
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
    public void Evaluate_says_of_each_picture_what_predict_says_and_counts_the_verdicts()
    {
        MakeData();
        File.Copy(Workshop.Detector, InFolder("d"));
        float[] scores = [.. Judged("d").Select(line => float.Parse(line[3])).Order()]; // of two good and four defective pictures
        string Between(int i) => $"{(scores[i - 1] + scores[i]) / 2}";
        Run(Success, "threshold", "set", "d", "--review-score", Between(2), "--ng-score", Between(5));

        Outcome outcome = Run(Success, "evaluate", "d", "--dataset", "parts", "--output", "out");
        Assert.Matches(@"OK +\d +\d", outcome.Output);
        Assert.Matches(@"not-OK rate +\d+\.0 % \(.* to .*\) +– \(set by hand\) ", outcome.Output);
        Assert.Contains("<h3>Verdicts</h3>", File.ReadAllText(InFolder("out/report.html")));
        Assert.Contains("## Verdicts", File.ReadAllText(InFolder("out/results.md")));
        string[][] pictures = [.. File.ReadAllLines(InFolder("out/pictures.csv"))[1..].Select(line => line.Split(','))];
        string[][] listed = [.. pictures.Select(line => (string[])[$"parts/{line[0]}", line[2], line[4], line[3]])];
        Assert.Equal(Judged("d"), listed.OrderBy(line => line[0], StringComparer.Ordinal)); // to the last digit
        Assert.Equal((2, 3, 1), (Verdicts("OK"), Verdicts("REVIEW"), Verdicts("NG")));
        JsonElement row = JsonDocument.Parse(File.ReadAllText(InFolder("out/results.json"))).RootElement.GetProperty("rows")[0];
        int Number(string name) => row.GetProperty(name).GetInt32();
        Assert.Equal((2, 4), (Number("good_ok") + Number("good_review") + Number("good_ng"), Number("defective_ok") + Number("defective_review") + Number("defective_ng")));
        Assert.Equal((2, 3, 1), (Number("good_ok") + Number("defective_ok"), Number("good_review") + Number("defective_review"), Number("good_ng") + Number("defective_ng")));

        int Verdicts(string verdict) => pictures.Count(line => line[2] == verdict);
    }

    [Fact]
    public void Evaluate_counts_the_pictures_that_the_detector_knows()
    {
        for (int i = 0; i < Workshop.GoodPictures; i++)
        {
            Directory.CreateDirectory(InFolder("nut/test/good"));
            File.Copy(Path.Combine(Workshop.Good, $"{i}.png"), InFolder($"nut/test/good/{i}.png"));
        }
        Pictures.SavePng(InFolder("nut/train/good/new.png"), 80, 60, seed: 90);
        for (int i = 0; i < 3; i++) Pictures.SavePng(InFolder($"nut/test/scratch/{i}.png"), 80, 60, seed: 91 + i);
        File.Copy(Workshop.Detector, InFolder("d"));
        string said = Evaluate().Output;
        Assert.Contains("Known pictures. The detector knows 4 of the 9 test pictures", said);
        Assert.Contains("test/good/", said);
        Assert.True(said.IndexOf("Known pictures", StringComparison.Ordinal) < said.IndexOf("AUROC", StringComparison.Ordinal), said);
        string page = File.ReadAllText(InFolder("out/report.html"));
        Assert.True(page.IndexOf("The detector knows 4", StringComparison.Ordinal) < page.IndexOf("Summary", StringComparison.Ordinal));
        Assert.Equal(4, File.ReadAllLines(InFolder("out/pictures.csv")).Count(line => line.EndsWith(",true", StringComparison.OrdinalIgnoreCase)));
        Run(Success, "calibrate", "d", "--good", Workshop.Good, "--keep", "0"); // with the two others
        Run(Success, "feedback", "d", "--ng", "nut/test/scratch/0.png");
        Assert.Contains("The detector knows 7 of the 9 test pictures", Evaluate().Output);
        Assert.Contains("warning: Known pictures.", Evaluate("--format", "csv").Messages);

        Outcome Evaluate(params string[] more) => Run(Success, ["evaluate", "d", "--dataset", "nut", "--output", "out", .. more]);
    }

    [Fact]
    public void Evaluate_measures_a_detector_without_limits_and_says_how_to_calibrate()
    {
        MakeData();
        DetectorFile.Change(Workshop.Detector, InFolder("old"), metadata =>
        {
            metadata.Remove("limits");
            metadata.Remove("good_scores");
        });
        Outcome outcome = Run(Success, "evaluate", "old", "--dataset", "parts", "--output", "out");
        string warning = Assert.Single(outcome.MessageLines, line => line.Contains("limits", StringComparison.Ordinal));
        Assert.Equal($"warning: the detector has no limits, so there are no verdicts; '{HowToCalibrate}' finds them.", warning);
        Assert.DoesNotContain("REVIEW", outcome.Output);
        Assert.Contains("the detector has no limits", File.ReadAllText(InFolder("out/results.md")), StringComparison.OrdinalIgnoreCase);
        Assert.All(File.ReadAllLines(InFolder("out/pictures.csv"))[1..], line => Assert.Equal(("", ""), (line.Split(',')[2], line.Split(',')[4])));
    }

    [Fact]
    public void Reports_do_not_take_the_place_of_the_manifest_that_is_read()
    {
        MakeData();
        File.WriteAllText(InFolder("pictures.csv"), "path,label,split\nparts/good/0.png,good,test\nparts/bad/0.png,bad,test\n");
        Assert.Contains("'pictures.csv' is read from", Refuse(Failure, "evaluate", Workshop.Detector, "--dataset", "pictures.csv", "--output", "."));
        Assert.DoesNotContain("report.html", FilesLeft);
    }

    [Fact]
    public void Evaluate_takes_the_options_that_a_detector_is_opened_with()
    {
        MakeData();
        string[] evaluate = ["evaluate", Workshop.Detector, "--dataset", "parts"];
        Run(Success, [.. evaluate, "--threads", "1", "--pixel-limit", "1600"]); // 40 x 40
        Assert.Contains("1599", Refuse(Failure, [.. evaluate, "--pixel-limit", "1599"]));
    }

    [Fact]
    public void Evaluate_leaves_out_the_pictures_that_are_damaged_and_names_them()
    {
        MakeData();
        string[] evaluate = ["evaluate", Workshop.Detector, "--dataset", "parts", "--output", "out/deeper"];
        Damage("parts/bad/1.png");
        Outcome one = Run(Partial, evaluate);
        Assert.Equal("error: 1 test picture could not be judged and is left out:", one.MessageLines[^2]);
        Assert.StartsWith($"  Cannot read '{InFolder("parts/bad/1.png")}'", one.MessageLines[^1]);
        Assert.Contains("Pictures left out. 1 test picture could not be judged, and no figure counts it: parts/bad/1.png.", one.Output);
        Assert.Equal(1 + 5, File.ReadAllLines(InFolder("out/deeper/pictures.csv")).Length);
        Directory.Delete(InFolder("out"), recursive: true);
        Damage("parts/good/2.png");
        Damage("parts/good/3.png");
        Outcome none = Run(Failure, evaluate);
        Assert.Contains(none.MessageLines, line => line.StartsWith(
            "error: No good picture is left to measure with: 3 cannot be judged, the first because: Cannot read", StringComparison.Ordinal));
        Assert.False(Directory.Exists(InFolder("out")));

        void Damage(string picture)
        {
            byte[] bytes = File.ReadAllBytes(InFolder(picture));
            File.WriteAllBytes(InFolder(picture), bytes[..(bytes.Length / 2)]);
        }
    }

    [Fact]
    public void A_jpeg_without_its_end_mark_is_taken_and_named()
    {
        MakeData();
        Pictures.SaveAsJpeg(InFolder("parts/bad/1.png"), InFolder("parts/bad/1.jpg"), quality: 90);
        File.Delete(InFolder("parts/bad/1.png"));
        byte[] whole = File.ReadAllBytes(InFolder("parts/bad/1.jpg"));
        File.WriteAllBytes(InFolder("parts/bad/1.jpg"), whole[..^2]);
        string[] benchmark = ["benchmark", "--root", "parts", "--shots", "1", "--seeds", "1", "--method", "memory", "--output", "b"];
        string[][] commands = [["evaluate", Workshop.Detector, "--dataset", "parts", "--output", "e"], benchmark, benchmark]; // once known
        foreach (string[] command in commands)
        {
            string warning = Assert.Single(Run(Success, command).MessageLines, line => line.Contains("end mark", StringComparison.Ordinal));
            Assert.Equal(
                $"warning: '{InFolder("parts/bad/1.jpg")}' has no end mark, though all of its pixels are there; whatever wrote it stopped early.",
                warning);
            Assert.Contains("has no end mark", File.ReadAllText(InFolder($"{command[^1]}/report.html")));
        }
        File.Copy(Workshop.Detector, InFolder("d"));
        Assert.Contains("has no end mark", Run(Success, "feedback", "d", "--ng", "parts/bad/1.jpg").Messages);
        Assert.Contains("has no end mark", Run(Success, "feedback", "d", "--ok", "parts/bad/1.jpg", "--force").Messages);
    }

    [Fact]
    public void Benchmark_takes_the_bits_of_deep_pictures()
    {
        foreach (string kind in (string[])["good", "bad"])
        {
            Directory.CreateDirectory(InFolder($"parts/{kind}"));
            for (int i = 0; i < 3; i++) Pictures.SaveDeepTiff(InFolder($"parts/{kind}/{i}.tif"), bits: 12, (kind.Length * 100) + i);
        }
        string[] benchmark = ["benchmark", "--root", "parts", "--shots", "1", "--seeds", "1", "--method", "memory"];
        Assert.Contains(
            "parts: pictures to learn from have 16-bit samples that use the lower 12 bits alone, so 4095 was taken as white. If they have "
            + "others, say so with --bits; the detector keeps it.", Run(Success, [.. benchmark, "-o", "found"]).Messages);
        Assert.DoesNotContain("16-bit", Run(Success, [.. benchmark, "-o", "given", "--bits", "12"]).Messages);
        Assert.Equal(Figures("found"), Figures("given"));
        Run(Success, [.. benchmark, "-o", "wide", "--bits", "16"]);
        Assert.NotEqual(Figures("found"), Figures("wide"));
        Assert.Contains(
            "beyond the 1023 of the 10 significant bits that training goes by. Give pictures of 10 bits, or train with the number that all of "
            + "them have, by --bits.", Refuse(Failure, [.. benchmark, "-o", "narrow", "--bits", "10"]));

        string Figures(string folder)
        {
            string run = Directory.EnumerateFiles(InFolder($"{folder}/runs"), "*.json").Single();
            return JsonDocument.Parse(File.ReadAllText(run)).RootElement.GetProperty("pictures").GetRawText();
        }
    }

    [Fact]
    public async Task Ctrl_C_stops_evaluate_and_leaves_no_folder()
    {
        MakeData();
        for (int i = 4; i < 2000; i++) Pictures.SavePng(InFolder($"parts/bad/{i}.png"), 8, 8, 1000 + i);
        await StopAsync("Judging test pictures", "evaluate", Workshop.Detector, "--dataset", "parts", "--output", "out");
        Assert.False(Directory.Exists(InFolder("out")));
    }

    [Fact]
    public void Evaluate_refuses_a_folder_that_cannot_be_before_it_judges()
    {
        MakeData();
        File.WriteAllText(InFolder("file"), "");
        foreach (string folder in (string[])["file", "file/deeper"])
            Assert.Contains($"'{folder}': a file", Refuse(Failure, "evaluate", Workshop.Detector, "--dataset", "parts", "--output", folder));
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

    /// <summary>Path, verdict, normalised and raw score, as predict prints them, of the pictures that are tested with.</summary>
    private string[][] Judged(string detector)
    {
        string[] lines = Run(Success, "predict", detector, "parts/bad", "parts/good/2.png", "parts/good/3.png", "--format", "csv").OutputLines[1..];
        return [.. lines.Select(line => line.Split(',')).Select(line => (string[])[line[0], line[1], line[3], line[2]]).OrderBy(line => line[0], StringComparer.Ordinal)];
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
