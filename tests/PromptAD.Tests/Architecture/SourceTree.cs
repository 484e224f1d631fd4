using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;

namespace PromptAD.Tests.Architecture;

/// <summary>The repository's C# files, as they lie beside this test.</summary>
internal static partial class SourceTree
{
    public static string Root { get; } = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(ThisFile())!, "..", "..", ".."));

    /// <summary>The files of a folder and of all in it, without what the build made.</summary>
    /// <param name="folder">From the repository's root, with slashes.</param>
    public static IEnumerable<SourceFile> Read(string folder) =>
        from path in Directory.EnumerateFiles(Path.Combine(Root, folder), "*.cs", SearchOption.AllDirectories)
        let relative = Path.GetRelativePath(Root, path).Replace('\\', '/')
        where !Built().IsMatch(relative)
        select new SourceFile(relative, File.ReadAllText(path));

    private static string ThisFile([CallerFilePath] string path = "") => path;

    [GeneratedRegex("/(bin|obj)/")]
    private static partial Regex Built();
}
