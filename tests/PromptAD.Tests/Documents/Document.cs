using System.Globalization;
using System.Text.RegularExpressions;

namespace PromptAD.Tests.Documents;

/// <summary>A Markdown file: its links, the anchors of its headings as GitHub makes them, and its code blocks.</summary>
internal sealed partial class Document
{
    private Document(string path) => Path = path;

    /// <summary>From the repository's root, with slashes.</summary>
    public string Path { get; }

    public List<string> Links { get; } = [];

    /// <summary>One a heading, in order; a second heading of the same words has -1 behind, a third -2.</summary>
    public List<string> Anchors { get; } = [];

    public List<string> CodeBlocks { get; } = [];

    public static Document Parse(string path, string text)
    {
        var document = new Document(path);
        List<string>? block = null;
        foreach (string line in text.Split('\n'))
        {
            bool fence = line.TrimStart().StartsWith("```", StringComparison.Ordinal);
            if (fence && block is null) block = [];
            block?.Add(line);
            if (block is null) document.Read(line);
            else if (fence && block.Count > 1) document.Close(ref block);
        }

        return document;
    }

    /// <summary>The links that lead to no file, or to no heading of one.</summary>
    /// <param name="others">All documents by path.</param>
    /// <param name="exists">Whether the repository has a file or folder of that path.</param>
    public IEnumerable<string> BrokenLinks(IReadOnlyDictionary<string, Document> others, Func<string, bool> exists) =>
        from link in Links
        where !Leads(link.Split('#'), others, exists)
        select $"{Path}: {link}";

    private bool Leads(string[] link, IReadOnlyDictionary<string, Document> others, Func<string, bool> exists)
    {
        string target = link[0].Length == 0 ? Path : Resolve(link[0]);
        return exists(target) && (link.Length == 1 || (others.TryGetValue(target, out Document? other) && other.Anchors.Contains(link[1])));
    }

    private string Resolve(string link)
    {
        var parts = new List<string>(Path.Split('/')[..^1]);
        foreach (string part in link.TrimEnd('/').Split('/'))
        {
            if (part != "..") parts.Add(part);
            else if (parts.Count == 0) return ""; // leads out of the repository
            else parts.RemoveAt(parts.Count - 1);
        }

        return string.Join('/', parts);
    }

    private void Close(ref List<string>? block)
    {
        CodeBlocks.Add(string.Join('\n', block!));
        block = null;
    }

    private void Read(string line)
    {
        string outsideCode = Code().Replace(line, "");
        Links.AddRange(Link().Matches(outsideCode).Select(match => match.Groups[1].Value));
        if (Heading().Match(line) is { Success: true } heading) Anchors.Add(Unused(Slug(heading.Groups[1].Value)));
    }

    private string Unused(string slug)
    {
        int earlier = Anchors.Count(anchor => anchor == slug || Regex.IsMatch(anchor, $"^{Regex.Escape(slug)}-[0-9]+$"));
        return earlier == 0 ? slug : string.Create(CultureInfo.InvariantCulture, $"{slug}-{earlier}");
    }

    private static string Slug(string heading) => NoSlug().Replace(heading.Trim().ToLowerInvariant(), "").Replace(' ', '-');

    [GeneratedRegex(@"^#{1,6}\s+(.*)$")]
    private static partial Regex Heading();

    [GeneratedRegex(@"[^\p{L}\p{M}\p{N} _-]")]
    private static partial Regex NoSlug();

    [GeneratedRegex("`[^`]*`")]
    private static partial Regex Code();

    /// <summary>The target of a link or a picture inside the repository.</summary>
    [GeneratedRegex(@"(?:\]\(|<img src="")(?!https?:|mailto:)([^)""\s]+)")]
    private static partial Regex Link();
}
