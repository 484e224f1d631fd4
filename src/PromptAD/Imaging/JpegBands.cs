using System.Buffers.Binary;
using SkiaSharp;

namespace PromptAD.Imaging;

/// <summary>
/// Decodes a large JPEG in bands of rows, one for each core; the pixels are those of decoding it whole. A band must still read the codes
/// of the rows above it, for a JPEG says nowhere where a row begins, but spares their transform, which is most of the work.
/// </summary>
internal static class JpegBands
{
    // Of decoding a row, so much is reading its codes: 0.12 in smooth pictures, 0.45 in detailed ones.
    private const double Codes = 0.25;
    private const int WorthThreads = 1 << 19; // pixels below which a second thread costs more than it saves
    private const int MostBands = 4;

    /// <summary>Whether a picture is of that kind and size; not a progressive one, whose codes are most of the work.</summary>
    public static bool Worth(SKCodec codec, ReadOnlySpan<byte> encoded) =>
        codec.EncodedFormat == SKEncodedImageFormat.Jpeg && (long)codec.Info.Width * codec.Info.Height >= WorthThreads
        && Environment.ProcessorCount > 1 && IsSequential(encoded);

    /// <summary>Decodes; returns false where a band cannot be, which leaves the pixels undefined.</summary>
    /// <param name="encoded">The whole file's bytes.</param>
    /// <param name="info">What the pixels are to be.</param>
    /// <param name="pixels">Receives the rows, without gaps.</param>
    public static bool TryDecode(SKData encoded, SKImageInfo info, nint pixels)
    {
        int[] starts = Starts(info.Height, Math.Min(Environment.ProcessorCount, MostBands));
        int failed = 0;
        Parallel.For(0, starts.Length - 1, band =>
        {
            if (!TryDecode(encoded, info, pixels, starts[band], starts[band + 1])) Interlocked.Increment(ref failed);
        });
        return failed == 0;
    }

    /// <summary>Where bands begin that take the same time, and at last the height: the later a band, the more it has to skip.</summary>
    internal static int[] Starts(int height, int bands)
    {
        double Share(int band) => (1 - Math.Pow(1 - Codes, band)) / (1 - Math.Pow(1 - Codes, bands));
        return [.. Enumerable.Range(0, bands + 1).Select(band => (int)Math.Round(height * Share(band)))];
    }

    /// <summary>Whether the frame's header says Huffman codes in one scan after the other, from top to bottom.</summary>
    private static bool IsSequential(ReadOnlySpan<byte> encoded)
    {
        const byte Marker = 0xFF, FirstFrame = 0xC0, Extended = 0xC1, LastFrame = 0xCF, HuffmanTables = 0xC4;
        int at = 2;
        while (at + 4 <= encoded.Length && encoded[at] == Marker)
        {
            byte kind = encoded[at + 1];
            if (kind is >= FirstFrame and <= LastFrame and not HuffmanTables) return kind is FirstFrame or Extended;
            at += 2 + BinaryPrimitives.ReadUInt16BigEndian(encoded[(at + 2)..]);
        }
        return false;
    }

    private static bool TryDecode(SKData encoded, SKImageInfo info, nint pixels, int from, int to)
    {
        using SKCodec? codec = SKCodec.Create(new SKMemoryStream(encoded));
        return codec is not null
            && codec.StartScanlineDecode(info) == SKCodecResult.Success
            && (from == 0 || codec.SkipScanlines(from))
            && codec.GetScanlines(pixels + ((nint)from * info.RowBytes), to - from, info.RowBytes) == to - from;
    }
}
