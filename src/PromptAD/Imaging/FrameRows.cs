using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace PromptAD.Imaging;

/// <summary>Reads a frame row by row as bytes: grey, or blue-green-red-any. So nothing larger than a row is ever copied.</summary>
internal static class FrameRows
{
    private const uint Colors = 0xFFFFFF; // without alpha, which comes last

    public static bool IsGray(PixelFormat format) => format is PixelFormat.Gray8 or PixelFormat.Gray16;

    /// <summary>Row <paramref name="y"/>: the frame's own memory where its layout fits, else <paramref name="scratch"/>.</summary>
    /// <param name="frame">The frame.</param>
    /// <param name="y">The row.</param>
    /// <param name="scratch">At least as many bytes as the frame is wide, times 4 for colour.</param>
    public static ReadOnlySpan<byte> Read(in CameraFrame frame, int y, Span<byte> scratch)
    {
        ReadOnlySpan<byte> row = frame.Row(y);
        switch (frame.Format)
        {
            case PixelFormat.Gray16:
                NarrowGray(row, frame.SignificantBits - 8, scratch[..frame.Width]);
                return scratch[..frame.Width];
            case PixelFormat.Rgb24:
                Widen(row, red: 0, scratch[..(frame.Width * 4)]);
                return scratch[..(frame.Width * 4)];
            case PixelFormat.Bgr24:
                Widen(row, red: 2, scratch[..(frame.Width * 4)]);
                return scratch[..(frame.Width * 4)];
            default:
                return row;
        }
    }

    /// <summary>A picture that is to show a good part and has one colour all over.</summary>
    public static PromptADException RefusalOfPlain(string name) => new(
        Problem.OutOfRange,
        $"{name} has one colour all over, so nothing can be learned from it. Check its exposure, and give pictures of good parts.");

    /// <summary>Whether all pixels have one colour. Most pictures show it in their first row.</summary>
    public static bool IsPlain(in CameraFrame frame)
    {
        byte[] scratch = ArrayPool<byte>.Shared.Rent(frame.Width * 4);
        try
        {
            return IsPlain(frame, scratch);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(scratch);
        }
    }

    private static bool IsPlain(in CameraFrame frame, byte[] scratch)
    {
        uint? first = null;
        for (int y = 0; y < frame.Height; y++)
        {
            ReadOnlySpan<byte> row = Read(frame, y, scratch);
            if (IsGray(frame.Format))
            {
                first ??= row[0];
                if (row.ContainsAnyExcept((byte)first)) return false;
                continue;
            }
            foreach (uint pixel in MemoryMarshal.Cast<byte, uint>(row))
            {
                first ??= pixel & Colors;
                if ((pixel & Colors) != first) return false;
            }
        }
        return true;
    }

    /// <summary>The upper 8 of the significant bits of 16-bit samples.</summary>
    public static void NarrowGray(ReadOnlySpan<byte> row, int shift, Span<byte> gray)
    {
        for (int x = 0; x < gray.Length; x++)
        {
            int value = BinaryPrimitives.ReadUInt16LittleEndian(row[(2 * x)..]) >> shift;
            gray[x] = (byte)Math.Min(value, byte.MaxValue);
        }
    }

    /// <summary>Three bytes per pixel to four; <paramref name="red"/> is where red is found, 0 or 2.</summary>
    private static void Widen(ReadOnlySpan<byte> row, int red, Span<byte> bgra)
    {
        Vector128<byte> order = red == 0
            ? Vector128.Create((byte)2, 1, 0, 0, 5, 4, 3, 3, 8, 7, 6, 6, 11, 10, 9, 9)
            : Vector128.Create((byte)0, 1, 2, 2, 3, 4, 5, 5, 6, 7, 8, 8, 9, 10, 11, 11);
        while (row.Length >= Vector128<byte>.Count)
        {
            Vector128.Shuffle(Vector128.Create(row), order).CopyTo(bgra);
            row = row[12..];
            bgra = bgra[16..];
        }
        for (; row.Length >= 3; row = row[3..], bgra = bgra[4..])
        {
            bgra[0] = row[2 - red];
            bgra[1] = row[1];
            bgra[2] = row[red];
            bgra[3] = row[red];
        }
    }
}
