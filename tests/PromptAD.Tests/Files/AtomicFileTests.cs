using PromptAD.Files;

namespace PromptAD.Tests.Files;

public sealed class AtomicFileTests : TemporaryFolder
{
    [Fact]
    public void Replaces_what_a_link_leads_to_and_keeps_the_link()
    {
        Directory.CreateDirectory(InFolder("far"));
        File.WriteAllText(InFolder("far/file"), "old");
        File.CreateSymbolicLink(InFolder("link"), Path.Combine("far", "file"));
        File.CreateSymbolicLink(InFolder("second"), "link");
        Write(InFolder("second"), "new");
        Assert.Equal("new", File.ReadAllText(InFolder("far/file")));
        Assert.Equal(("link", Path.Combine("far", "file")), (new FileInfo(InFolder("second")).LinkTarget, new FileInfo(InFolder("link")).LinkTarget));
        Assert.Single(Directory.GetFiles(InFolder("far")));
    }

    [Fact]
    public void Writes_what_a_link_leads_to_where_nothing_is_yet()
    {
        File.CreateSymbolicLink(InFolder("link"), InFolder("later"));
        Write(InFolder("link"), "new");
        Assert.Equal("new", File.ReadAllText(InFolder("later")));
    }

    [Fact]
    public void Refuses_links_that_go_round()
    {
        File.CreateSymbolicLink(InFolder("a"), InFolder("b"));
        File.CreateSymbolicLink(InFolder("b"), InFolder("a"));
        Assert.StartsWith("Cannot write", Refused(() => Write(InFolder("a"), "new")).Message);
    }

    [Fact]
    public void Refuses_a_read_only_file_also_through_a_link()
    {
        File.WriteAllText(InFolder("file"), "old");
        File.SetAttributes(InFolder("file"), FileAttributes.ReadOnly);
        File.CreateSymbolicLink(InFolder("link"), InFolder("file"));
        foreach (string name in (string[])["file", "link"])
            Assert.Contains($"Cannot write '{InFolder(name)}': the file is read-only", Refused(() => Write(InFolder(name), "new")).Message);
        Assert.Equal("old", File.ReadAllText(InFolder("file")));
        File.SetAttributes(InFolder("file"), FileAttributes.Normal);
    }

    private static void Write(string path, string text) => AtomicFile.WriteText(path, writer => writer.Write(text));
}
