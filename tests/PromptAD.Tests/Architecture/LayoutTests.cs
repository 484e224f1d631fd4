namespace PromptAD.Tests.Architecture;

/// <summary>Where things are in the source is what their names say.</summary>
public sealed class LayoutTests
{
    private const string Core = "src/PromptAD/";

    [Theory]
    [InlineData("src", "")]
    [InlineData("tests", "")]
    [InlineData("tools/Pretraining", "PromptAD.Pretraining")]
    public void Namespaces_are_folders(string tree, string prefix)
    {
        string[] strays =
        [
            .. from file in SourceTree.Read(tree)
               where file.Namespace is { } found && found != Expected(file.Folder, tree, prefix)
               select $"{file.Path}: {file.Namespace}",
        ];

        Assert.Empty(strays);
    }

    [Fact]
    public void Folders_of_the_core_do_not_use_each_other_in_a_circle()
    {
        // The root is left out: its public types are what all folders speak of, and its facade uses them all.
        ILookup<string, string> uses = (
            from file in SourceTree.Read(Core)
            let folder = Top(file.Namespace)
            where folder is not null
            from other in file.Usings.Select(Top)
            where other is not null && other != folder
            select (Folder: folder, Other: other)).Distinct().ToLookup(use => use.Folder, use => use.Other);

        Assert.NotEmpty(uses);
        Assert.Null(uses.Select(group => Circle([group.Key], uses)).FirstOrDefault(circle => circle is not null));
    }

    [Fact]
    public void Circles_are_found()
    {
        ILookup<string, string> uses =
            new[] { ("A", "B"), ("B", "C"), ("C", "B"), ("A", "D") }.ToLookup(use => use.Item1, use => use.Item2);

        Assert.Equal("A > B > C > B", Circle(["A"], uses));
        Assert.Null(Circle(["D"], uses));
    }

    /// <summary>The first circle that a way through the folders runs into; null for none.</summary>
    private static string? Circle(IReadOnlyList<string> way, ILookup<string, string> uses)
    {
        foreach (string next in uses[way[^1]])
        {
            IReadOnlyList<string> longer = [.. way, next];
            if (way.Contains(next)) return string.Join(" > ", longer);
            if (Circle(longer, uses) is { } circle) return circle;
        }
        return null;
    }

    /// <summary>The core's folder that a namespace is in, with those below it as one; null for its root and for what is no part of it.</summary>
    private static string? Top(string? name)
    {
        string[] parts = name?.Split('.') ?? [];
        return parts is ["PromptAD", { } folder, ..] && Directory.Exists(Path.Combine(SourceTree.Root, Core, folder)) ? folder : null;
    }

    private static string Expected(string folder, string tree, string prefix) =>
        prefix.Length > 0 ? prefix + folder[tree.Length..].Replace('/', '.')
        : folder.StartsWith("tests/Pretraining.Tests", StringComparison.Ordinal) ? "PromptAD." + folder["tests/".Length..].Replace('/', '.')
        : folder[(folder.IndexOf('/') + 1)..].Replace('/', '.');
}
