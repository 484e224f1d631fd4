using PromptAD.Client;
using PublicApiGenerator;

namespace PromptAD.Server.Tests.PublicApi;

/// <summary>Compares the client's public API with the text that was approved; a change shows there, and so in review.</summary>
public sealed class PublicApiTests
{
    [Fact]
    public void Is_what_was_approved()
    {
        string folder = Path.Combine(AppContext.BaseDirectory, "PublicApi"), received = Path.Combine(folder, "PromptAD.Client.received.txt");
        string actual = typeof(InspectionClient).Assembly.GeneratePublicApi(new ApiGeneratorOptions { IncludeAssemblyAttributes = false })
            .ReplaceLineEndings("\n").TrimEnd();
        File.WriteAllText(received, $"{actual}\n");
        string approved = File.ReadAllText(Path.Combine(folder, "PromptAD.Client.approved.txt")).ReplaceLineEndings("\n").TrimEnd();
        Assert.True(actual == approved, $"The public API has changed. If that is meant, put '{received}' in the place of PromptAD.Client.approved.txt.");
    }
}
