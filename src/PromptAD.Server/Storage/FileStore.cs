using System.Buffers;
using System.Security.Cryptography;
using PromptAD.Files;

namespace PromptAD.Server.Storage;

/// <summary>
/// Pictures and detectors as files that are named by their SHA-256. A file is written under another name, flushed to the disk and renamed,
/// so that its name holds the whole of it or nothing; the same bytes are kept once. Names come from hashes alone, never from a request.
/// </summary>
internal sealed class FileStore
{
    /// <summary>The length of a hash in hexadecimal.</summary>
    public const int HashLength = 64;

    private static readonly SearchValues<char> HexDigits = SearchValues.Create("0123456789abcdef");
    private static readonly TimeSpan LeastAge = TimeSpan.FromHours(1);
    private readonly Lock gate = new();
    private readonly DiskSpace space;

    /// <param name="folder">The folder; it is made.</param>
    /// <param name="space">What has to stay free.</param>
    public FileStore(string folder, DiskSpace space)
    {
        this.space = space;
        Folder = Directory.CreateDirectory(folder).FullName;
    }

    /// <summary>The folder of all files.</summary>
    public string Folder { get; }

    /// <summary>Keeps bytes; when this returns they are on the disk.</summary>
    /// <returns>Their hash.</returns>
    /// <exception cref="DiskFullException">There is not enough room.</exception>
    public string Keep(ReadOnlySpan<byte> content)
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

    /// <summary>Keeps a file that this program wrote, by moving it.</summary>
    /// <param name="path">The file; on the same disk.</param>
    /// <returns>Its hash.</returns>
    public string Take(string path)
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

    /// <summary>Removes a file that nothing names; not one that was kept within the last hour, which a row may be about to name.</summary>
    /// <returns>Its length, 0 where it is gone already; null where it stays.</returns>
    public long? Remove(string hash)
    {
        string path = PathOf(hash), aside = Path.Combine(Path.GetDirectoryName(path)!, AtomicFile.NewName());
        lock (gate)
        {
            var file = new FileInfo(path);
            if (!file.Exists) return 0;
            if (DateTime.UtcNow - file.LastWriteTimeUtc < LeastAge) return null;
            long length = file.Length;
            // Another node may keep it again at this moment: from here on it finds no file and writes one, and what it did before shows.
            File.Move(path, aside);
            if (DateTime.UtcNow - File.GetLastWriteTimeUtc(aside) < LeastAge)
            {
                File.Move(aside, path, overwrite: true);
                return null;
            }
            File.Delete(aside);
            return length;
        }
    }

    /// <summary>A file's length in bytes; 0 where it is missing.</summary>
    public long LengthOf(string hash) => new FileInfo(PathOf(hash)) is { Exists: true } file ? file.Length : 0;

    /// <summary>The bytes of all files.</summary>
    public long Size() => All().Sum(LengthOf);

    /// <summary>A file's bytes, compared with their hash.</summary>
    /// <exception cref="LostFileException">The file is missing, or holds other bytes than it should.</exception>
    public byte[] Read(string hash)
    {
        string path = PathOf(hash);
        byte[] content;
        try
        {
            content = File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new LostFileException($"The file {hash} is not in the store any more; bring it back from a backup.", e);
        }
        if (HashOf(content) == hash) return content;
        throw new LostFileException($"The file {hash} holds other bytes than were kept; bring it back from a backup.");
    }

    /// <summary>Whether the store has a file.</summary>
    public bool Has(string hash) => File.Exists(PathOf(hash));

    /// <summary>Where a file is, to be given to what reads files by path.</summary>
    public string PathOf(string hash)
    {
        if (hash.Length != HashLength || hash.AsSpan().ContainsAnyExcept(HexDigits))
            throw new ArgumentException("no SHA-256 in lower-case hexadecimal", nameof(hash));
        return Path.Combine(Folder, hash[..2], hash);
    }

    /// <summary>The hashes of all files.</summary>
    public IEnumerable<string> All() =>
        from folder in Directory.EnumerateDirectories(Folder)
        from path in Directory.EnumerateFiles(folder)
        let name = Path.GetFileName(path)
        where name.Length == HashLength && !name.AsSpan().ContainsAnyExcept(HexDigits)
        select name;

    /// <summary>Removes what a killed process was writing.</summary>
    public void SweepUp()
    {
        foreach (string folder in Directory.EnumerateDirectories(Folder)) AtomicFile.SweepUp(folder);
    }

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

    /// <summary>The SHA-256 of bytes, as files are named.</summary>
    public static string HashOf(ReadOnlySpan<byte> content) => Convert.ToHexStringLower(SHA256.HashData(content));
}
