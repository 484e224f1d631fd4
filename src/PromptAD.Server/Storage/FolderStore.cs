using System.Buffers;
using System.Security.Cryptography;
using PromptAD.Files;

namespace PromptAD.Server.Storage;

/// <summary>
/// Files in a folder. One is written under another name, flushed to the disk and renamed. Several processes may share the folder.
/// </summary>
internal sealed class FolderStore : FileStore
{
    private const string Aside = ".removing";

    private readonly Lock gate = new();
    private readonly DiskSpace space;

    /// <param name="folder">The folder; it is made when something is kept.</param>
    /// <param name="space">What has to stay free.</param>
    public FolderStore(string folder, DiskSpace space)
    {
        this.space = space;
        Folder = Path.GetFullPath(folder);
    }

    /// <summary>The folder of all files.</summary>
    public string Folder { get; }

    /// <inheritdoc/>
    public override string Place => $"The data folder '{Path.GetDirectoryName(Folder)}'";

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
        if (Renew(path, content.Length)) return hash;
        space.Demand(content.Length);
        byte[] rented = ArrayPool<byte>.Shared.Rent(content.Length);
        try
        {
            content.CopyTo(rented);
            int length = content.Length;
            DiskSpace.Watch(() => AtomicFile.Write(path, stream => stream.Write(rented, 0, length)));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
        DirectoryFlush.Of(Path.GetDirectoryName(path)!);
        return hash;
    }

    /// <inheritdoc/>
    public override string Take(string path)
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
    }

    /// <inheritdoc/>
    public override long? Remove(string hash)
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
    }

    /// <inheritdoc/>
    public override long LengthOf(string hash) => new FileInfo(PathOf(hash)) is { Exists: true } file ? file.Length : 0;

    /// <inheritdoc/>
    public override bool Has(string hash) => File.Exists(PathOf(hash));

    /// <summary>Where a file is.</summary>
    public string PathOf(string hash) => Path.Combine(Folder, Known(hash)[..2], hash);

    /// <inheritdoc/>
    public override string PathOf(string hash, string folder) => PathOf(hash);

    /// <inheritdoc/>
    public override IEnumerable<StoredFile> All() =>
        from folder in Folders()
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
    public override byte[]? ReadShared(string name) => ReadOrNull(SharedPathOf(name));

    /// <inheritdoc/>
    public override void WriteShared(string name, byte[] content) =>
        AtomicFile.Write(SharedPathOf(name), stream => stream.Write(content));

    /// <inheritdoc/>
    public override string PathOfShared(string name) => name;

    /// <inheritdoc/>
    protected override byte[]? Fetch(string hash) => ReadOrNull(PathOf(hash));

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
