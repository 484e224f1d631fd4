using System.Buffers.Binary;
using System.IO.Compression;

namespace PromptAD.Imaging;

/// <summary>Writes 16-bit grey PNG files, which SkiaSharp cannot.</summary>
internal static class Png16Writer
{
    private const byte DifferenceToRowAbove = 2;

    private static readonly uint[] CrcTable = MakeCrcTable();

    /// <summary>Writes values in [0, 1], row by row; values outside are clamped.</summary>
    public static void Write(Stream stream, int width, int height, ReadOnlySpan<float> values)
    {
        stream.Write([0x89, (byte)'P', (byte)'N', (byte)'G', (byte)'\r', (byte)'\n', 0x1A, (byte)'\n']);

        // Width, height, 16 bits, grey, and the only compression, filtering and order there are.
        Span<byte> header = stackalloc byte[13];
        header.Clear();
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header[4..], height);
        header[8] = 16;
        WriteChunk(stream, "IHDR"u8, header);

        using var compressed = new MemoryStream();
        using (var zlib = new ZLibStream(compressed, CompressionLevel.Optimal, leaveOpen: true)) WriteRows(zlib, width, height, values);
        WriteChunk(stream, "IDAT"u8, compressed.GetBuffer().AsSpan(0, (int)compressed.Length));
        WriteChunk(stream, "IEND"u8, []);
    }

    private static void WriteRows(Stream stream, int width, int height, ReadOnlySpan<float> values)
    {
        // Anomaly maps are smooth: the difference to the row above packs better than the values.
        byte[] row = new byte[2 * width], above = new byte[2 * width], filtered = new byte[1 + (2 * width)];
        filtered[0] = DifferenceToRowAbove;
        for (int y = 0; y < height; y++, (row, above) = (above, row))
        {
            ReadOnlySpan<float> line = values.Slice(y * width, width);
            for (int x = 0; x < width; x++)
            {
                var level = (ushort)MathF.Round(Math.Clamp(line[x], 0f, 1f) * ushort.MaxValue);
                BinaryPrimitives.WriteUInt16BigEndian(row.AsSpan(2 * x), level);
            }
            for (int i = 0; i < row.Length; i++) filtered[i + 1] = (byte)(row[i] - above[i]);
            stream.Write(filtered);
        }
    }

    private static void WriteChunk(Stream stream, ReadOnlySpan<byte> type, ReadOnlySpan<byte> content)
    {
        Span<byte> number = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(number, content.Length);
        stream.Write(number);
        stream.Write(type);
        stream.Write(content);
        BinaryPrimitives.WriteUInt32BigEndian(number, ~Crc(Crc(uint.MaxValue, type), content));
        stream.Write(number);
    }

    private static uint Crc(uint crc, ReadOnlySpan<byte> bytes)
    {
        foreach (byte b in bytes) crc = CrcTable[(byte)(crc ^ b)] ^ (crc >> 8);
        return crc;
    }

    private static uint[] MakeCrcTable()
    {
        var table = new uint[256];
        for (uint i = 0; i < table.Length; i++)
        {
            uint crc = i;
            for (int bit = 0; bit < 8; bit++) crc = (crc >> 1) ^ ((crc & 1) * 0xEDB88320);
            table[i] = crc;
        }
        return table;
    }
}
