using System.Runtime.InteropServices;

namespace PromptAD.Cli.Tests;

public sealed class ExportTests(Workshop workshop) : CommandTest(workshop)
{
    [Fact]
    public void Writes_one_file_that_agrees_with_predict()
    {
        Pictures.SavePng(InFolder("new/a.png"), 80, 60, seed: 41);
        Pictures.SavePng(InFolder("new/b.png"), 80, 60, seed: 42);
        Outcome outcome = Run(Success, "export", Workshop.Detector, "--format", "onnx", "--check", "new", "-o", "nut.onnx");
        Assert.Contains("Exported nut.onnx for pictures of 80 x 60 pixels; on 2 pictures it differs from the detector by at most", outcome.Messages);
        Assert.Equal(["new/a.png", "new/b.png", "nut.onnx"], FilesLeft);
        Assert.Contains("'nut.onnx' is there already", Refuse(Failure, "export", Workshop.Detector, "--check", "new", "-o", "nut.onnx"));
        string again = Run(Success, "export", Workshop.Detector, "--check", "new/a.png", "-o", "nut.onnx", "--force", "--resizing", "false").Messages;
        Assert.Contains("for pictures of 64 x 64 pixels; on 1 picture it differs", again);
    }

    [Fact]
    public void Refuses_a_detector_of_an_int8_backbone_and_says_what_to_do()
    {
        string[] store = ["--store", "store"];
        Outcome made = Run(
            Success, ["backbone", "generate", "--config", Workshop.ConfigurationFile, "--name", "eight", "--precision", "int8", .. store]);
        string[] train = ["train", "--good", Workshop.Good, "--object", "nut", "--epochs", "1", "--shots", "1", "-o", "d"];
        Outcome trained = Run(Success, [.. train, .. store]);
        foreach (Outcome outcome in OperatingSystem.IsLinux() ? (Outcome[])[made, trained] : []) // which tells of its processor in a file
            Assert.Equal(IsSlow(), outcome.Messages.Contains("has no 8-bit dot products", StringComparison.Ordinal));
        string error = Refuse(Failure, ["export", "d", "--check", Workshop.Good, "-o", "nut.onnx", .. store]);
        Assert.Contains("backbone is int8 and cannot be exported", error);
        Assert.EndsWith("train a detector with a float32 backbone.", error);
        Assert.False(File.Exists(InFolder("nut.onnx")));
    }

    [Fact]
    public void Refuses_without_pictures_to_check_with()
    {
        Assert.Contains("'--check' is required", Refuse(Usage, "export", Workshop.Detector, "-o", "nut.onnx"));
        Assert.Contains("does not exist", Refuse(Failure, "export", Workshop.Detector, "--check", "missing.png", "-o", "nut.onnx"));
        Assert.Empty(FilesLeft);
    }

    private static bool IsSlow() => RuntimeInformation.ProcessArchitecture == Architecture.X64
        && !File.ReadAllText("/proc/cpuinfo").Contains("_vnni", StringComparison.Ordinal);
}
