using System.Buffers.Binary;

namespace PromptAD.Imaging;

/// <summary>
/// Looks through a TIFF's directories before the reader does, because the reader takes memory for whatever a file claims, calls what it
/// does not know damaged, and begins with the first page, which may be a thumbnail.
/// </summary>
internal readonly ref struct TiffHeader
{
    // Cyan, magenta, yellow, black and alpha.
    private const int MostSamples = 5;
    private const int MostBits = 16;
    private const int MostPages = 1024;
    private const int NotFull = 0b1101; // reduced, mask, depth map

    private readonly ReadOnlySpan<byte> file;
    private readonly ReadOnlySpan<byte> entries;
    private readonly bool bigEndian, isBig;

    private TiffHeader(ReadOnlySpan<byte> file, ulong offset, PictureSource source)
    {
        this.file = file;
        (bigEndian, isBig) = (file[0] == (byte)'M', IsBig(file));
        int countSize = isBig ? 8 : 2;
        if (offset > (ulong)(file.Length - countSize)) throw source.Damaged();
        ReadOnlySpan<byte> directory = file[(int)offset..];
        ulong count = isBig ? ReadUInt64(directory) : ReadUInt16(directory);
        directory = directory[countSize..];
        if (count > (ulong)(directory.Length / EntrySize)) throw source.Damaged();
        entries = directory[..((int)count * EntrySize)];
        directory = directory[entries.Length..];
        // Where the file ends with the directory, no other follows.
        Next = directory.Length < PlaceSize ? 0 : ReadPlace(directory);
    }

    private enum Tag
    {
        NewSubfileType = 254,
        SubfileType = 255,
        Width = 256,
        Height = 257,
        BitsPerSample = 258,
        Compression = 259,
        Orientation = 274,
        SamplesPerPixel = 277,
        StripByteCounts = 279,
        MaxSampleValue = 281,
        TileWidth = 322,
        TileHeight = 323,
        TileByteCounts = 325,
        SampleFormat = 339,
        LargestSampleValue = 341, // SMaxSampleValue
    }

    /// <summary>Bytes of an offset, a count, or of the values that an entry holds itself.</summary>
    private int PlaceSize => isBig ? 8 : 4;

    private int EntrySize => 4 + (2 * PlaceSize);

    /// <summary>Where the next directory lies; 0 for nowhere.</summary>
    private ulong Next { get; }

    /// <summary>Whether it is a picture by itself, and no thumbnail or mask of another.</summary>
    private bool IsFull => (Largest(Tag.NewSubfileType, 0) & NotFull) == 0 && Largest(Tag.SubfileType, 1) != 2;

    public static bool Recognises(ReadOnlySpan<byte> file) =>
        file.StartsWith("II*\0"u8) || file.StartsWith("MM\0*"u8) || IsBig(file);

    /// <summary>Refuses a file whose claims do not fit its length, are beyond what a picture may have, or cannot be read.</summary>
    public static TiffPage Check(ReadOnlySpan<byte> file, PictureSource source)
    {
        TiffHeader first = First(file, source), page = first;
        first.CheckSizes(source); // the reader begins with it
        for (int number = 0; number < MostPages; number++)
        {
            page.CheckEntries(source);
            if (page.IsFull) return page.Check(number, source);
            if (page.Next == 0) break;
            page = new TiffHeader(file, page.Next, source);
        }
        return first.Check(0, source);
    }

    private static TiffHeader First(ReadOnlySpan<byte> file, PictureSource source)
    {
        if (file.Length < (IsBig(file) ? 16 : 8)) throw source.Damaged();
        bool bigEndian = file[0] == (byte)'M';
        // The reader takes its first offset for 0.
        if (bigEndian && IsBig(file)) throw source.Unsupported("a BigTIFF whose numbers begin with the highest byte is not supported");
        ReadOnlySpan<byte> at = IsBig(file) ? file[8..] : file[4..];
        ulong offset = IsBig(file) ? BinaryPrimitives.ReadUInt64LittleEndian(at)
            : bigEndian ? BinaryPrimitives.ReadUInt32BigEndian(at) : BinaryPrimitives.ReadUInt32LittleEndian(at);
        return new TiffHeader(file, offset, source);
    }

    private static bool IsBig(ReadOnlySpan<byte> file) => file.StartsWith("II+\0"u8) || file.StartsWith("MM\0+"u8);

    private TiffPage Check(int number, PictureSource source)
    {
        (long width, long height) = CheckSizes(source);
        CheckKind(source);
        return new TiffPage(
            number, (int)width, (int)height, (int)Largest(Tag.BitsPerSample, 1), (int)Largest(Tag.Orientation, 1), ClaimedBits());
    }

    private (long Width, long Height) CheckSizes(PictureSource source)
    {
        CheckEntries(source);
        long width = Largest(Tag.Width, 0), height = Largest(Tag.Height, 0);
        source.CheckSize(width, height);
        long tileWidth = Largest(Tag.TileWidth, width), tileHeight = Largest(Tag.TileHeight, height);
        source.CheckSize(tileWidth, tileHeight);

        // Every tile has an entry in a table, so there cannot be more of them than bytes.
        long tiles = ((width + tileWidth - 1) / tileWidth) * ((height + tileHeight - 1) / tileHeight);
        if (tiles > file.Length) throw source.Damaged();
        if (Math.Max(Largest(Tag.StripByteCounts, 0), Largest(Tag.TileByteCounts, 0)) > file.Length) throw source.Damaged();
        return (width, height);
    }

    /// <summary>Refuses what is not read, by its name.</summary>
    private void CheckKind(PictureSource source)
    {
        long compression = Largest(Tag.Compression, 1);
        if (TiffCompression.UnsupportedName(compression) is { } name)
            throw source.Unsupported($"its compression, {name}, is not supported");
        string? samples = Largest(Tag.SampleFormat, 1) switch
        {
            2 => "signed numbers",
            3 => "floating-point numbers",
            5 or 6 => "complex numbers",
            _ => null,
        };
        if (samples is not null) throw source.Unsupported($"its samples are {samples}, which are not supported; save unsigned ones");
        long count = Largest(Tag.SamplesPerPixel, 1), bits = Largest(Tag.BitsPerSample, 1);
        if (count > MostSamples || bits > MostBits)
            throw source.Unsupported($"a TIFF with {count} samples of {bits} bits is not supported");
    }

    /// <summary>
    /// The bits that its largest sample value takes up, where that is the end of a range: others tell of one picture alone. Null for none.
    /// </summary>
    private int? ClaimedBits()
    {
        long largest = Math.Max(Largest(Tag.MaxSampleValue, 0), Largest(Tag.LargestSampleValue, 0));
        return largest is > 0 and <= ushort.MaxValue && long.IsPow2(largest + 1) ? (int)long.Log2(largest + 1) : null;
    }

    /// <summary>Refuses entries whose values do not lie within the file.</summary>
    private void CheckEntries(PictureSource source)
    {
        for (ReadOnlySpan<byte> entry = entries; !entry.IsEmpty; entry = entry[EntrySize..])
        {
            ulong count = ReadPlace(entry[4..]), length = (ulong)file.Length;
            if (count > length) throw source.Damaged();
            ulong bytes = count * (ulong)SizeOf(entry);
            if (bytes <= (ulong)PlaceSize) continue;
            ulong offset = ReadPlace(entry[(4 + PlaceSize)..]);
            if (offset > length || bytes > length - offset) throw source.Damaged();
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
        int size = SizeOf(entry), bytes = (int)ReadPlace(entry[4..]) * size;
        ReadOnlySpan<byte> place = entry[(4 + PlaceSize)..];
        ReadOnlySpan<byte> values = bytes <= PlaceSize ? place[..bytes] : file.Slice((int)ReadPlace(place), bytes);
        bool isLong8 = ReadUInt16(entry[2..]) is 16 or 18;
        ulong largest = 0;
        for (; !values.IsEmpty; values = values[size..])
        {
            largest = Math.Max(largest, size switch
            {
                1 => values[0],
                2 => ReadUInt16(values),
                8 when isLong8 => ReadUInt64(values),
                _ => ReadUInt32(values),
            });
        }
        return (long)Math.Min(largest, long.MaxValue);
    }

    /// <summary>Bytes of one value of an entry's type; types unknown here count one byte.</summary>
    private int SizeOf(ReadOnlySpan<byte> entry) => ReadUInt16(entry[2..]) switch
    {
        3 or 8 => 2,
        4 or 9 or 11 or 13 => 4,
        5 or 10 or 12 or 16 or 17 or 18 => 8,
        _ => 1,
    };

    private ulong ReadPlace(ReadOnlySpan<byte> bytes) => isBig ? ReadUInt64(bytes) : ReadUInt32(bytes);

    private ushort ReadUInt16(ReadOnlySpan<byte> bytes) =>
        bigEndian ? BinaryPrimitives.ReadUInt16BigEndian(bytes) : BinaryPrimitives.ReadUInt16LittleEndian(bytes);

    private uint ReadUInt32(ReadOnlySpan<byte> bytes) =>
        bigEndian ? BinaryPrimitives.ReadUInt32BigEndian(bytes) : BinaryPrimitives.ReadUInt32LittleEndian(bytes);

    private ulong ReadUInt64(ReadOnlySpan<byte> bytes) =>
        bigEndian ? BinaryPrimitives.ReadUInt64BigEndian(bytes) : BinaryPrimitives.ReadUInt64LittleEndian(bytes);
}

/// <summary>The page of a TIFF that is read.</summary>
/// <param name="Number">Counted from 0.</param>
/// <param name="Width">Pixels in a row.</param>
/// <param name="Height">Rows.</param>
/// <param name="Bits">Bits of a sample.</param>
/// <param name="Orientation">1 to 8, or nonsense.</param>
/// <param name="ClaimedBits">How many bits of its samples are significant; null where it does not say.</param>
internal readonly record struct TiffPage(int Number, int Width, int Height, int Bits, int Orientation, int? ClaimedBits);
