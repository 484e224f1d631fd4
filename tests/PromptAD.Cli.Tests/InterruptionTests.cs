namespace PromptAD.Cli.Tests;

public sealed class InterruptionTests(Workshop workshop) : CommandTest(workshop)
{
    [Fact]
    public async Task Ctrl_C_stops_a_training_with_130_and_leaves_nothing()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "A test cannot press Ctrl+C for another process on Windows.");
        using Promptad program = Promptad.Start(
            Folder, Workshop.Store, "train", "--good", Workshop.Good, "--object", "nut", "--epochs", "10000", "--output", "out.promptad");
        await program.WaitForMessageAsync("Learning prompts");
        program.PressCtrlC();
        Outcome outcome = program.Wait();
        Assert.Equal(Cancelled, outcome.ExitCode);
        Assert.Equal("error: stopped; nothing was left half-written.", outcome.MessageLines[^1]);
        CheckAlways(outcome);
        Assert.Empty(FilesLeft);
    }
}
