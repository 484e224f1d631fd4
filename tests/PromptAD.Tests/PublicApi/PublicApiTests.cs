using PublicApiGenerator;

namespace PromptAD.Tests.PublicApi;

public sealed class PublicApiTests
{
    private static readonly ApiGeneratorOptions Options = new() { IncludeAssemblyAttributes = false };

    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "PublicApi");

    /// <summary>A change of the public API shows in the approved text, and so in review.</summary>
    [Fact]
    public void Is_what_was_approved()
    {
        string approved = File.ReadAllText(Path.Combine(Folder, "PromptAD.approved.txt")).ReplaceLineEndings("\n").TrimEnd();
        string actual = typeof(AnomalyDetector).Assembly.GeneratePublicApi(Options).ReplaceLineEndings("\n").TrimEnd();
        string received = Path.Combine(Folder, "PromptAD.received.txt");
        File.WriteAllText(received, $"{actual}\n");
        Assert.True(actual == approved, $"The public API has changed. If that is meant, put '{received}' in the place of PromptAD.approved.txt.");
    }
}
