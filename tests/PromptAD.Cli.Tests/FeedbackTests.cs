namespace PromptAD.Cli.Tests;

public sealed class FeedbackTests(Workshop workshop) : CommandTest(workshop)
{
    [Fact]
    public void Learns_from_a_rejected_part_tells_of_it_and_undoes_it()
    {
        string detector = Strict();
        byte[] before = File.ReadAllBytes(detector);

        string learned = Run(Success, "feedback", "d", "--ok", "new.png", "--force").Output;
        Assert.Matches(@"new\.png: \d+ new patches, score 0\.\d{4} to 0\.\d{4}, NG to (OK|REVIEW|NG)", learned);
        Assert.Matches(@"^  1  \d{4}-\d\d-\d\d .* patches  score 0\.\d{4} to 0\.\d{4}  new\.png", Run(Success, "history", "d").Output);
        Assert.Contains("feedback    1 picture learned from", Run(Success, "info", "d").Output);

        Assert.Contains("Undone: 1", Run(Success, "feedback", "d", "--undo").Output);
        Assert.Equal(before, File.ReadAllBytes(detector));
        Assert.Equal("Nothing was learned from feedback.", Run(Success, "history", "d").Output.Trim());
        Assert.Contains("nothing to undo", Refuse(Failure, "feedback", "d", "--undo"));
    }

    [Fact]
    public void Undoing_what_the_limits_were_found_after_says_to_calibrate_again()
    {
        Strict();
        Run(Success, "feedback", "d", "--ok", "new.png", "--force");
        for (int i = 0; i < 4; i++) Pictures.SavePng(InFolder($"further{i}.png"), 80, 60, 90 + i);
        Outcome calibrated = Run(Success, "calibrate", "d", "--good", "*.png", "--review-rate", "30%", "--ng-rate", "20%");
        Assert.Contains("1 of 5 pictures was left out: it was learned from or is there twice, and so says nothing", calibrated.Messages); // new.png
        Assert.Contains("guaranteed", calibrated.Output);
        Assert.Contains("calibrate again", Run(Success, "feedback", "d", "--undo").Messages);
        Outcome shown = Run(Success, "threshold", "show", "d");
        Assert.DoesNotContain("guaranteed", shown.Output);
        Assert.Contains("calibrate again", shown.Messages);
    }

    [Fact]
    public void Keeps_pictures_of_defects_and_those_of_a_calibration()
    {
        Strict();
        Assert.Contains("Kept 1 picture of defects.", Run(Success, "feedback", "d", "--ng", "new.png").Output);
        foreach (int seed in (int[])[88, 89]) Pictures.SavePng(InFolder($"further{seed}.png"), 80, 60, seed);
        Run(Success, "calibrate", "d", "--good", "further88.png", "further89.png", "--keep", "1");
        string history = Run(Success, "history", "d").Output;
        Assert.Contains("kept defect new.png", history);
        Assert.Contains("kept good   further88.png", history);
        Run(Success, "calibrate", "d", "--good", "further89.png");
        string replaced = Run(Success, "history", "d").Output;
        Assert.Contains("kept defect new.png", replaced);
        Assert.Contains("kept good   further89.png", replaced);
        Assert.DoesNotContain("further88.png", replaced);
    }

    [Fact]
    public void A_picture_is_kept_once_and_can_be_forgotten_by_its_name()
    {
        string detector = Strict();
        Pictures.SavePng(InFolder("sub/other.png"), 80, 60, seed: 78);
        Run(Success, "feedback", "d", "--ng", "new.png");
        byte[] before = File.ReadAllBytes(detector);

        Outcome again = Run(Success, "feedback", "d", "--ng", "new.png", "sub/other.png");
        Assert.Contains("warning: new.png is kept already.", again.Messages);
        Assert.Equal("Kept 1 picture of defects.", again.Output.Trim());
        Assert.Equal("", Run(Success, "feedback", "d", "--ng", "new.png").Output);

        Assert.Equal(
            "Forgot other.png; it need not stay rejected any more.", Run(Success, "feedback", "d", "--forget", "sub/other.png").Output.Trim());
        Assert.Equal(before, File.ReadAllBytes(detector));
        Assert.Contains("has no reference picture of a defect named 'other.png'", Refuse(Failure, "feedback", "d", "--forget", "new.png", "other.png"));
        Assert.Equal(before, File.ReadAllBytes(detector));
        Run(Success, "feedback", "d", "--forget", "new.png");
        Assert.Equal("Nothing was learned from feedback.", Run(Success, "history", "d").Output.Trim());
    }

    [Fact]
    public void Another_file_is_replaced_only_where_training_can_make_it_again()
    {
        Strict();
        File.WriteAllText(InFolder("letter.txt"), "dear");
        File.Copy(Workshop.Detector, InFolder("untaught"));
        File.Copy(Workshop.Detector, InFolder("taught"));
        Run(Success, "feedback", "taught", "--ng", "new.png");
        byte[] taught = File.ReadAllBytes(InFolder("taught"));
        foreach (string[] line in (string[][])[["feedback", "d", "--ng", "new.png"], ["calibrate", "d", "--good", Workshop.Good]])
        {
            Assert.Contains(
                "'letter.txt' is there already and is no detector that can be read; give another name, or delete it first.",
                Refuse(Failure, [.. line, "-o", "letter.txt"]));
            Assert.Contains("keeps pictures of defects", Refuse(Failure, [.. line, "-o", "taught"]));
            Run(Success, [.. line, "-o", "untaught"]);
            File.Copy(Workshop.Detector, InFolder("untaught"), overwrite: true);
        }
        Assert.Equal("dear", File.ReadAllText(InFolder("letter.txt")));
        Assert.Equal(taught, File.ReadAllBytes(InFolder("taught")));
    }

    [Theory]
    [InlineData(Failure, "Give pictures of falsely rejected parts with --ok")]
    [InlineData(Failure, "or --undo alone", "--undo", "--ok", "new.png")]
    [InlineData(Failure, "or --undo alone", "--undo", "--forget", "new.png")]
    [InlineData(Failure, "no reference picture of a defect named 'new.png'", "--forget", "new.png")]
    [InlineData(Failure, "--novelty is 500", "--ok", "new.png", "--novelty", "500")]
    [InlineData(Failure, "missing.png", "--ok", "missing.png")]
    [InlineData(Failure, "raise the limit with --pixel-limit", "--ok", "new.png", "--pixel-limit", "4799")]
    [InlineData(Failure, "raise the limit with --pixel-limit", "--ng", "new.png", "--pixel-limit", "4799")]
    public void Refuses_what_cannot_be_and_leaves_the_file_alone(int code, string reason, params string[] options)
    {
        string detector = Strict();
        byte[] before = File.ReadAllBytes(detector);
        Assert.Contains(reason, Refuse(code, ["feedback", "d", .. options]));
        Assert.Equal(before, File.ReadAllBytes(detector));
        Assert.Equal(["d", "new.png"], FilesLeft);
    }

    [Fact]
    public void Says_nothing_of_what_was_learned_before_a_picture_was_refused()
    {
        string detector = Strict();
        byte[] before = File.ReadAllBytes(detector);
        Refuse(Failure, "feedback", "d", "--force", "--ng", "new.png", "--ok", "new.png", "missing.png"); // and so nothing on standard output
        Assert.Equal(before, File.ReadAllBytes(detector));
    }

    /// <summary>A detector that rejects everything, and a picture.</summary>
    private string Strict()
    {
        File.Copy(Workshop.Detector, InFolder("d"));
        Run(Success, "threshold", "set", "d", "--review-score", "0.0001", "--ng-score", "0.0002");
        Pictures.SavePng(InFolder("new.png"), 80, 60, seed: 77);
        return InFolder("d");
    }
}
