using System.Buffers;
using BitMiracle.LibTiff.Classic;

namespace PromptAD.Imaging;

/// <summary>
/// Reads interleaved grey and RGB samples of 8 or 16 bits, strip by strip or tile by tile: what cameras write. The library's own
/// conversion would do too, but with 16 bits it copies the rest of the strip for each of its rows.
/// </summary>
internal static class TiffSamples
{
    public static bool CanRead(TiffLayout layout) =>
        layout is { IsInterleaved: true, IsFloat: false, Bits: 8 or 16, Samples: >= 1 }
        && (layout.IsGray || (layout.Photometric == Photometric.RGB && layout.Samples >= 3));

    /// <exception cref="PromptADException">A strip or tile is damaged or incomplete.</exception>
    public static Picture Read(Tiff tiff, TiffLayout layout, PictureSource source)
    {
        int pixelBytes = layout.Samples * (layout.Bits / 8), rowBytes = layout.BlockWidth * pixelBytes;
        byte[] block = ArrayPool<byte>.Shared.Rent(checked(layout.BlockHeight * rowBytes));
        var picture = new Picture(layout.Width, layout.Height, layout.IsGray);
        try
        {
            for (int top = 0; top < layout.Height; top += layout.BlockHeight)
            {
                int rows = Math.Min(layout.BlockHeight, layout.Height - top);
                for (int left = 0; left < layout.Width; left += layout.BlockWidth)
                {
                    if (!ReadBlock(tiff, layout, left, top, block, rowBytes)) throw source.Damaged();
                    int columns = Math.Min(layout.BlockWidth, layout.Width - left);
                    for (int y = 0; y < rows; y++)
                    {
                        ReadOnlySpan<byte> samples = block.AsSpan(y * rowBytes, columns * pixelBytes);
                        CopyRow(samples, layout, picture.Row(top + y)[(left * picture.Channels)..]);
                    }
                }
            }
            return picture;
        }
        catch
        {
            picture.Dispose();
            throw;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(block);
        }
    }

    private static bool ReadBlock(Tiff tiff, TiffLayout layout, int left, int top, byte[] block, int rowBytes)
    {
        if (layout.IsTiled)
        {
            int whole = layout.BlockHeight * rowBytes;
            return tiff.ReadEncodedTile(tiff.ComputeTile(left, top, 0, 0), block, 0, whole) == whole;
        }
        int expected = Math.Min(layout.BlockHeight, layout.Height - top) * rowBytes;
        return tiff.ReadEncodedStrip(tiff.ComputeStrip(top, 0), block, 0, expected) == expected;
    }

    private static void CopyRow(ReadOnlySpan<byte> samples, TiffLayout layout, Span<byte> pixels)
    {
        int size = layout.Bits / 8, step = layout.Samples * size;

        // The library has put 16-bit samples into the machine's order; their high byte is taken.
        if (size == 2 && BitConverter.IsLittleEndian) samples = samples[1..];
        if (layout.IsGray)
        {
            byte invert = layout.Photometric == Photometric.MINISWHITE ? byte.MaxValue : byte.MinValue;
            for (int i = 0, x = 0; i < samples.Length; i += step, x++) pixels[x] = (byte)(samples[i] ^ invert);
            return;
        }
        for (int i = 0, x = 0; i < samples.Length; i += step, x += 4)
        {
            pixels[x] = samples[i + (2 * size)];
            pixels[x + 1] = samples[i + size];
            pixels[x + 2] = samples[i];
            pixels[x + 3] = byte.MaxValue;
        }
    }
}
