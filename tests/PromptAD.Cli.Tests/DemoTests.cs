namespace PromptAD.Cli.Tests;

public sealed class DemoTests(Workshop workshop) : CommandTest(workshop)
{
    [Fact]
    public void Draws_learns_judges_and_writes_heat_maps()
    {
        Outcome outcome = Run(Success, "demo", "--output", "demo");
        Assert.Equal(12, outcome.OutputLines.Count(line => line.Contains(".png", StringComparison.Ordinal)));
        Assert.Contains("knows nothing of pictures", outcome.Messages);
        Assert.Equal(12, Directory.GetFiles(InFolder("demo/overlays"), "*.overlay.png", SearchOption.AllDirectories).Length);
        Assert.Contains("demo/gear.promptad", FilesLeft);
    }
}
