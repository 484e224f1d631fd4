using System.Buffers;
using System.Security.Cryptography;
using PromptAD.Files;

namespace PromptAD.Server.Storage;

/// <summary>
/// Files in a folder. One is written under another name, flushed to the disk and renamed. Several processes may share the folder. A folder
/// that has shown its mark is away while the mark cannot be seen: what is written then would lie where a network folder was mounted.
/// </summary>
internal sealed partial class FolderStore : FileStore
{
    private const string Aside = ".removing";

    private readonly Lock gate = new();
    private readonly DiskSpace space;
    private readonly ILogger log;
    private volatile bool isMarked;

    /// <param name="folder">The folder; it is made when something is kept.</param>
    /// <param name="space">What has to stay free.</param>
    /// <param name="log">Takes why the folder does not answer.</param>
    public FolderStore(string folder, DiskSpace space, ILogger log)
    {
        this.space = space;
        this.log = log;
        Folder = Path.GetFullPath(folder);
    }

    /// <summary>The folder of all files.</summary>
    public string Folder { get; }

    /// <inheritdoc/>
    public override string Place => $"The data folder '{Path.GetDirectoryName(Folder)}'";

    /// <inheritdoc/>
    public override bool Answers() => !isMarked || File.Exists(SharedPathOf(MarkName));

    /// <inheritdoc/>
    public override void Check()
    {
        string probe = SharedPathOf(AtomicFile.NewName());
        AtomicFile.Write(probe, _ => { });
        File.Delete(probe);
    }

    /// <inheritdoc/>
    public override string Keep(ReadOnlySpan<byte> content)
    {
        string hash = HashOf(content), path = PathOf(hash);
        int length = content.Length;
        if (Reach(() => Renew(path, length))) return hash;
        byte[] rented = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            content.CopyTo(rented);
            Reach(() =>
            {
                space.Demand(length);
                DiskSpace.Watch(() => AtomicFile.Write(path, stream => stream.Write(rented, 0, length)));
                DirectoryFlush.Of(Path.GetDirectoryName(path)!);
                return true;
            });
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
        return hash;
    }

    /// <inheritdoc/>
    public override string Take(string path) => Reach(() =>
    {
        string hash;
        long length;
        using (FileStream stream = File.OpenRead(path))
        {
            hash = Convert.ToHexStringLower(SHA256.HashData(stream));
            length = stream.Length;
        }
        string target = PathOf(hash);
        if (!Renew(target, length)) // with nobody reading it, which Windows asks for
        {
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            DiskSpace.Watch(() => File.Move(path, target, overwrite: true));
            DirectoryFlush.Of(Path.GetDirectoryName(target)!);
        }
        return hash;
    });

    /// <inheritdoc/>
    public override long? Remove(string hash) => Reach<long?>(() =>
    {
        string path = PathOf(hash), aside = path + Aside;
        lock (gate)
        {
            var file = new FileInfo(path);
            if (!file.Exists) return 0;
            if (DateTime.UtcNow - file.LastWriteTimeUtc < LeastAge) return null;
            long length = file.Length;
            // Another node may keep it again at this moment: from here on it finds no file and writes one, and what it did before shows.
            try
            {
                File.Move(path, aside, overwrite: true);
            }
            catch (FileNotFoundException)
            {
                return 0; // another one removes it
            }
            if (DateTime.UtcNow - File.GetLastWriteTimeUtc(aside) < LeastAge)
            {
                File.Move(aside, path, overwrite: true);
                return null;
            }
            File.Delete(aside);
            return length;
        }
    });

    /// <inheritdoc/>
    public override long LengthOf(string hash) =>
        Reach(() => new FileInfo(PathOf(hash)) is { Exists: true } file ? file.Length : 0);

    /// <inheritdoc/>
    public override bool Has(string hash) => Reach(() => File.Exists(PathOf(hash)));

    /// <summary>Where a file is.</summary>
    public string PathOf(string hash) => Path.Combine(Folder, Known(hash)[..2], hash);

    /// <inheritdoc/>
    public override string PathOf(string hash, string folder) => PathOf(hash);

    /// <inheritdoc/>
    public override IEnumerable<StoredFile> All() =>
        from folder in Reach(() => Folders().ToList())
        from path in Directory.EnumerateFiles(folder)
        let name = Path.GetFileName(path)
        where IsHash(name)
        select new StoredFile(name, LengthOf(name)); // 0 for one that has just gone

    /// <inheritdoc/>
    public override void SweepUp(bool isShared)
    {
        foreach (string folder in Folders())
        {
            // Whoever was removing it may have been killed when it had just seen that it was kept again.
            foreach (string aside in Directory.GetFiles(folder, $"*{Aside}"))
            {
                string path = aside[..^Aside.Length];
                if (!File.Exists(path)) File.Move(aside, path);
            }
            if (!isShared) AtomicFile.SweepUp(folder); // else a file of another name may be one that is being written
        }
    }

    /// <inheritdoc/>
    public override byte[]? ReadShared(string name)
    {
        byte[]? content = ReadOrNull(SharedPathOf(name));
        if (name == MarkName && content is not null) isMarked = true;
        return content;
    }

    /// <inheritdoc/>
    public override void WriteShared(string name, byte[] content)
    {
        AtomicFile.Write(SharedPathOf(name), stream => stream.Write(content));
        if (name == MarkName) isMarked = true;
    }

    /// <inheritdoc/>
    public override string PathOfShared(string name) => name;

    /// <inheritdoc/>
    protected override byte[]? Fetch(string hash) => Reach(() => ReadOrNull(PathOf(hash)));

    private static byte[]? ReadOrNull(string path)
    {
        try
        {
            return File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    /// <summary>Reads or writes, and tells a folder that is away from one that lacks a file or is full.</summary>
    private T Reach<T>(Func<T> work)
    {
        if (!Answers()) throw Away(null);
        try
        {
            T result = work();
            // What is not there may have gone with the folder.
            return (object?)result is not (null or false or 0L) || Answers() ? result : throw Away(null);
        }
        catch (Exception e) when ((e is IOException || e.InnerException is IOException) && !DiskSpace.IsFull(e))
        {
            LogAway(log, Place, e.Message);
            throw Away(e);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Place} cannot be used: {Reason}")]
    private static partial void LogAway(ILogger log, string place, string reason);

    private IEnumerable<string> Folders() => Directory.Exists(Folder) ? Directory.EnumerateDirectories(Folder) : [];

    private string SharedPathOf(string name) => Path.Combine(Path.GetDirectoryName(Folder)!, name);

    /// <summary>Whether a file is there in its full length; if so it counts as kept now. What a disk has lost is kept again.</summary>
    private bool Renew(string path, long length)
    {
        lock (gate)
        {
            if (new FileInfo(path) is not { Exists: true } file || file.Length != length) return false;
            try
            {
                File.SetLastWriteTimeUtc(path, DateTime.UtcNow);
                return true;
            }
            catch (FileNotFoundException)
            {
                return false; // another node has removed it just now
            }
        }
    }
}
