using Microsoft.Extensions.Logging.Abstractions;
using PromptAD.Server.Commands;
using PromptAD.Server.Operations;
using PromptAD.Server.Storage;
using PromptAD.Tests.Files;

namespace PromptAD.Server.Tests.Storage;

/// <summary>The store of files with writes that go wrong, and with files that a disk has spoilt.</summary>
public sealed class StoreFaultTests : TemporaryFolder
{
    private readonly byte[] content = new byte[100_000];

    public StoreFaultTests() => new Random(1).NextBytes(content);

    private string Files => InFolder("files");

    private FolderStore Store => new(Files, new DiskSpace(Folder, reserve: 0), NullLogger.Instance);

    private string PathOfContent => Store.PathOf(FileStore.HashOf(content));

    [Fact]
    public void A_write_that_fails_keeps_nothing()
    {
        int faults = new SaverAttack(
            Files,
            () =>
            {
                Directory.CreateDirectory(Path.GetDirectoryName(PathOfContent)!);
                File.Delete(PathOfContent);
            },
            () => Store.Keep(content)).AtEveryWrite();

        Assert.Equal(4, faults);
        Assert.Equal(content, Store.Read(FileStore.HashOf(content)));
    }

    [Fact]
    public void A_full_disk_is_called_one()
    {
        PromptAD.Files.AtomicFile.Between.Value = stream => new FaultyStream(stream, WriteFault.Torn, 0);
        Assert.Throws<DiskFullException>(() => Store.Keep(content));
        PromptAD.Files.AtomicFile.Between.Value = null;
        Assert.Empty(Store.All());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void What_a_disk_has_cut_short_is_kept_again(bool isTaken)
    {
        string hash = Store.Keep(content);
        File.WriteAllBytes(PathOfContent, content[..1000]);
        string written = InFolder("written");
        File.WriteAllBytes(written, content);

        Assert.Equal(hash, isTaken ? Store.Take(written) : Store.Keep(content));

        Assert.Equal(content, Store.Read(hash));
    }

    [Fact]
    public void A_file_that_is_taken_and_was_there_counts_as_kept_now()
    {
        string hash = Store.Keep(content), written = InFolder("written");
        File.SetLastWriteTimeUtc(PathOfContent, DateTime.UtcNow.AddDays(-1));
        File.WriteAllBytes(written, content);
        Store.Take(written);
        Assert.Null(Store.Remove(hash));
        Assert.Equal(content, Store.Read(hash));
    }

    [Fact]
    public void A_file_that_cannot_be_taken_stays_where_it_was()
    {
        string written = InFolder("written");
        File.WriteAllBytes(written, content);
        Directory.CreateDirectory(PathOfContent);

        Assert.ThrowsAny<Exception>(() => Store.Take(written));

        Assert.Equal(content, File.ReadAllBytes(written));
        Assert.Empty(Directory.GetFileSystemEntries(PathOfContent));
    }

    [Fact]
    public void A_backup_with_a_write_that_fails_holds_whole_files_alone()
    {
        string backup = InFolder("backup");
        Store.Keep(content);
        Store.Keep([1, 2, 3]);
        var options = new ServiceOptions { DataFolder = Folder, Database = "somewhere" };
        int faults = new SaverAttack(
            backup,
            () =>
            {
                if (Directory.Exists(backup)) Directory.Delete(backup, recursive: true);
                foreach ((string hash, _) in Store.All()) Directory.CreateDirectory(Path.Combine(backup, "files", hash[..2]));
                string first = Store.All().First().Hash;
                File.Copy(Store.PathOf(first), Path.Combine(backup, "files", first[..2], first));
            },
            () => BackupFolder.Write(backup, options, Store)).AtEveryWrite();

        Assert.Equal(4, faults);
    }
}
