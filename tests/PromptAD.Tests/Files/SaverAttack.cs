using System.Security.Cryptography;
using PromptAD.Files;

namespace PromptAD.Tests.Files;

/// <summary>Lets every single write of a saver go wrong in every way, and looks at what is left in its folder.</summary>
/// <param name="folder">Where everything lies that the saver may change.</param>
/// <param name="prepare">Puts there what the saver meets.</param>
/// <param name="save">The saver.</param>
internal sealed class SaverAttack(string folder, Action prepare, Action save)
{
    /// <summary>After each fault the saver says what happened, all is as it was, and nothing is left behind.</summary>
    /// <returns>How many faults there were.</returns>
    public int AtEveryWrite()
    {
        int[] writes = Count();
        Assert.NotEmpty(writes);
        int faults = 0;
        prepare();
        string[] before = Content();
        foreach ((int file, int count) in writes.Index())
        {
            for (int at = 0; at < count; at++)
            {
                foreach (WriteFault fault in Enum.GetValues<WriteFault>())
                {
                    if (fault == WriteFault.Flush && at < count - 1) continue; // one flush a file, at its end
                    string what = $"{fault} at write {at} of {count} of file {file}";
                    Exception? error = Record.Exception(() => Through((stream, opened) => new FaultyStream(stream, opened == file ? fault : null, at)));
                    Assert.True(error is not null, $"{what}: nothing was said");
                    Assert.True(error is not IOException, $"{what}: {error}");
                    Assert.DoesNotContain('\n', error.Message);
                    Assert.True(before.SequenceEqual(Content()), $"{what}: {string.Join(", ", Content().Except(before))} instead of {string.Join(", ", before.Except(Content()))}");
                    faults++;
                }
            }
        }
        save(); // nothing stands in the way of another try
        return faults;
    }

    /// <summary>Somebody takes the old file away while the new one is written: both are there.</summary>
    public void WhileItIsMovedAway(string target)
    {
        string away = target + ".away";
        prepare();
        byte[] old = File.ReadAllBytes(target);
        Meanwhile(() => File.Move(target, away));
        Assert.Equal(old, File.ReadAllBytes(away));
        Assert.True(File.Exists(target));
        Assert.Empty(Hidden());
        File.Delete(away);
    }

    /// <summary>Somebody makes a folder of that name meanwhile: it stays, and the saver says so.</summary>
    public void WhileAFolderTakesItsPlace(string target)
    {
        prepare();
        AssertRefused(Record.Exception(() => Meanwhile(() =>
        {
            File.Delete(target);
            Directory.CreateDirectory(target);
        })));
        Assert.Empty(Directory.GetFileSystemEntries(target));
        Assert.Empty(Hidden());
        Directory.Delete(target);
    }

    /// <summary>Somebody protects the old file meanwhile: it stays.</summary>
    public void WhileItIsProtected(string target)
    {
        prepare();
        byte[] old = File.ReadAllBytes(target);
        AssertRefused(Record.Exception(() => Meanwhile(() => File.SetAttributes(target, FileAttributes.ReadOnly))));
        Assert.Equal(old, File.ReadAllBytes(target));
        Assert.Empty(Hidden());
        File.SetAttributes(target, FileAttributes.Normal);
    }

    private static void AssertRefused(Exception? error)
    {
        Assert.NotNull(error);
        Assert.IsNotType<IOException>(error, exactMatch: false);
        Assert.DoesNotContain('\n', error.Message);
    }

    private void Meanwhile(Action act)
    {
        bool done = false;
        Through((stream, _) => new FaultyStream(stream, fault: null, at: 0)
        {
            Before = _ =>
            {
                if (!done) act();
                done = true;
            },
        });
        Assert.True(done);
    }

    /// <summary>The writes of each file that the saver writes, in order.</summary>
    private int[] Count()
    {
        prepare();
        string[] before = Content();
        var opened = new List<FaultyStream>();
        Through((stream, _) =>
        {
            opened.Add(new FaultyStream(stream, fault: null, at: 0));
            return opened[^1];
        });
        Assert.False(before.SequenceEqual(Content()), "The saver has changed nothing; prepare something else.");
        return [.. opened.Select(stream => stream.Writes)];
    }

    private void Through(Func<FileStream, int, Stream> between)
    {
        int opened = 0;
        AtomicFile.Between.Value = stream => between(stream, opened++);
        try
        {
            save();
        }
        finally
        {
            AtomicFile.Between.Value = null;
        }
    }

    /// <summary>A line for each file with its hash, and for each folder.</summary>
    private string[] Content() =>
    [
        .. Directory.EnumerateFileSystemEntries(folder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
            .Select(path => File.Exists(path) ? $"{path} {Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(path)))}" : path),
    ];

    private string[] Hidden() => Directory.GetFiles(folder, ".*", SearchOption.AllDirectories);
}
