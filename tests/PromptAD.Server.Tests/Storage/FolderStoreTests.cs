using Microsoft.Extensions.Logging.Abstractions;
using PromptAD.Server.Storage;

namespace PromptAD.Server.Tests.Storage;

public sealed class FolderStoreTests : TemporaryFolder
{
    private static readonly byte[] Content = [1, 2, 3];

    private FolderStore Store => new(InFolder("files"), new DiskSpace(Folder, reserve: 0), NullLogger.Instance);

    [Fact]
    public void Bytes_come_back_by_their_hash_and_are_kept_once()
    {
        string hash = Store.Keep(Content);

        Assert.Equal("039058c6f2c0cb492c533b0a4d14ef77cc0f78abccced5287d84a1a2011cfb81", hash);
        Assert.Equal(Content, Store.Read(hash));
        Assert.Equal(hash, Store.Keep(Content));
        Assert.Equal([new StoredFile(hash, 3)], Store.All());
    }

    [Fact]
    public void A_file_that_has_changed_is_refused()
    {
        string hash = Store.Keep(Content);
        File.WriteAllBytes(Store.PathOf(hash), [1, 2, 4]);

        Assert.Contains("other bytes", Assert.Throws<LostFileException>(() => Store.Read(hash)).Message);
    }

    [Fact]
    public void A_file_that_is_gone_is_told_apart()
    {
        LostFileException error = Assert.Throws<LostFileException>(() => Store.Read(FileStore.HashOf(Content)));

        Assert.Contains("not in the store", error.Message);
    }

    [Fact]
    public void A_file_that_this_program_wrote_is_moved_in()
    {
        File.WriteAllBytes(InFolder("new"), Content);

        string hash = Store.Take(InFolder("new"));

        Assert.Equal(Content, Store.Read(hash));
        Assert.False(File.Exists(InFolder("new")));
    }

    [Theory]
    [InlineData("../../etc/passwd")]
    [InlineData("")]
    [InlineData("039058C6F2C0CB492C533B0A4D14EF77CC0F78ABCCCED5287D84A1A2011CFB81")]
    [InlineData("../0000000000000000000000000000000000000000000000000000000000000")]
    public void Nothing_but_a_hash_becomes_a_path(string name) => Assert.Throws<ArgumentException>(() => Store.PathOf(name));

    [Fact]
    public void Where_the_reserve_would_be_used_up_nothing_is_written()
    {
        var full = new FolderStore(InFolder("files"), new DiskSpace(Folder, reserve: long.MaxValue), NullLogger.Instance);

        Assert.Throws<DiskFullException>(() => full.Keep(Content));
        Assert.Empty(full.All());
    }

    [Fact]
    public void What_a_killed_process_left_is_swept_up()
    {
        string hash = Store.Keep(Content), left = Path.Combine(Path.GetDirectoryName(Store.PathOf(hash))!, ".0123abcd.tmp");
        File.WriteAllBytes(left, [1]);

        Store.SweepUp(isShared: true);
        Assert.True(File.Exists(left)); // somebody else may be writing it
        Store.SweepUp(isShared: false);

        Assert.False(File.Exists(left));
        Assert.True(Store.Has(hash));
    }

    [Fact]
    public void One_that_was_put_aside_by_a_killed_process_comes_back()
    {
        string path = Store.PathOf(Store.Keep(Content));
        File.Move(path, $"{path}.removing");
        Assert.Empty(Store.All());

        Store.SweepUp(isShared: true);

        Assert.Equal(Content, Store.Read(Path.GetFileName(path)));
        Assert.False(File.Exists($"{path}.removing"));
    }

    [Fact]
    public void One_that_goes_while_all_are_listed_stops_nobody()
    {
        string[] hashes = [.. Enumerable.Range(0, 3).Select(i => Store.Keep([(byte)i]))];
        List<StoredFile> seen = [];
        foreach (StoredFile file in Store.All())
        {
            seen.Add(file);
            foreach (string hash in hashes) File.Delete(Store.PathOf(hash));
        }
        Assert.Equal(1, seen[0].Length);
        Assert.All(seen.Skip(1), file => Assert.Equal(0, file.Length));
    }

    [Fact]
    public void A_folder_that_is_not_mounted_is_away_and_nothing_is_written_or_lost()
    {
        FolderStore store = Store;
        store.WriteShared(FileStore.MarkName, [1]);
        string hash = store.Keep(Content);
        Directory.CreateDirectory(InFolder("mounted"));
        File.Move(InFolder(FileStore.MarkName), InFolder("mounted/mark"));
        Directory.Move(InFolder("files"), InFolder("mounted/files"));

        Assert.False(store.Answers());
        Assert.Throws<StoreAwayException>(() => store.Keep([4]));
        Assert.Throws<StoreAwayException>(() => store.Read(hash));
        Assert.Throws<StoreAwayException>(() => store.Has(hash));
        Assert.Throws<StoreAwayException>(() => store.LengthOf(hash));
        Assert.Throws<StoreAwayException>(() => store.Remove(hash));
        Assert.Throws<StoreAwayException>(() => store.All().ToList());
        Assert.False(Directory.Exists(InFolder("files")));

        Directory.Move(InFolder("mounted/files"), InFolder("files"));
        File.Move(InFolder("mounted/mark"), InFolder(FileStore.MarkName));
        Assert.True(store.Answers());
        Assert.Equal(Content, store.Read(hash));
    }

    [Fact]
    public void An_error_of_the_disk_is_one_of_a_store_that_is_away()
    {
        FolderStore store = Store;
        string hash = store.Keep(Content);
        File.Move(store.PathOf(hash), InFolder("real"));
        Directory.CreateDirectory(store.PathOf(hash)); // reading it is an error, but not that of a file that is not there

        Assert.Throws<StoreAwayException>(() => store.Keep(Content));
    }

    [Fact]
    public void A_full_disk_is_known_by_its_error()
    {
        Assert.True(DiskSpace.IsFull(new PromptADException(Problem.Unwritable, "x", new IOException("no space", 28))));
        Assert.False(DiskSpace.IsFull(new PromptADException(Problem.Unwritable, "x", new IOException("denied", 13))));
    }
}
