using System.Reflection;
using PublicApiGenerator;

namespace PromptAD.Tests.PublicApi;

/// <summary>Compares an assembly's public API with the text that was approved; a change shows there, and so in review.</summary>
internal static class ApprovedApi
{
    private static readonly ApiGeneratorOptions Options = new() { IncludeAssemblyAttributes = false };

    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "PublicApi");

    public static void Check(Assembly assembly)
    {
        string name = assembly.GetName().Name!, received = Path.Combine(Folder, $"{name}.received.txt");
        string actual = assembly.GeneratePublicApi(Options).ReplaceLineEndings("\n").TrimEnd();
        File.WriteAllText(received, $"{actual}\n");
        string approved = File.ReadAllText(Path.Combine(Folder, $"{name}.approved.txt")).ReplaceLineEndings("\n").TrimEnd();
        Assert.True(actual == approved, $"The public API has changed. If that is meant, put '{received}' in the place of {name}.approved.txt.");
    }
}
