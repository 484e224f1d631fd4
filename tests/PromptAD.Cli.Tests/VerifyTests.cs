namespace PromptAD.Cli.Tests;

public sealed class VerifyTests(Workshop workshop) : CommandTest(workshop)
{
    private static readonly string Maps = Path.Combine(AppContext.BaseDirectory, "Fixtures", "maps.safetensors");

    [Fact]
    public void A_reference_that_holds_lists_its_tensors_and_exits_with_0()
    {
        Outcome outcome = Run(Success, "verify", Maps);
        Assert.Equal(20, outcome.OutputLines.Count(line => line.StartsWith("  ok  ", StringComparison.Ordinal)));
        Assert.Matches(@"  ok    15\.400\.smoothed +\d\.\d\de-\d\d  of  1\.00e-05\n", outcome.Output);
        Assert.Equal("All 20 tensors hold.", outcome.OutputLines[^1]);
        Assert.Equal("", outcome.Messages);
    }

    [Fact]
    public void A_reference_that_differs_names_the_tensor_and_exits_with_3()
    {
        byte[] bytes = File.ReadAllBytes(Maps);
        bytes[^1] ^= 0x40; // the exponent of the last value of the last tensor
        File.WriteAllBytes(InFolder("changed.safetensors"), bytes);
        Outcome outcome = Promptad.Run(Folder, Workshop.Store, "verify", "changed.safetensors", Maps);
        Assert.Equal(Partial, outcome.ExitCode);
        Assert.Single(outcome.OutputLines, line => line.StartsWith("  FAIL  ", StringComparison.Ordinal));
        Assert.Equal("1 of 40 tensors differ by more than their tolerance.", outcome.OutputLines[^1]);
    }

    [Fact]
    public void Refuses_what_is_no_reference()
    {
        Assert.Contains("is no reference file", Run(Failure, "verify", Workshop.Detector).Messages);
        Assert.Contains("missing.safetensors", Run(Failure, "verify", "missing.safetensors").Messages);
        Assert.Contains("not a safetensors file", Run(Failure, "verify", Workshop.ConfigurationFile).Messages);
    }
}
