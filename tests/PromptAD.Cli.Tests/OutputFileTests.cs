namespace PromptAD.Cli.Tests;

public sealed class OutputFileTests(Workshop workshop) : CommandTest(workshop)
{
    [Theory]
    [InlineData("export d --check mine.png -o d --force")]
    [InlineData("export d --check mine.png -o ./sub/../d --force")]
    [InlineData("export d --check mine.png -o mine.png --force")]
    [InlineData("export d --check mine.png -o link --force")]
    [InlineData("export link --check mine.png -o d --force")]
    [InlineData("train --good mine.png --object nut -o mine.png --force")]
    [InlineData("train --good . --object nut -o mine.png --force")]
    [InlineData("train --good mine.png --object nut --roi roi.png -o roi.png --force")]
    [InlineData("calibrate d --good mine.png -o mine.png")]
    [InlineData("calibrate d --good mine.png roi.png -o roi.png")]
    [InlineData("feedback d --ok mine.png -o mine.png")]
    [InlineData("feedback d --ng mine.png -o mine.png")]
    [InlineData("predict d mine.png mine.map.png -o .")]
    [InlineData("predict d mine.png mine.overlay.png -o .")]
    [InlineData("predict mine.map.png mine.png -o .")]
    [InlineData("advise mine.png -o mine.png --force")]
    [InlineData("backbone generate --config tiny.json --checkpoint tiny.json")]
    public void What_is_read_is_never_written_over(string line)
    {
        File.Copy(Workshop.Detector, InFolder("d"));
        File.Copy(Workshop.ConfigurationFile, InFolder("tiny.json"));
        Pictures.SavePng(InFolder("mine.png"), 80, 60, seed: 1);
        Pictures.SavePng(InFolder("roi.png"), 80, 60, seed: 2);
        Pictures.SavePng(InFolder("mine.map.png"), 80, 60, seed: 3);
        Pictures.SavePng(InFolder("mine.overlay.png"), 80, 60, seed: 4);
        File.CreateSymbolicLink(InFolder("link"), InFolder("d"));
        string[] before = FilesLeft;
        byte[][] contents = Contents();
        string error = Refuse(Failure, line.Split(' '));
        Assert.Contains("is read from; give the output another name", error);
        Assert.Equal(before, FilesLeft);
        Assert.Equal(contents, Contents());

        byte[][] Contents() => [.. before.Select(file => File.ReadAllBytes(InFolder(file)))];
    }

    [Fact]
    public void The_detector_that_a_command_changes_can_be_named_as_its_output()
    {
        File.Copy(Workshop.Detector, InFolder("d"));
        Pictures.SavePng(InFolder("mine.png"), 80, 60, seed: 1);
        Run(Success, "feedback", "d", "--ng", "mine.png", "-o", "d");
        Run(Success, "calibrate", "d", "--good", Workshop.Good, "-o", "d");
    }

    [Theory]
    [InlineData("threshold set d --review-score 0.1 --ng-score 0.2")]
    [InlineData("feedback d --ng mine.png")]
    [InlineData("feedback other --ng mine.png -o d")]
    [InlineData("calibrate d --good mine.png")]
    [InlineData("train --good mine.png --object nut -o d --force")]
    [InlineData("export other --check mine.png -o d --force")]
    public void A_read_only_file_is_never_replaced(string line)
    {
        File.Copy(Workshop.Detector, InFolder("d"));
        File.Copy(Workshop.Detector, InFolder("other"));
        Pictures.SavePng(InFolder("mine.png"), 80, 60, seed: 1);
        File.SetAttributes(InFolder("d"), FileAttributes.ReadOnly);
        Assert.Contains("the file is read-only. Make it writable", Refuse(Failure, line.Split(' ')));
        Assert.Equal(File.ReadAllBytes(Workshop.Detector), File.ReadAllBytes(InFolder("d")));
        Assert.Equal(["d", "mine.png", "other"], FilesLeft);
        File.SetAttributes(InFolder("d"), FileAttributes.Normal);
    }

    [Fact]
    public void A_link_to_a_detector_stays_a_link()
    {
        Directory.CreateDirectory(InFolder("shared"));
        File.Copy(Workshop.Detector, InFolder("shared/d"));
        File.CreateSymbolicLink(InFolder("link"), Path.Combine("shared", "d"));
        Run(Success, "threshold", "set", "link", "--review-score", "0.1", "--ng-score", "0.2");
        Assert.Equal(Path.Combine("shared", "d"), new FileInfo(InFolder("link")).LinkTarget);
        Assert.Contains("set by hand", Run(Success, "threshold", "show", "shared/d").Output);
        Assert.Equal(["link", "shared/d"], FilesLeft);
    }
}
