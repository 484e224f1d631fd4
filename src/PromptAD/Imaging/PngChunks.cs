using System.Buffers.Binary;
using SkiaSharp;

namespace PromptAD.Imaging;

/// <summary>Reads those chunks of a PNG that the codec passes over.</summary>
internal static class PngChunks
{
    private const int SignatureLength = 8, FrameLength = 12; // of a chunk: length, name, check sum
    private const int LongestKept = 1 << 16;

    /// <summary>The content of the first chunk of a name, wherever it stands; empty where there is none or it is too long.</summary>
    /// <param name="png">The file, from its beginning.</param>
    /// <param name="name">Four letters.</param>
    public static byte[] Find(Stream png, ReadOnlySpan<byte> name)
    {
        Span<byte> head = stackalloc byte[8];
        for (long at = SignatureLength; at <= png.Length - FrameLength;)
        {
            png.Position = at;
            if (png.ReadAtLeast(head, head.Length, throwOnEndOfStream: false) < head.Length) break;
            uint length = BinaryPrimitives.ReadUInt32BigEndian(head);
            if (length > png.Length - at - FrameLength) break;
            if (head[4..].SequenceEqual(name))
            {
                if (length > LongestKept) break;
                var content = new byte[length];
                png.ReadExactly(content);
                return content;
            }
            at += FrameLength + length;
        }
        return [];
    }

    /// <summary>The orientation that the camera noted.</summary>
    public static SKEncodedOrigin OriginOf(Stream png) => OriginIn(Find(png, "eXIf"u8));

    /// <summary>The orientation in EXIF, which is a TIFF without pixels.</summary>
    private static SKEncodedOrigin OriginIn(ReadOnlySpan<byte> exif)
    {
        const int OrientationTag = 0x112, EntrySize = 12;
        bool isBig = exif.StartsWith("MM\0*"u8);
        if (!isBig && !exif.StartsWith("II*\0"u8)) return SKEncodedOrigin.TopLeft;
        int Two(ReadOnlySpan<byte> at) =>
            isBig ? BinaryPrimitives.ReadUInt16BigEndian(at) : BinaryPrimitives.ReadUInt16LittleEndian(at);
        if (exif.Length < 10) return SKEncodedOrigin.TopLeft;
        uint offset = isBig ? BinaryPrimitives.ReadUInt32BigEndian(exif[4..]) : BinaryPrimitives.ReadUInt32LittleEndian(exif[4..]);
        if (offset > exif.Length - 2) return SKEncodedOrigin.TopLeft;
        ReadOnlySpan<byte> entries = exif[((int)offset + 2)..];
        for (int left = Two(exif[(int)offset..]); left > 0 && entries.Length >= EntrySize; left--, entries = entries[EntrySize..])
        {
            if (Two(entries) == OrientationTag) return (SKEncodedOrigin)Two(entries[8..]);
        }
        return SKEncodedOrigin.TopLeft;
    }
}
