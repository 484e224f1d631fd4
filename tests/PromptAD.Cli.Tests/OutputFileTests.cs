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
    [InlineData("advise mine.png -o mine.png")]
    [InlineData("backbone generate --config tiny.json --checkpoint tiny.json")]
    public void What_is_read_is_never_written_over(string line)
    {
        File.Copy(Workshop.Detector, InFolder("d"));
        File.Copy(Workshop.ConfigurationFile, InFolder("tiny.json"));
        Pictures.SavePng(InFolder("mine.png"), 80, 60, seed: 1);
        Pictures.SavePng(InFolder("roi.png"), 80, 60, seed: 2);
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
}
