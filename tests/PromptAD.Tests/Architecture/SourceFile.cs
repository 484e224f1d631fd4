using System.Text.RegularExpressions;

namespace PromptAD.Tests.Architecture;

/// <param name="Path">From the repository's root, with slashes.</param>
/// <param name="Text">What it holds.</param>
internal sealed partial record SourceFile(string Path, string Text)
{
    /// <summary>Its folder, from the repository's root.</summary>
    public string Folder => Path[..Path.LastIndexOf('/')];

    /// <summary>The namespace that it declares; null for a program's top-level statements.</summary>
    public string? Namespace => NamespaceLine().Match(Text) is { Success: true } match ? match.Groups[1].Value : null;

    /// <summary>The namespaces that it uses, static ones and aliases included.</summary>
    public IEnumerable<string> Usings => UsingLine().Matches(Text).Select(match => match.Groups[1].Value);

    [GeneratedRegex(@"^namespace ([\w.]+)", RegexOptions.Multiline)]
    private static partial Regex NamespaceLine();

    [GeneratedRegex(@"^(?:global )?using (?:static )?(?:\w+ = )?([\w.]+);", RegexOptions.Multiline)]
    private static partial Regex UsingLine();
}
