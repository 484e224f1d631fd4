using System.Text.Json;
using System.Text.Json.Nodes;

namespace PromptAD.Cli.Tests;

public sealed class LimitTests(Workshop workshop) : CommandTest(workshop)
{
    [Fact]
    public void Training_leaves_limits_that_predict_uses_in_every_output()
    {
        foreach (string format in (string[])["table", "csv"])
            Assert.Matches("OK|REVIEW|NG", Run(Success, "predict", Workshop.Detector, Workshop.Good, "-f", format).Output);
        using JsonDocument results = JsonDocument.Parse(Run(Success, "predict", Workshop.Detector, Workshop.Good, "-f", "json").Output);
        foreach (JsonElement result in results.RootElement.EnumerateArray())
        {
            Assert.Contains(result.GetProperty("verdict").GetString(), (string[])["OK", "REVIEW", "NG"]);
            Assert.InRange(result.GetProperty("normalized_score").GetSingle(), 0, 1);
        }
        Assert.Contains("estimated", Run(Success, "threshold", "show", Workshop.Detector).Output);
    }

    [Fact]
    public void Calibrates_with_further_pictures_and_says_what_is_missing_for_a_guarantee()
    {
        Outcome outcome = Run(Success, "calibrate", Workshop.Detector, "--good", Further(20), "-o", "new.promptad");
        Assert.Contains("guaranteed", outcome.Output);
        Assert.Contains("warning: the NG limit is an estimate; for a guaranteed rate of 1 % calibrate with 99 good pictures", outcome.Messages);
        Assert.DoesNotContain("the review limit is an estimate", outcome.Messages);
        Outcome explained = Run(Success, "threshold", "explain", "new.promptad");
        Assert.Contains("Scores of 20 good pictures", explained.Output);
        Assert.Contains("review: the highest of 20 scores, so at most 5 % of good parts lie above", explained.Output);
        Assert.Matches(@"\d\.\d{4} +\d+ +#+  <- review", explained.Output);
        (_, byte[] before) = DetectorFile.Read(Workshop.Detector);
        (_, byte[] after) = DetectorFile.Read(InFolder("new.promptad"));
        Assert.Equal(before, after[..before.Length]); // the tensors
        Assert.Equal(before.Length + (20 * 3 * 64 * 64), after.Length); // and the kept pictures
    }

    [Fact]
    public void Explaining_counts_in_English_and_draws_a_limit_below_all_scores_below_them()
    {
        DetectorFile.Change(Workshop.Detector, InFolder("d"), metadata =>
        {
            var further = new JsonArray();
            for (int i = 0; i < 24; i++) further.Add(new JsonObject { ["source"] = i, ["score"] = 0.5 + (i * 0.01), ["peak"] = 0.5 });
            metadata["good_scores"]!["further"] = further;
        });
        foreach ((string rate, string rank) in ((string, string)[])[("10%", "23rd"), ("12%", "22nd"), ("16%", "21st"), ("50%", "13th")])
        {
            Run(Success, "threshold", "set", "d", "--review-rate", rate);
            Assert.Contains($"review: the {rank} smallest of 24 scores", Run(Success, "threshold", "explain", "d").Output);
        }
        Run(Success, "threshold", "set", "d", "--review-score", "0.1");
        string[] lines = Run(Success, "threshold", "explain", "d").OutputLines;
        int row = Array.FindIndex(lines, line => line.EndsWith("<- review 0.1000", StringComparison.Ordinal));
        Assert.StartsWith("0.1000 ", lines[row]);
        Assert.DoesNotContain('#', lines[row]);
        Assert.StartsWith("Scores of 24", lines[row - 1]);
    }

    [Fact]
    public void Pictures_that_were_learned_from_are_left_out()
    {
        Outcome outcome = Run(Success, "calibrate", Workshop.Detector, "--good", Workshop.Good, "-o", "new.promptad");
        Assert.Contains("4 of 6 pictures were left out", outcome.Messages);
        Assert.Contains("Calibrated with 2 pictures", outcome.Messages);
    }

    [Theory]
    [InlineData(75)]
    [InlineData(90)]
    public void Copies_that_were_saved_again_are_named(int quality)
    {
        for (int i = 0; i < Workshop.GoodPictures; i++)
            Pictures.SaveAsJpeg(Path.Combine(Workshop.Good, $"{i}.png"), InFolder($"more/copy{i}.jpg"), quality);
        for (int i = 0; i < 6; i++) Pictures.SavePng(InFolder($"more/new{i}.png"), 80, 60, seed: 100 + i);
        Outcome outcome = Run(Success, "calibrate", Workshop.Detector, "--good", "more", "-o", "new.promptad");
        string line = Assert.Single(outcome.MessageLines, line => line.Contains("look nearly the same as one that was learned from"));
        Assert.Matches(@"^warning: ([4-6]) of the pictures .*too low: (copy\d\.jpg(, |\. )){4,6}If they are copies", line); // of six, four were learned from
        Assert.Contains("Calibrated with 12 pictures", outcome.Messages);
    }

    [Fact]
    public void Explaining_draws_scores_and_map_values_and_puts_each_into_the_row_nearest_to_it()
    {
        File.Copy(Workshop.Detector, InFolder("d"));
        Run(Success, "calibrate", "d", "--good", Further(20));
        for (int i = 0; i < 12; i++) // the lowest and the highest row are such limits
        {
            (string review, string ng, string pixel) = ($"0.0{10 + i}7", $"0.9{10 + i}3", $"0.98{10 + i}");
            Run(Success, "threshold", "set", "d", "--review-score", review, "--ng-score", ng, "--pixel-score", pixel);
            string[] lines = Run(Success, "threshold", "explain", "d").OutputLines;
            int scores = Array.FindIndex(lines, line => line.StartsWith("Scores of 20", StringComparison.Ordinal));
            int peaks = Array.IndexOf(lines, "The highest map values of the same pictures:");
            Assert.Equal(17, peaks - scores);
            Assert.Matches($@"^{review} .*<- review {review}$", lines[scores + 1]);
            Assert.Matches($@"^{ng} .*<- NG {ng}$", lines[peaks - 1]);
            Assert.Matches($@"^{pixel} .*<- pixel {pixel}$", lines[peaks + 16]);
            foreach (int start in (int[])[scores, peaks])
            {
                string[][] rows = [.. lines[(start + 1)..(start + 17)].Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))];
                Assert.Equal(20, rows.Where(row => row.Length > 2 && row[2][0] == '#').Sum(row => int.Parse(row[1])));
                double[] numbers = [.. rows.Select(row => double.Parse(row[0]))];
                for (int row = 1; row < 16; row++) Assert.Equal((numbers[15] - numbers[0]) / 15, numbers[row] - numbers[row - 1], 1.1e-4);
            }
        }
    }

    [Fact]
    public void Pictures_of_another_product_are_named()
    {
        string good = Further(6);
        Pictures.SaveBlack(InFolder("other/00.png"), 80, 60, hasLightCorner: true);
        Outcome outcome = Run(Success, "calibrate", Workshop.Detector, "--good", good, "other/00.png", "-o", "new.promptad");
        Assert.Contains("warning: 1 of the pictures is far from all that was learned as good, so that the limits may be too high: 00.png. If they",
            outcome.Messages);
        Assert.DoesNotContain("far from all", Run(Success, "calibrate", Workshop.Detector, "--good", good, "-o", "good.promptad").Messages);
        Pictures.SaveBlack(InFolder("other/black.png"), 80, 60);
        Assert.StartsWith("'other/black.png' has one colour all over", Refuse(
            Failure, "calibrate", Workshop.Detector, "--good", good, "other/black.png", "-o", "black.promptad"));
        Assert.DoesNotContain("black.promptad", FilesLeft);
    }

    [Fact]
    public void Calibrating_keeps_the_rates_and_the_area_that_were_set()
    {
        File.Copy(Workshop.Detector, InFolder("d"));
        string good = Further(3);
        Run(Success, "threshold", "set", "d", "--review-rate", "20%", "--ng-rate", "10%", "--pixel-rate", "3%", "--min-area", "200");
        string set = Run(Success, "calibrate", "d", "--good", good, "--pixel-rate", "4%").Output;
        Assert.Matches(@"review .*20 % [\s\S]*NG .*10 % [\s\S]*pixel .*4 % [\s\S]*fewer than 200 pixels", set);

        Run(Success, "threshold", "set", "d", "--review-score", "0.001", "--pixel-score", "0.5");
        Outcome again = Run(Success, "calibrate", "d", "--good", good);
        Assert.Contains("warning: the review limit had been set by hand to 0.001; it is found from the pictures now, for a rate of 10 %.", again.Messages);
        Assert.Contains("warning: the pixel limit had been set by hand to 0.5; it is found from the pictures now, for a rate of 5 %.", again.Messages);
        Assert.DoesNotContain("the NG limit had been", again.Messages);
        Assert.DoesNotContain("by hand", again.Output);
        Outcome given = Run(Success, "calibrate", "d", "--good", good, "--review-score", "0.001");
        Assert.Contains("set by hand", Line("review", given.Output));
        Assert.DoesNotContain("had been set by hand", given.Messages);
    }

    [Fact]
    public void Limits_move_without_pictures_and_those_not_named_stay()
    {
        File.Copy(Workshop.Detector, InFolder("d"));
        string before = Line("NG", Run(Success, "threshold", "show", "d").Output);
        string moved = Run(Success, "threshold", "set", "d", "--review-score", "0.001", "--pixel-rate", "10%").Output;
        Assert.Equal(before, Line("NG", moved));
        Assert.Matches(@"review +0\.0010 .*set by hand", moved);
        Assert.Matches(@"pixel .*10 % +estimated", moved);
        string back = Run(Success, "threshold", "set", "d", "--review-rate", "0.05", "--pixel-rate", "5%").Output;
        Assert.Equal(Run(Success, "threshold", "show", Workshop.Detector).Output, back);
        Assert.Equal(File.ReadAllBytes(Workshop.Detector), File.ReadAllBytes(InFolder("d")));
    }

    [Theory]
    [InlineData(Failure, "for a rate of 1 %. Give a lower score, or the other limit as a score, too, with --ng-score.", "--review-score", "0.9999")]
    [InlineData(Failure, "or the other limit as a score, too, with --review-score.", "--ng-score", "0.0001")]
    [InlineData(Failure, "The review limit is 0.9 and the NG limit 0.2", "--review-score", "0.9", "--ng-score", "0.2")]
    [InlineData(Failure, "--ng-rate is 2; it must lie between", "--ng-rate", "200%")]
    [InlineData(Failure, "--ng-score is 1.5; it must lie between 0 and 1", "--ng-score", "1.5")]
    [InlineData(Failure, "--min-area is -1; it must lie between", "--min-area", "-1")]
    [InlineData(Failure, "give --review-rate 10%, too", "--ng-rate", "10%")]
    [InlineData(Failure, "give --ng-rate 0.5%, too", "--review-rate", "0.5%")]
    [InlineData(Failure, "The review rate is 0.01 and the NG rate 0.1", "--ng-rate", "10%", "--review-rate", "1%")]
    [InlineData(Usage, "--review-rate and --review-score both", "--review-rate", "5%", "--review-score", "0.6")]
    [InlineData(Usage, "--ng-rate and --ng-score both", "--ng-rate", "1%", "--ng-score", "0.6")]
    [InlineData(Usage, "--pixel-rate and --pixel-score both", "--pixel-rate", "1%", "--pixel-score", "0.6")]
    [InlineData(Usage, "--ng-rate is '1%%'", "--ng-rate", "1%%")]
    [InlineData(Failure, "No limit was given")]
    [InlineData(Usage, "--ng-rate is 'few'", "--ng-rate", "few")]
    public void Refuses_limits_that_cannot_be_and_leaves_the_file_alone(int code, string reason, params string[] options)
    {
        File.Copy(Workshop.Detector, InFolder("d"));
        Assert.Contains(reason, Refuse(code, ["threshold", "set", "d", .. options]));
        Assert.Equal(File.ReadAllBytes(Workshop.Detector), File.ReadAllBytes(InFolder("d")));
        Assert.Equal(["d"], FilesLeft);
    }

    [Fact]
    public void A_detector_of_an_earlier_program_gives_scores_without_verdicts_and_says_how_to_calibrate()
    {
        DetectorFile.Change(Workshop.Detector, InFolder("old"), metadata =>
        {
            metadata.Remove("limits");
            metadata.Remove("good_scores");
        });
        Outcome outcome = Run(Success, "predict", "old", Workshop.Good, "-f", "csv");
        Assert.Contains("warning: the detector has no limits", outcome.Messages);
        foreach (int column in (int[])[1, 3, 9, 10]) // verdict, normalised score, regions, boxes
            Assert.All(outcome.OutputLines[1..], line => Assert.Equal("", line.Split(',')[column]));
        using JsonDocument results = JsonDocument.Parse(Run(Success, "predict", "old", Workshop.Good, "-f", "json").Output);
        foreach (string name in (string[])["verdict", "normalized_score", "regions"])
            Assert.All(results.RootElement.EnumerateArray(), result => Assert.Equal(JsonValueKind.Null, result.GetProperty(name).ValueKind));
        Assert.Matches(@"0\.png +0\.\d{4} +0\.\d{4} +0\.\d{4} +\d+, \d+ +\d+ *\n", Run(Success, "predict", "old", Workshop.Good).Output);
        Assert.Contains("promptad calibrate old --good", Refuse(Failure, "threshold", "show", "old"));
        Assert.Contains("promptad calibrate old --good", Refuse(Failure, "threshold", "explain", "old"));
        Assert.Contains("promptad calibrate old --good", Refuse(Failure, "threshold", "set", "old", "--ng-rate", "1%"));
        Assert.Contains("Give all of --review-score, --ng-score and --pixel-score", Refuse(Failure, "threshold", "set", "old", "--ng-score", "0.6"));
        File.Copy(InFolder("old"), InFolder("hand"));
        Run(Success, "threshold", "set", "hand", "--review-score", "0.5", "--ng-score", "0.6", "--pixel-score", "0.5");
        Assert.Contains("Give all of --review-score", Refuse(Failure, "threshold", "set", "hand", "--ng-rate", "1%"));
        Run(Success, "calibrate", "old", "--good", Further(8));
        Assert.Contains("NG", Run(Success, "threshold", "show", "old").Output);
    }

    [Fact]
    public void Regions_lie_in_the_picture_and_small_ones_can_be_left_out()
    {
        File.Copy(Workshop.Detector, InFolder("d"));
        Pictures.SavePng(InFolder("new.png"), 80, 60, seed: 50); // above 0 everywhere, because it was not learned from
        Run(Success, "threshold", "set", "d", "--pixel-score", "0");
        JsonElement region = Assert.Single(Regions());
        Assert.Equal((0, 0, 80, 60), (Number(region, "x"), Number(region, "y"), Number(region, "width"), Number(region, "height")));
        Assert.Equal(80 * 60, region.GetProperty("area").GetDouble(), 1e-6);
        Assert.Equal("[[0,0],[80,0],[80,60],[0,60]]", string.Concat(region.GetProperty("outline").GetRawText().Where(letter => !char.IsWhiteSpace(letter))));
        string row = Run(Success, "predict", "d", "new.png", "-f", "csv").OutputLines[1];
        Assert.Contains(",1,0 0 80 60,", row);
        string peak = region.GetProperty("peak").GetRawText(), mean = region.GetProperty("mean").GetRawText();
        Assert.EndsWith($",,4800,{peak},{mean},0 0 80 0 80 60 0 60,false", row);
        Assert.Contains("fewer than 4801 pixels", Run(Success, "threshold", "set", "d", "--min-area", "4801").Output);
        Assert.Empty(Regions());

        JsonElement[] Regions()
        {
            string json = Run(Success, "predict", "d", "new.png", "-f", "json", "-o", "out", "--maps", "none").Output;
            return [.. JsonDocument.Parse(json).RootElement[0].GetProperty("regions").EnumerateArray()];
        }

        static int Number(JsonElement region, string name) => region.GetProperty(name).GetInt32();
    }

    [Fact]
    public async Task Of_two_commands_that_change_a_detector_at_once_each_keeps_its_change_or_says_that_it_did_not()
    {
        File.Copy(Workshop.Detector, InFolder("d"));
        string[] options = ["--review-score", "--ng-score", "--pixel-score"];
        string[] values = ["0.0123", "0.9876", "0.0456"];
        for (int round = 0; round < 3; round++)
        {
            File.Copy(Workshop.Detector, InFolder("d"), overwrite: true);
            Outcome[] outcomes = await Task.WhenAll(options.Select((option, i) => Task.Run(
                () => Promptad.Run(Folder, Workshop.Store, "threshold", "set", "d", option, values[i]))));
            string limits = Run(Success, "threshold", "show", "d").Output;
            foreach ((int i, Outcome outcome) in outcomes.Index())
            {
                CheckAlways(outcome);
                Assert.Equal(outcome.ExitCode == Success, limits.Contains(values[i]));
                if (outcome.ExitCode != Success) Assert.Contains("'d' was changed meanwhile", Assert.Single(outcome.MessageLines));
            }
            Assert.Contains(outcomes, outcome => outcome.ExitCode == Success);
        }
        Assert.Equal(["d"], FilesLeft);
    }

    /// <summary>The row of a table, without the spaces that depend on the other rows.</summary>
    private static string Line(string name, string output)
    {
        string line = output.Split('\n').Single(line => line.TrimStart().StartsWith($"{name} ", StringComparison.Ordinal));
        return string.Join(' ', line.Split(' ', StringSplitOptions.RemoveEmptyEntries));
    }

    private string Further(int count)
    {
        for (int i = 0; i < count; i++) Pictures.SavePng(InFolder($"further/{i}.png"), 80, 60, seed: 100 + i);
        return InFolder("further");
    }
}
