using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;

namespace PromptAD.Imaging;

/// <summary>Writes NumPy's .npy format, version 1.0: float32, little-endian, row by row.</summary>
internal static class NpyWriter
{
    private const int Alignment = 64;

    public static void Write(Stream stream, int width, int height, ReadOnlySpan<float> values)
    {
        // Magic, version and length take 10 bytes; the header is padded so that the values start aligned, and ends with a line feed.
        string header = $"{{'descr': '<f4', 'fortran_order': False, 'shape': ({height}, {width}), }}";
        int total = (10 + header.Length + 1 + Alignment - 1) / Alignment * Alignment;
        stream.Write([0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y', 1, 0]);
        Span<byte> length = stackalloc byte[2];
        BinaryPrimitives.WriteUInt16LittleEndian(length, (ushort)(total - 10));
        stream.Write(length);
        stream.Write(Encoding.ASCII.GetBytes(header.PadRight(total - 11) + '\n'));
        if (BitConverter.IsLittleEndian)
        {
            stream.Write(MemoryMarshal.AsBytes(values));
            return;
        }
        Span<byte> bytes = stackalloc byte[4];
        foreach (float value in values)
        {
            BinaryPrimitives.WriteSingleLittleEndian(bytes, value);
            stream.Write(bytes);
        }
    }
}
