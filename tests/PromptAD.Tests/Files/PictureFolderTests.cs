using PromptAD.Files;

namespace PromptAD.Tests.Files;

public sealed class PictureFolderTests : TemporaryFolder
{
    [Theory]
    [InlineData("a.png")]
    [InlineData("a.JPG")]
    [InlineData("a.jfif")]
    [InlineData("a.tiff")]
    [InlineData("in/deep/er/a.webp")]
    [InlineData("@line/a.png")] // a name of a person's
    [InlineData("Recycled parts/a.png")]
    public void Takes_pictures_however_deep(string name)
    {
        Touch(name);
        Assert.Equal([InFolder(name)], PictureFolder.List(Folder).Pictures);
        Assert.Null(PictureFolder.List(Folder).LeftOut);
    }

    [Theory]
    [InlineData("._a.jpg")]
    [InlineData(".thumbnails/a.jpg")]
    [InlineData("@eaDir/a.jpg/SYNOPHOTO_THUMB_XL.jpg")]
    [InlineData("x/#recycle/a.jpg")]
    [InlineData("$RECYCLE.BIN/a.png")]
    [InlineData("$Recycle.Bin/S-1-5/a.png")]
    [InlineData("System Volume Information/a.png")]
    [InlineData("lost+found/a.png")]
    [InlineData("__MACOSX/._a.png")]
    [InlineData("Thumbs.db")]
    public void Leaves_out_hidden_and_system_entries_and_says_so(string name)
    {
        Touch(name);
        PictureListing listing = PictureFolder.List(Folder);
        Assert.Empty(listing.Pictures);
        Assert.StartsWith("1 hidden or system entry (", listing.LeftOut);
    }

    [Fact]
    public void A_hidden_folder_that_is_named_is_read()
    {
        Touch(".hidden/a.png");
        Assert.Single(PictureFolder.List(InFolder(".hidden")).Pictures);
        Assert.Single(PictureFolder.List(Folder, withHidden: true).Pictures);
    }

    [Fact]
    public void Counts_and_names_formats_that_are_not_read()
    {
        foreach (string name in (string[])["a.png", "b.pgm", "c.PGM", "notes", "d.heic"]) Touch(name);
        Assert.Equal("4 files of other formats (.pgm, .heic, notes)", PictureFolder.List(Folder).LeftOut);
    }

    [Fact]
    public void Enters_each_folder_once_though_links_go_round()
    {
        Touch("a/one.png");
        Directory.CreateSymbolicLink(InFolder("a/up"), Folder);
        Directory.CreateSymbolicLink(InFolder("b"), "a");
        Directory.CreateSymbolicLink(InFolder("self"), "self");
        File.CreateSymbolicLink(InFolder("two.png"), InFolder("a/one.png"));
        string[] names = [.. PictureFolder.List(Folder).Pictures.Select(path => Path.GetFileName(path))];
        Assert.Equal(["one.png", "two.png"], names.Order());
    }

    [Fact]
    public void A_folder_is_read_under_its_own_name_though_links_lead_to_it()
    {
        Touch("line/m/one.png");
        foreach (string link in (string[])["a", "z", "line/b"]) Directory.CreateSymbolicLink(InFolder(link), InFolder("line/m"));
        Touch("elsewhere/two.png");
        foreach (string link in (string[])["in/second", "in/first"])
        {
            Directory.CreateDirectory(InFolder("in"));
            Directory.CreateSymbolicLink(InFolder(link), InFolder("elsewhere"));
        }
        Assert.Equal([InFolder("line/m/one.png")], PictureFolder.List(InFolder("line")).Pictures);
        Assert.Equal([InFolder("in/first/two.png")], PictureFolder.List(InFolder("in")).Pictures);
        Assert.Equal([InFolder("elsewhere/two.png"), InFolder("line/m/one.png")], PictureFolder.List(Folder).Pictures);
    }

    [Fact]
    public void Goes_on_where_a_folder_may_not_be_read_and_names_it()
    {
        Touch("a/one.png");
        Touch("closed/two.png");
        PictureListing listing = PictureFolder.List(
            Folder, path => path == InFolder("closed") ? throw new UnauthorizedAccessException() : new DirectoryInfo(path).GetFileSystemInfos());
        Assert.Equal([InFolder("a/one.png")], listing.Pictures);
        Assert.Equal([InFolder("closed")], listing.Unreadable);
        Assert.Equal($"1 folder that may not be read ({InFolder("closed")})", listing.LeftOut);
        Assert.Throws<UnauthorizedAccessException>(() => PictureFolder.List(Folder, _ => throw new UnauthorizedAccessException()));
    }

    private void Touch(string name)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(InFolder(name))!);
        File.WriteAllBytes(InFolder(name), []);
    }
}
