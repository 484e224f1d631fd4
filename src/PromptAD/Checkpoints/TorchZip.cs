using System.IO.Compression;

namespace PromptAD.Checkpoints;

/// <summary>The zip archive of torch.save since version 1.6: <c>name/data.pkl</c>, and <c>name/data/key</c> for each storage.</summary>
internal sealed class TorchZip : TorchContainer
{
    private const string Pickle = "data.pkl";
    private const int LargestRatio = 1100; // deflate cannot pack 1033 bytes into one, so an entry that claims more lies

    private readonly long fileLength;
    private readonly ZipArchive archive;
    private readonly Dictionary<string, ZipArchiveEntry> entries = [];
    private readonly string root;
    private readonly byte[] skipped = new byte[1 << 14];

    // Entries are read forwards; the open one is kept, so that many tensors of one storage cost one pass when read in order.
    private string? openStorage;
    private Stream? open;
    private long position;

    public TorchZip(Stream stream)
    {
        fileLength = stream.Length;
        archive = new ZipArchive(stream, ZipArchiveMode.Read);
        foreach (ZipArchiveEntry entry in archive.Entries)
        {
            if (!entries.TryAdd(entry.FullName, entry)) throw new InvalidDataException("its archive has two entries of one name");
        }
        root = FindRoot();
        if (entries.TryGetValue($"{root}/byteorder", out ZipArchiveEntry? order) && !ReadAll(order, 16).AsSpan().SequenceEqual("little"u8))
            throw new NotSupportedException("it was written by a big-endian machine");
        using var pickle = new MemoryStream(ReadAll(entries[$"{root}/{Pickle}"], PickleReader.MaximumBytes));
        Root = new PickleReader(pickle).Read();
    }

    public override object? Root { get; }

    public override long LengthOf(string storage) =>
        entries.TryGetValue(EntryName(storage), out ZipArchiveEntry? entry) ? CheckedLength(entry) : -1;

    public override void Read(string storage, long offset, Span<byte> destination)
    {
        if (openStorage != storage || offset < position) Reopen(storage);
        openStorage = null; // unless all goes well the place is lost
        while (position < offset)
        {
            int length = (int)Math.Min(skipped.Length, offset - position);
            open!.ReadExactly(skipped, 0, length);
            position += length;
        }
        open!.ReadExactly(destination);
        position += destination.Length;
        openStorage = storage;
    }

    public override void Dispose()
    {
        open?.Dispose();
        archive.Dispose();
    }

    private void Reopen(string storage)
    {
        open?.Dispose();
        open = entries[EntryName(storage)].Open();
        position = 0;
    }

    private string EntryName(string storage) => $"{root}/data/{storage}";

    private string FindRoot()
    {
        string[] pickles = [.. entries.Keys.Where(name => name.Split('/') is [_, Pickle])];
        return pickles switch
        {
            [var only] => only.Split('/')[0],
            [] => throw new NotSupportedException("it is a zip archive, but torch.save did not write it (no data.pkl)"),
            _ => throw new InvalidDataException("its archive has more than one data.pkl"),
        };
    }

    private long CheckedLength(ZipArchiveEntry entry)
    {
        if (entry.CompressedLength > fileLength || entry.Length / LargestRatio > entry.CompressedLength)
            throw new InvalidDataException("an entry of its archive claims an impossible size");
        return entry.Length;
    }

    private byte[] ReadAll(ZipArchiveEntry entry, int limit)
    {
        if (CheckedLength(entry) > limit) throw new NotSupportedException($"its entry {entry.Name} is larger than {limit} bytes");
        var bytes = new byte[entry.Length];
        using Stream stream = entry.Open();
        stream.ReadExactly(bytes);
        return bytes;
    }
}
