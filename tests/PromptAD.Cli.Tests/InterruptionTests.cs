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
