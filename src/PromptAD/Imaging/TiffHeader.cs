using System.Buffers.Binary;

namespace PromptAD.Imaging;

/// <summary>
/// Looks through a TIFF's first directory before the reader does, because the reader takes memory for whatever a file claims.
/// </summary>
internal readonly ref struct TiffHeader
{
    private const int EntrySize = 12;

    // Cyan, magenta, yellow, black and alpha.
    private const int MostSamples = 5;
    private const int MostBits = 16;

    private readonly ReadOnlySpan<byte> file;
    private readonly ReadOnlySpan<byte> entries;
    private readonly bool bigEndian;

    private TiffHeader(ReadOnlySpan<byte> file, PictureSource source)
    {
        this.file = file;
        bigEndian = file[0] == (byte)'M';
        uint offset = file.Length < 8 ? uint.MaxValue : ReadUInt32(file[4..]);
        if (offset > file.Length - 2) throw source.Damaged();
        int length = ReadUInt16(file[(int)offset..]) * EntrySize;
        if (length > file.Length - 2 - offset) throw source.Damaged();
        entries = file.Slice((int)offset + 2, length);
    }

    private enum Tag
    {
        Width = 256,
        Height = 257,
        BitsPerSample = 258,
        SamplesPerPixel = 277,
        StripByteCounts = 279,
        TileWidth = 322,
        TileHeight = 323,
        TileByteCounts = 325,
    }

    public static bool Recognises(ReadOnlySpan<byte> file) => file.StartsWith("II*\0"u8) || file.StartsWith("MM\0*"u8);

    /// <summary>Refuses a file whose claims do not fit its length or are beyond what a picture may have.</summary>
    public static void Check(ReadOnlySpan<byte> file, PictureSource source) => new TiffHeader(file, source).Check(source);

    private void Check(PictureSource source)
    {
        CheckEntries(source);
        long width = Largest(Tag.Width, 0), height = Largest(Tag.Height, 0);
        source.CheckSize(width, height);
        long samples = Largest(Tag.SamplesPerPixel, 1), bits = Largest(Tag.BitsPerSample, 1);
        if (samples > MostSamples || bits > MostBits)
            throw source.Unsupported($"a TIFF with {samples} samples of {bits} bits is not supported");

        long tileWidth = Largest(Tag.TileWidth, width), tileHeight = Largest(Tag.TileHeight, height);
        source.CheckSize(tileWidth, tileHeight);

        // Every tile has an entry in a table, so there cannot be more of them than bytes.
        long tiles = ((width + tileWidth - 1) / tileWidth) * ((height + tileHeight - 1) / tileHeight);
        if (tiles > file.Length) throw source.Damaged();
        if (Math.Max(Largest(Tag.StripByteCounts, 0), Largest(Tag.TileByteCounts, 0)) > file.Length) throw source.Damaged();
    }

    /// <summary>Refuses entries whose values do not lie within the file.</summary>
    private void CheckEntries(PictureSource source)
    {
        for (ReadOnlySpan<byte> entry = entries; !entry.IsEmpty; entry = entry[EntrySize..])
        {
            long bytes = ReadUInt32(entry[4..]) * (long)SizeOf(entry);
            if (bytes > 4 && ReadUInt32(entry[8..]) + bytes > file.Length) throw source.Damaged();
        }
    }

    /// <summary>The largest value given for a tag, in all its entries, since a file may hold several.</summary>
    private long Largest(Tag tag, long otherwise)
    {
        long? largest = null;
        for (ReadOnlySpan<byte> entry = entries; !entry.IsEmpty; entry = entry[EntrySize..])
        {
            if (ReadUInt16(entry) == (int)tag) largest = Math.Max(largest ?? 0, LargestIn(entry));
        }
        return largest ?? otherwise;
    }

    private long LargestIn(ReadOnlySpan<byte> entry)
    {
        int size = SizeOf(entry), bytes = (int)ReadUInt32(entry[4..]) * size;
        ReadOnlySpan<byte> values = bytes <= 4 ? entry.Slice(8, bytes) : file.Slice((int)ReadUInt32(entry[8..]), bytes);
        long largest = 0;
        for (; !values.IsEmpty; values = values[size..])
            largest = Math.Max(largest, size switch { 1 => values[0], 2 => ReadUInt16(values), _ => ReadUInt32(values) });
        return largest;
    }

    /// <summary>Bytes of one value of an entry's type; types unknown here count one byte.</summary>
    private int SizeOf(ReadOnlySpan<byte> entry) => ReadUInt16(entry[2..]) switch
    {
        3 or 8 => 2,
        4 or 9 or 11 or 13 => 4,
        5 or 10 or 12 or 16 or 17 or 18 => 8,
        _ => 1,
    };

    private ushort ReadUInt16(ReadOnlySpan<byte> bytes) =>
        bigEndian ? BinaryPrimitives.ReadUInt16BigEndian(bytes) : BinaryPrimitives.ReadUInt16LittleEndian(bytes);

    private uint ReadUInt32(ReadOnlySpan<byte> bytes) =>
        bigEndian ? BinaryPrimitives.ReadUInt32BigEndian(bytes) : BinaryPrimitives.ReadUInt32LittleEndian(bytes);
}
