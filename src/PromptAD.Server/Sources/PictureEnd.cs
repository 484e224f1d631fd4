using System.Buffers.Binary;

namespace PromptAD.Server.Sources;

/// <summary>
/// Whether a picture file has its end, as far as its format tells: a camera that pauses leaves one that is cut short, and decoders take
/// some of those. What is of no known format counts as whole; a decoder says what is wrong with it.
/// </summary>
internal static class PictureEnd
{
    private const int TiffStripOffsets = 273, TiffStripLengths = 279, TiffTileOffsets = 324, TiffTileLengths = 325, TiffEntry = 12;

    /// <summary>Whether the end is there.</summary>
    public static bool IsThere(ReadOnlySpan<byte> file) => file switch
    {
        [0x89, 0x50, 0x4E, 0x47, ..] => HasPngEnd(file),
        [0xFF, 0xD8, ..] => HasJpegEnd(file),
        [0x49, 0x49, 42, 0, ..] => HasTiffEnd(file, isLittle: true),
        [0x4D, 0x4D, 0, 42, ..] => HasTiffEnd(file, isLittle: false),
        [0x42, 0x4D, ..] => file.Length >= 6 && BinaryPrimitives.ReadUInt32LittleEndian(file[2..]) <= file.Length,
        [0x52, 0x49, 0x46, 0x46, ..] => file.Length >= 8 && BinaryPrimitives.ReadUInt32LittleEndian(file[4..]) + 8L <= file.Length,
        [] or [0, ..] => false, // its room is reserved, and nothing written yet
        _ => true,
    };

    private static bool HasPngEnd(ReadOnlySpan<byte> file)
    {
        const int Signature = 8, Frame = 12; // length, type and checksum of a chunk
        for (long at = Signature; at + Frame <= file.Length;)
        {
            ReadOnlySpan<byte> chunk = file[(int)at..];
            if (chunk[4..8].SequenceEqual("IEND"u8)) return true;
            at += Frame + (long)BinaryPrimitives.ReadUInt32BigEndian(chunk);
        }
        return false;
    }

    private static bool HasJpegEnd(ReadOnlySpan<byte> file)
    {
        // A thumbnail in the header has an end mark of its own; behind the start of the scan there is but one.
        for (int at = 2; at + 4 <= file.Length && file[at] == 0xFF;)
        {
            if (file[at + 1] == 0xDA) return file[at..].IndexOf((ReadOnlySpan<byte>)[0xFF, 0xD9]) >= 0;
            at += file[at + 1] == 0xFF ? 1 : 2 + BinaryPrimitives.ReadUInt16BigEndian(file[(at + 2)..]);
        }
        return false;
    }

    private static bool HasTiffEnd(ReadOnlySpan<byte> file, bool isLittle)
    {
        if (file.Length < 8) return false;
        long at = Number(file, 4, 4, isLittle);
        if (at < 8 || at + 2 > file.Length) return false; // the directory often comes last
        long count = Number(file, at, 2, isLittle);
        if (count == 0 || at + 2 + (count * TiffEntry) > file.Length) return false;
        (long At, int Size, long Count) offsets = default, lengths = default;
        for (long entry = at + 2; entry < at + 2 + (count * TiffEntry); entry += TiffEntry)
        {
            long tag = Number(file, entry, 2, isLittle), values = Number(file, entry + 4, 4, isLittle);
            int size = Number(file, entry + 2, 2, isLittle) == 3 ? 2 : 4;
            var found = (values * size <= 4 ? entry + 8 : Number(file, entry + 8, 4, isLittle), size, values);
            if (tag is TiffStripOffsets or TiffTileOffsets) offsets = found;
            if (tag is TiffStripLengths or TiffTileLengths) lengths = found;
        }
        if (offsets.At + (offsets.Count * offsets.Size) > file.Length || lengths.At + (lengths.Count * lengths.Size) > file.Length)
            return false;
        for (long i = 0; i < Math.Min(offsets.Count, lengths.Count); i++)
        {
            long start = Number(file, offsets.At + (i * offsets.Size), offsets.Size, isLittle);
            if (start + Number(file, lengths.At + (i * lengths.Size), lengths.Size, isLittle) > file.Length) return false;
        }
        return true;
    }

    private static long Number(ReadOnlySpan<byte> file, long at, int size, bool isLittle)
    {
        ReadOnlySpan<byte> bytes = file.Slice((int)at, size);
        return (size, isLittle) switch
        {
            (2, true) => BinaryPrimitives.ReadUInt16LittleEndian(bytes),
            (2, false) => BinaryPrimitives.ReadUInt16BigEndian(bytes),
            (_, true) => BinaryPrimitives.ReadUInt32LittleEndian(bytes),
            _ => BinaryPrimitives.ReadUInt32BigEndian(bytes),
        };
    }
}
