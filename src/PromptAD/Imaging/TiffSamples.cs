using System.Buffers;
using System.Runtime.InteropServices;
using BitMiracle.LibTiff.Classic;

namespace PromptAD.Imaging;

/// <summary>
/// Reads interleaved grey and RGB samples of 8 or 16 bits, strip by strip or tile by tile: what cameras write. The library's own
/// conversion would do too, but with 16 bits it copies the rest of the strip for each of its rows.
/// </summary>
internal static class TiffSamples
{
    private delegate void RowReader(ReadOnlySpan<byte> samples, int x, int y);

    public static bool CanRead(TiffLayout layout) =>
        layout is { IsInterleaved: true, Bits: 8 or 16, Samples: >= 1 }
        && (layout.IsGray || (layout.Photometric == Photometric.RGB && layout.Samples >= 3));

    /// <param name="tiff">The file.</param>
    /// <param name="layout">What its directory says.</param>
    /// <param name="claimedBits">How many bits of 16-bit samples it says are significant; null for nothing.</param>
    /// <param name="source">What it is.</param>
    /// <exception cref="PromptADException">A strip or tile is damaged or incomplete.</exception>
    public static Picture Read(Tiff tiff, TiffLayout layout, int? claimedBits, PictureSource source)
    {
        bool isInverted = layout.Photometric == Photometric.MINISWHITE;
        if (layout.Bits == 16)
        {
            using var deep = new DeepPicture(layout.Width, layout.Height, layout.IsGray)
            {
                ClaimedBits = claimedBits,
                IsInverted = isInverted,
            };
            int kept = layout.IsGray ? 1 : 3;
            ReadRows(tiff, layout, source, (samples, x, y) =>
                CopyDeep(MemoryMarshal.Cast<byte, ushort>(samples), layout.Samples, kept, deep.Row(y)[(x * kept)..]));
            return deep.Narrow(source);
        }
        var picture = new Picture(layout.Width, layout.Height, layout.IsGray);
        try
        {
            ReadRows(tiff, layout, source, (samples, x, y) => CopyRow(samples, layout, picture.Row(y)[(x * picture.Channels)..]));
            return picture;
        }
        catch
        {
            picture.Dispose();
            throw;
        }
    }

    private static void ReadRows(Tiff tiff, TiffLayout layout, PictureSource source, RowReader read)
    {
        int pixelBytes = layout.Samples * (layout.Bits / 8), rowBytes = layout.BlockWidth * pixelBytes;
        byte[] block = ArrayPool<byte>.Shared.Rent(checked(layout.BlockHeight * rowBytes));
        try
        {
            for (int top = 0; top < layout.Height; top += layout.BlockHeight)
            {
                int rows = Math.Min(layout.BlockHeight, layout.Height - top);
                for (int left = 0; left < layout.Width; left += layout.BlockWidth)
                {
                    if (!ReadBlock(tiff, layout, left, top, block, rowBytes)) throw source.Damaged();
                    int columns = Math.Min(layout.BlockWidth, layout.Width - left);
                    for (int y = 0; y < rows; y++) read(block.AsSpan(y * rowBytes, columns * pixelBytes), left, top + y);
                }
            }
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

    private static void CopyDeep(ReadOnlySpan<ushort> samples, int step, int kept, Span<ushort> target)
    {
        for (int i = 0, x = 0; i < samples.Length; i += step, x += kept) samples.Slice(i, kept).CopyTo(target[x..]);
    }

    private static void CopyRow(ReadOnlySpan<byte> samples, TiffLayout layout, Span<byte> pixels)
    {
        int step = layout.Samples;
        if (layout.IsGray)
        {
            byte invert = layout.Photometric == Photometric.MINISWHITE ? byte.MaxValue : byte.MinValue;
            for (int i = 0, x = 0; i < samples.Length; i += step, x++) pixels[x] = (byte)(samples[i] ^ invert);
            return;
        }
        for (int i = 0, x = 0; i < samples.Length; i += step, x += 4)
        {
            pixels[x] = samples[i + 2];
            pixels[x + 1] = samples[i + 1];
            pixels[x + 2] = samples[i];
            pixels[x + 3] = step > 3 ? samples[i + 3] : byte.MaxValue;
        }
    }
}
