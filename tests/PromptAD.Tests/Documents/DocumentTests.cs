using PromptAD.Tests.Architecture;

namespace PromptAD.Tests.Documents;

public sealed class DocumentTests
{
    private static readonly string[] Skipped = ["artifacts", "bin", "obj", "node_modules", "out", "TestResults"];

    [Fact]
    public void Every_relative_link_of_a_document_leads_to_a_file_and_to_a_heading()
    {
        Dictionary<string, Document> documents = ReadAll();
        IEnumerable<string> broken = documents.Values.SelectMany(document => document.BrokenLinks(documents, Exists));
        Assert.Empty(broken);
        Assert.True(documents.Values.Sum(document => document.Links.Count) > 100);
    }

    [Fact]
    public void The_index_lists_every_document()
    {
        Dictionary<string, Document> documents = ReadAll();
        IEnumerable<string> inFolder = documents.Keys
            .Where(path => path.StartsWith("docs/", StringComparison.Ordinal) && path != "docs/README.md")
            .Select(path => path["docs/".Length..]);
        Assert.Empty(inFolder.Except(documents["docs/README.md"].Links));
    }

    [Fact]
    public void Both_readmes_have_the_same_code_headings_and_links()
    {
        Dictionary<string, Document> documents = ReadAll();
        Document english = documents["README.md"], chinese = documents["README.zh-CN.md"];
        Assert.Equal(english.CodeBlocks, chinese.CodeBlocks);
        Assert.Equal(english.Anchors.Count, chinese.Anchors.Count);
        Assert.Equal(Guides(english), Guides(chinese));
    }

    [Theory]
    [InlineData("a.md", true)]
    [InlineData("a.md#c-and-more", true)]
    [InlineData("a.md#c-and-more-1", true)]
    [InlineData("a.md#快速导览", true)]
    [InlineData("#here", true)]
    [InlineData("../LICENSE", true)]
    [InlineData("a.md#c-and-more-2", false)]
    [InlineData("#there", false)]
    [InlineData("b.md", false)]
    [InlineData("LICENSE", false)]
    [InlineData("../../LICENSE", false)]
    public void A_link_is_broken_where_file_or_heading_is_missing(string link, bool leads)
    {
        Document target = Document.Parse("docs/a.md", "# C# `and` more\n## C# and more\n## 快速导览\n```\n# there\n```\n");
        Document source = Document.Parse("docs/source.md", $"# Here\n# [a link]({link}), `[no link](in-code.md)`\n");
        var all = new Dictionary<string, Document> { [target.Path] = target, [source.Path] = source };
        IEnumerable<string> broken = source.BrokenLinks(all, path => path == "LICENSE" || all.ContainsKey(path));
        Assert.Equal(leads ? [] : [$"docs/source.md: {link}"], broken);
    }

    private static IEnumerable<string> Guides(Document readme) =>
        readme.Links.Where(link => link[0] != '#' && !link.StartsWith("README", StringComparison.Ordinal));

    private static bool Exists(string path)
    {
        string full = Path.Combine(SourceTree.Root, path);
        return path.Length > 0 && (File.Exists(full) || Directory.Exists(full));
    }

    private static Dictionary<string, Document> ReadAll() => Find(SourceTree.Root)
        .Select(file => Document.Parse(Path.GetRelativePath(SourceTree.Root, file).Replace('\\', '/'), File.ReadAllText(file)))
        .ToDictionary(document => document.Path);

    private static IEnumerable<string> Find(string folder) => Directory.EnumerateFiles(folder, "*.md").Concat(
        from inner in Directory.EnumerateDirectories(folder)
        let name = Path.GetFileName(inner)
        where name[0] != '.' && !Skipped.Contains(name)
        from file in Find(inner)
        select file);
}
