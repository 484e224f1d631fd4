namespace PromptAD.Cli.Tests;

public sealed class DemoTests(Workshop workshop) : CommandTest(workshop)
{
    [Fact]
    public void Draws_learns_judges_and_writes_heat_maps()
    {
        Outcome outcome = Run(Success, "demo", "--output", "demo", "--store", "store");
        Assert.Equal(24, outcome.OutputLines.Count(line => line.Contains(".png", StringComparison.Ordinal)));
        Assert.Contains("using the embedded backbone 'promptad-small-2'", outcome.Messages);
        Assert.Equal(24, Directory.GetFiles(InFolder("demo/overlays"), "*.overlay.png", SearchOption.AllDirectories).Length);
        Assert.Contains("demo/chequer-plate.promptad", FilesLeft);
    }
}
