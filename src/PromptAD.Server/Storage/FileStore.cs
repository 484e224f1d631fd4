using System.Buffers;
using System.Security.Cryptography;
using PromptAD.Server.Operations;

namespace PromptAD.Server.Storage;

/// <summary>
/// Pictures and detectors as files that are named by their SHA-256: a name holds the whole of a file or nothing, and the same bytes are
/// kept once. Names come from hashes alone, never from a request. Members wait for disk or network on the caller's thread.
/// </summary>
internal abstract class FileStore
{
    /// <summary>The length of a hash in hexadecimal.</summary>
    public const int HashLength = 64;

    /// <summary>The small file by which a store is known.</summary>
    public const string MarkName = "store-id";

    private static readonly SearchValues<char> HexDigits = SearchValues.Create("0123456789abcdef");

    /// <summary>How long a file stays after it was kept, named or not: a row may be about to name it.</summary>
    protected static TimeSpan LeastAge { get; } = TimeSpan.FromHours(1);

    /// <summary>What the store is, for messages: "The data folder '/data'".</summary>
    public abstract string Place { get; }

    /// <summary>The store that the options name.</summary>
    public static FileStore Open(ServiceOptions options, DiskSpace space, ILogger log) => options.Bucket.Name is null
        ? new FolderStore(Path.Combine(options.DataFolder, "files"), space, log)
        : new BucketStore(options.Bucket, space, log);

    /// <summary>Whether the store answers now, as far as is known.</summary>
    public abstract bool Answers();

    /// <summary>Whether the store can be read and written.</summary>
    /// <exception cref="PromptADException">It cannot.</exception>
    public abstract void Check();

    /// <summary>Keeps bytes; when this returns they are where no crash takes them away.</summary>
    /// <returns>Their hash.</returns>
    /// <exception cref="DiskFullException">There is not enough room.</exception>
    /// <exception cref="StoreAwayException">The store does not answer.</exception>
    public abstract string Keep(ReadOnlySpan<byte> content);

    /// <summary>Keeps a file that this program wrote on the disk of its data folder; it may be gone then.</summary>
    /// <returns>Its hash.</returns>
    public abstract string Take(string path);

    /// <summary>Removes a file that nothing names; not one that was kept within the last hour.</summary>
    /// <returns>Its length, 0 where it is gone already; null where it stays.</returns>
    public abstract long? Remove(string hash);

    /// <summary>A file's length in bytes; 0 where it is missing.</summary>
    public abstract long LengthOf(string hash);

    /// <summary>Whether the store has a file.</summary>
    public abstract bool Has(string hash);

    /// <summary>A file's bytes, compared with their hash.</summary>
    /// <exception cref="LostFileException">The file is missing, or holds other bytes than it should.</exception>
    /// <exception cref="StoreAwayException">The store does not answer.</exception>
    public byte[] Read(string hash)
    {
        byte[] content = Fetch(Known(hash))
            ?? throw new LostFileException($"The file {hash} is not in the store any more; bring it back from a backup.");
        if (HashOf(content) == hash) return content;
        throw new LostFileException($"The file {hash} holds other bytes than were kept; bring it back from a backup.");
    }

    /// <summary>A file for what reads files by path: the store's own, or a copy.</summary>
    /// <param name="hash">The file.</param>
    /// <param name="folder">Where a copy is put.</param>
    public abstract string PathOf(string hash, string folder);

    /// <summary>All files.</summary>
    public abstract IEnumerable<StoredFile> All();

    /// <summary>Removes what a killed process has left.</summary>
    /// <param name="isShared">Whether other processes may be at work in the store.</param>
    public abstract void SweepUp(bool isShared);

    /// <summary>A small file that all who use the store share; null where it is not there.</summary>
    public abstract byte[]? ReadShared(string name);

    /// <summary>What such a file is called, for people.</summary>
    public abstract string PathOfShared(string name);

    /// <summary>Writes a small file that all who use the store share.</summary>
    public abstract void WriteShared(string name, byte[] content);

    /// <summary>The SHA-256 of bytes, as files are named.</summary>
    public static string HashOf(ReadOnlySpan<byte> content) => Convert.ToHexStringLower(SHA256.HashData(content));

    /// <summary>Whether a name is that of a file.</summary>
    protected static bool IsHash(ReadOnlySpan<char> name) => name.Length == HashLength && !name.ContainsAnyExcept(HexDigits);

    /// <summary>The same hash, which may become a name.</summary>
    protected static string Known(string hash) =>
        IsHash(hash) ? hash : throw new ArgumentException("no SHA-256 in lower-case hexadecimal", nameof(hash));

    /// <summary>A file's bytes as they are; null where it is missing.</summary>
    protected abstract byte[]? Fetch(string hash);

    /// <summary>What is thrown while the store does not answer.</summary>
    protected static StoreAwayException Away(Exception? cause) =>
        new("The store of pictures and detectors does not answer; nothing was kept. Send it again in a moment.", cause);
}

/// <summary>A file of the store.</summary>
/// <param name="Hash">Its name.</param>
/// <param name="Length">Its length in bytes.</param>
internal readonly record struct StoredFile(string Hash, long Length);
