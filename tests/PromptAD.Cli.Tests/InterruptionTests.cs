namespace PromptAD.Cli.Tests;

public sealed class InterruptionTests(Workshop workshop) : CommandTest(workshop)
{
    [Fact]
    public async Task Ctrl_C_stops_a_training_with_130_and_leaves_nothing()
    {
        await StopAsync(
            "Learning prompts", "train", "--good", Workshop.Good, "--object", "nut", "--epochs", "10000", "--output", "out.promptad");
        Assert.Empty(FilesLeft);
    }

    [Theory]
    [InlineData("Encoding pictures", "train --good many --shots 300 --object nut --output out.promptad")]
    [InlineData("Comparing pictures", "advise many --most 200 -o advice.txt")]
    [InlineData("Trying ", "advise many --most 12 --shots 1 -o advice.txt")]
    public async Task Ctrl_C_stops_in_the_middle_of_a_picture_and_leaves_nothing(string message, string line)
    {
        for (int i = 0; i < 300; i++) Pictures.SavePng(InFolder($"many/{i}.png"), 80, 60, seed: i);
        string[] before = FilesLeft;
        await StopAsync(message, line.Split(' '));
        Assert.Equal(before, FilesLeft);
    }

    [Fact]
    public async Task Ctrl_C_stops_an_evaluation_and_no_report_is_written()
    {
        for (int i = 0; i < 4; i++) Pictures.SavePng(InFolder($"parts/good/{i}.png"), 80, 60, seed: i);
        Pictures.SavePng(InFolder("parts/bad/0.png"), 80, 60, seed: 50);
        for (int i = 1; i < 2000; i++) File.Copy(InFolder("parts/bad/0.png"), InFolder($"parts/bad/{i}.png"));
        string[] before = FilesLeft;
        await StopAsync("Judging test pictures", "evaluate", Workshop.Detector, "--dataset", "parts", "--output", "out");
        Assert.Equal(before, FilesLeft);
    }

    [Theory]
    [InlineData("Comparing pictures", "export d --check many -o out.onnx")]
    [InlineData("Judging pictures", "feedback d --ng many")]
    [InlineData("Judging pictures", "feedback d --ok many --force -o other")]
    [InlineData("Judging pictures", "calibrate d --good many -o other")]
    public async Task Ctrl_C_stops_between_pictures_and_no_file_is_written_or_changed(string message, string line)
    {
        File.Copy(Workshop.Detector, InFolder("d"));
        Pictures.SavePng(InFolder("many/0.png"), 80, 60, seed: 50);
        for (int i = 1; i < 2000; i++) File.Copy(InFolder("many/0.png"), InFolder($"many/{i}.png"));
        string[] before = FilesLeft;
        await StopAsync(message, line.Split(' '));
        Assert.Equal(before, FilesLeft);
        Assert.Equal(File.ReadAllBytes(Workshop.Detector), File.ReadAllBytes(InFolder("d")));
    }
}
