using System.Buffers.Binary;
using System.IO.Compression;

namespace PromptAD.Tests.Imaging;

/// <summary>Encodes pictures of kinds that libraries do not write: the plainest form of a format, with whatever a test needs.</summary>
internal static class MadePictures
{
    private static readonly (int X, int Y, int Across, int Down)[] Whole = [(0, 0, 1, 1)], Passes =
        [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)];

    /// <summary>A PNG of 16 bits a channel; its rows take turns with all five filters.</summary>
    /// <param name="width">Pixels in a row.</param>
    /// <param name="samples">Row by row, channel by channel.</param>
    /// <param name="channels">1 grey, 2 with alpha, 3 colour, 4 with alpha.</param>
    /// <param name="isInterlaced">Whether it comes in seven passes.</param>
    /// <param name="before">Chunks before the pixels.</param>
    /// <param name="after">Chunks behind them.</param>
    public static byte[] Png16(
        int width, ushort[] samples, int channels = 1, bool isInterlaced = false, (string Name, byte[] Content)[]? before = null,
        (string Name, byte[] Content)[]? after = null)
    {
        int height = samples.Length / channels / width;
        byte[] header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), height);
        (header[8], header[9], header[12]) = (16, (byte)(channels switch { 1 => 0, 2 => 4, 3 => 2, _ => 6 }), isInterlaced ? (byte)1 : (byte)0);
        using var packed = new MemoryStream();
        using (var zlib = new ZLibStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            foreach ((int left, int top, int across, int down) in isInterlaced ? Passes : Whole)
            {
                byte[] above = [];
                for (int y = top; y < height && left < width; y += down)
                {
                    byte[] row =
                    [
                        .. from x in Enumerable.Range(0, width).Where(x => x >= left && (x - left) % across == 0)
                           from c in Enumerable.Range(0, channels)
                           let sample = samples[(((y * width) + x) * channels) + c]
                           from part in new[] { (byte)(sample >> 8), (byte)sample }
                           select part,
                    ];
                    zlib.Write(Filtered(y % 5, row, above, 2 * channels));
                    above = row;
                }
            }
        }
        byte[] data = packed.ToArray();
        return
        [
            0x89, .. "PNG\r\n\u001a\n"u8, .. Chunk("IHDR", header), .. (before ?? []).SelectMany(one => Chunk(one.Name, one.Content)),
            .. Chunk("IDAT", data[..(data.Length / 2)]), .. Chunk("IDAT", data[(data.Length / 2)..]),
            .. (after ?? []).SelectMany(one => Chunk(one.Name, one.Content)), .. Chunk("IEND", []),
        ];
    }

    /// <summary>The same PNG with another chunk: behind its header, or before its end.</summary>
    public static byte[] WithChunk(byte[] png, string name, byte[] content, bool atEnd = false)
    {
        int at = atEnd ? png.Length - 12 : 33;
        return [.. png[..at], .. Chunk(name, content), .. png[at..]];
    }

    /// <summary>EXIF that holds nothing but an orientation.</summary>
    public static byte[] Exif(int orientation, bool isBig = false) => isBig
        ? [.. "MM\0*"u8, 0, 0, 0, 8, 0, 1, 1, 0x12, 0, 3, 0, 0, 0, 1, 0, (byte)orientation, 0, 0, 0, 0, 0, 0]
        : [.. "II*\0"u8, 8, 0, 0, 0, 1, 0, 0x12, 1, 3, 0, 1, 0, 0, 0, (byte)orientation, 0, 0, 0, 0, 0, 0, 0];

    /// <summary>A TIFF of uncompressed pages, of one strip each.</summary>
    public static byte[] Tiff(bool isBig, bool bigEndian, params TiffPicture[] pages)
    {
        using var file = new MemoryStream();
        void Put(ulong value, int bytes)
        {
            for (int i = 0; i < bytes; i++) file.WriteByte((byte)(value >> (8 * (bigEndian ? bytes - 1 - i : i))));
        }

        int place = isBig ? 8 : 4;
        file.Write(bigEndian ? "MM"u8 : "II"u8);
        Put(isBig ? 43u : 42u, 2);
        if (isBig) Put(bigEndian ? 8u << 16 : 8u, 4); // the size of an offset, and zero
        Put((ulong)(file.Position + place), place);
        foreach (TiffPicture page in pages)
        {
            SortedDictionary<int, long> tags = page.Tags();
            int length = page.Samples.Length * page.Bits / 8;
            long pixels = file.Position + (isBig ? 8 : 2) + (tags.Count * (4 + (2 * place))) + place;
            tags[273] = pixels;
            Put((ulong)tags.Count, isBig ? 8 : 2);
            foreach ((int tag, long value) in tags)
            {
                bool isPlace = tag is 273 or 279;
                Put((ulong)tag, 2);
                Put(isPlace ? isBig ? 16u : 4u : 3u, 2);
                Put(1, place);
                Put((ulong)value, isPlace ? place : 2);
                Put(0, isPlace ? 0 : place - 2);
            }
            Put(page == pages[^1] ? 0 : (ulong)(pixels + length), place);
            foreach (int sample in page.Samples) Put((ulong)sample, page.Bits / 8);
        }
        return file.ToArray();
    }

    private static byte[] Filtered(int filter, byte[] row, byte[] above, int step)
    {
        var filtered = new byte[row.Length + 1];
        filtered[0] = (byte)filter;
        for (int i = 0; i < row.Length; i++)
        {
            int left = i < step ? 0 : row[i - step], up = above.Length == 0 ? 0 : above[i];
            int corner = i < step || above.Length == 0 ? 0 : above[i - step];
            int near = new[] { left, up, corner }.MinBy(value => Math.Abs(left + up - corner - value));
            filtered[i + 1] = (byte)(row[i] - filter switch { 0 => 0, 1 => left, 2 => up, 3 => (left + up) / 2, _ => near });
        }
        return filtered;
    }

    private static byte[] Chunk(string name, byte[] content)
    {
        byte[] named = [.. name.Select(letter => (byte)letter), .. content], length = new byte[4], sum = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(length, content.Length);
        uint crc = uint.MaxValue;
        foreach (byte one in named)
        {
            crc ^= one;
            for (int bit = 0; bit < 8; bit++) crc = (crc >> 1) ^ ((crc & 1) * 0xEDB88320);
        }
        BinaryPrimitives.WriteUInt32BigEndian(sum, ~crc);
        return [.. length, .. named, .. sum];
    }
}

/// <summary>A page of a TIFF.</summary>
internal sealed record TiffPicture(int Width, int[] Samples, int Bits = 16, int Channels = 1)
{
    /// <summary>Tags beside the usual ones, or in their place.</summary>
    public (int Tag, int Value)[] Others { get; init; } = [];

    public SortedDictionary<int, long> Tags()
    {
        int height = Samples.Length / Channels / Width;
        var tags = new SortedDictionary<int, long>
        {
            [256] = Width,
            [257] = height,
            [258] = Bits, // of the first sample; the others are alike
            [259] = 1,
            [262] = Channels == 1 ? 1 : 2,
            [273] = 0,
            [277] = Channels,
            [278] = height,
            [279] = Samples.Length * Bits / 8,
        };
        foreach ((int tag, int value) in Others) tags[tag] = value;
        return tags;
    }
}
