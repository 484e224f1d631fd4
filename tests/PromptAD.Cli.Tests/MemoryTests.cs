namespace PromptAD.Cli.Tests;

/// <summary>Other memories than a bank, and memories of another backbone.</summary>
public sealed class MemoryTests(Workshop workshop) : CommandTest(workshop)
{
    private string[] Training => ["train", "--good", Workshop.Good, "--object", "nut", "--output", "out.promptad", "--epochs", "1"];

    [Fact]
    public void A_subspace_is_trained_told_of_calibrated_and_exported()
    {
        Run(Success, [.. Training, "--memory", "subspace", "--explained-variance", "0.8", "--shots", "3"]);
        string info = Run(Success, "info", "out.promptad").Output;
        Assert.Contains("memory      a subspace of ", info);
        Assert.Contains(", format 6", info);
        Assert.Contains("\"components\":", Run(Success, "info", "out.promptad", "--format", "json").Output.Replace(" ", "", StringComparison.Ordinal));
        // The three pictures that were learned from are left out.
        Assert.Contains("3 further good pictures", Run(Success, "calibrate", "out.promptad", "--good", Workshop.Good).Messages + Run(Success, "info", "out.promptad").Output);
        Run(Success, "predict", "out.promptad", Workshop.Good);
        Run(Success, "export", "out.promptad", "--check", Workshop.Good, "--output", "out.onnx");
    }

    [Fact]
    public void Words_and_memory_come_from_two_backbones_that_later_commands_find()
    {
        string[] store = MakeWordsAndDino();
        Outcome outcome = Run(Success, [.. Training, "--shots", "2", "--backbone", "words", "--memory-backbone", "dino", .. store]);
        Assert.Contains("with backbone words+dino", outcome.MessageLines[^1]);
        string info = Run(Success, "info", "out.promptad").Output;
        Assert.Contains("backbone    words (generated", info);
        Assert.Contains("memory of   dino\n", info);
        Run(Success, ["predict", "out.promptad", Workshop.Good, .. store]);
        Run(Success, ["calibrate", "out.promptad", "--good", Workshop.Good, .. store]);
        Run(Success, ["export", "out.promptad", "--check", Workshop.Good, "--output", "out.onnx", .. store]);

        Run(Success, ["backbone", "remove", "dino", .. store]);
        string missing = Refuse(Failure, ["predict", "out.promptad", Workshop.Good, .. store]);
        Assert.Contains("The detector takes its memory from backbone 'dino'", missing);
        Assert.Contains("'promptad backbone import <file> --config dino'", missing);
    }

    [Fact]
    public void What_does_not_go_together_is_refused_with_what_to_do()
    {
        string[] store = MakeWordsAndDino();
        Assert.Contains("give 'dino' as --backbone", Refuse(
            Failure, [.. Training, "--memory-only", "--backbone", "words", "--memory-backbone", "dino", .. store]));
        Assert.Contains("it has no words to add to the memory of 'words'", Refuse(
            Failure, [.. Training, "--backbone", "dino", "--memory-backbone", "words", .. store]));
        Assert.Contains("No backbone 'other'", Refuse(
            Failure, [.. Training, "--backbone", "words", "--memory-backbone", "other", .. store]));
        Assert.Contains("choose a subspace with --memory subspace", Refuse(Failure, [.. Training, "--explained-variance", "0.9"]));
        Assert.Contains("--explained-variance is 1; it must lie between 0.5 and 0.9999", Refuse(
            Failure, [.. Training, "--memory", "subspace", "--explained-variance", "1"]));
        Refuse(Usage, [.. Training, "--memory", "plane"]);
    }
}
