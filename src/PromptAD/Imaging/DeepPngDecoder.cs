using System.Buffers.Binary;
using System.IO.Compression;

namespace PromptAD.Imaging;

/// <summary>
/// Decodes PNGs of 16 bits a channel with all their bits: the codec keeps the upper eight, which are almost nothing of a camera's 10 or 12
/// bits. It has checked the header.
/// </summary>
internal static class DeepPngDecoder
{
    private const int HeaderLength = 33, FrameLength = 12, DepthPlace = 24;

    // Where each pass of an interlaced picture begins, and its steps: across, down.
    private static readonly (int X, int Y, int Across, int Down)[] Passes =
        [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)];

    public static bool Recognises(ReadOnlySpan<byte> png) => png.Length > DepthPlace && png[DepthPlace] == 16;

    /// <param name="png">The file.</param>
    /// <param name="claimed">What its sBIT chunk says.</param>
    /// <param name="source">What it is.</param>
    public static Picture Decode(ReadOnlySpan<byte> png, ReadOnlySpan<byte> claimed, PictureSource source)
    {
        if (png.Length < HeaderLength) throw source.Damaged();
        int width = BinaryPrimitives.ReadInt32BigEndian(png[16..]), height = BinaryPrimitives.ReadInt32BigEndian(png[20..]);
        int channels = png[25] switch { 0 => 1, 2 => 3, 4 => 2, _ => 4 };
        int bits = 0; // of all colours, the most
        foreach (byte one in claimed[..Math.Min(claimed.Length, channels < 3 ? 1 : 3)]) bits = Math.Max(bits, one);
        using var deep = new DeepPicture(width, height, channels < 3) { ClaimedBits = bits == 0 ? null : bits };
        try
        {
            using var pixels = new ZLibStream(new MemoryStream(Data(png)), CompressionMode.Decompress);
            foreach ((int x, int y, int across, int down) in png[28] == 0 ? [(0, 0, 1, 1)] : Passes)
            {
                int columns = (width - x + across - 1) / across;
                if (columns > 0) ReadPass(pixels, deep, channels, columns, x, across, y, down, height);
            }
            _ = pixels.ReadByte(); // the check sum
        }
        catch (Exception e) when (e is InvalidDataException or IOException)
        {
            throw source.Damaged(e);
        }
        return deep.Narrow(source);
    }

    /// <summary>The compressed pixels, which may lie in several chunks.</summary>
    private static byte[] Data(ReadOnlySpan<byte> png)
    {
        using var data = new MemoryStream(png.Length);
        for (ReadOnlySpan<byte> rest = png[HeaderLength..]; rest.Length >= FrameLength;)
        {
            uint length = BinaryPrimitives.ReadUInt32BigEndian(rest);
            if (length > rest.Length - FrameLength) break;
            if (rest[4..].StartsWith("IDAT"u8)) data.Write(rest.Slice(8, (int)length));
            rest = rest[(FrameLength + (int)length)..];
        }
        return data.ToArray();
    }

    private static void ReadPass(
        Stream pixels, DeepPicture deep, int channels, int columns, int x, int across, int y, int down, int height)
    {
        int pixelBytes = 2 * channels, kept = channels < 3 ? 1 : 3;
        byte[] above = new byte[columns * pixelBytes], row = new byte[above.Length];
        for (; y < height; y += down, (above, row) = (row, above))
        {
            int filter = pixels.ReadByte();
            pixels.ReadExactly(row);
            Unfilter(filter, row, above, pixelBytes);
            Span<ushort> target = deep.Row(y);
            for (int i = 0; i < columns; i++)
            {
                for (int c = 0; c < kept; c++)
                {
                    target[((x + (i * across)) * kept) + c] =
                        BinaryPrimitives.ReadUInt16BigEndian(row.AsSpan((i * pixelBytes) + (2 * c)));
                }
            }
        }
    }

    private static void Unfilter(int filter, Span<byte> row, ReadOnlySpan<byte> above, int step)
    {
        if (filter is < 0 or > 4) throw new InvalidDataException();
        for (int i = 0; i < row.Length && filter != 0; i++)
        {
            int left = i < step ? 0 : row[i - step], up = above[i];
            row[i] += (byte)(filter switch
            {
                1 => left,
                2 => up,
                3 => (left + up) / 2,
                _ => Nearest(left, up, i < step ? 0 : above[i - step]),
            });
        }
    }

    /// <summary>Of three neighbours the one nearest to left + up - corner.</summary>
    private static int Nearest(int left, int up, int corner)
    {
        int toLeft = Math.Abs(up - corner), toUp = Math.Abs(left - corner), toCorner = Math.Abs(left + up - corner - corner);
        if (toLeft <= toUp && toLeft <= toCorner) return left;
        return toUp <= toCorner ? up : corner;
    }
}
