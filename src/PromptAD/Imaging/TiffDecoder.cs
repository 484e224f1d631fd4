using System.Buffers;
using System.Runtime.InteropServices;
using BitMiracle.LibTiff.Classic;
using SkiaSharp;
using TiffOrientation = BitMiracle.LibTiff.Classic.Orientation;

namespace PromptAD.Imaging;

/// <summary>Decodes the first page of a TIFF.</summary>
internal static class TiffDecoder
{
    // More than any photograph has; keeps what a strip may claim to take in proportion to the pixels.
    private const int MostSamples = 8;

    private static readonly TiffStream Reader = new();

    static TiffDecoder() => QuietTiffErrors.Install();

    public static bool Recognises(ReadOnlySpan<byte> encoded) =>
        encoded.StartsWith("II*\0"u8) || encoded.StartsWith("MM\0*"u8) || encoded.StartsWith("II+\0"u8) || encoded.StartsWith("MM\0+"u8);

    public static unsafe Picture Decode(ReadOnlySpan<byte> encoded, PictureSource source)
    {
        fixed (byte* start = encoded)
        {
            using var stream = new TiffBytes(start, encoded.Length);
            try
            {
                using Tiff? tiff = Tiff.ClientOpen(source.Name, "r", stream, Reader);
                return tiff is null ? throw source.Damaged() : Decode(tiff, source);
            }
            catch (Exception e) when (e is not PromptADException)
            {
                // The reader meets nonsense in a file with whatever the runtime throws: index, cast, null, size, memory.
                throw source.Damaged(e);
            }
        }
    }

    private static Picture Decode(Tiff tiff, PictureSource source)
    {
        int width = Number(tiff, TiffTag.IMAGEWIDTH, 0), height = Number(tiff, TiffTag.IMAGELENGTH, 0);
        source.CheckSize(width, height);
        CheckLayout(tiff, source);
        if (!tiff.RGBAImageOK(out string reason)) throw source.Unsupported($"this kind of TIFF is not supported ({reason.TrimEnd('.', ' ')})");

        // Read as it is stored and turned afterwards, because the reader only knows the orientations that mirror.
        var origin = (SKEncodedOrigin)Number(tiff, TiffTag.ORIENTATION, (int)TiffOrientation.TOPLEFT);
        tiff.SetField(TiffTag.ORIENTATION, TiffOrientation.TOPLEFT);

        // Alpha that is said to be in the colours already is left alone; any other would be multiplied into them.
        if (tiff.GetField(TiffTag.EXTRASAMPLES) is { Length: > 1 } extra && extra[0].ToInt() > 0)
            tiff.SetField(TiffTag.EXTRASAMPLES, 1, new[] { (short)ExtraSample.ASSOCALPHA });

        int[] raster = ArrayPool<int>.Shared.Rent(width * height);
        try
        {
            if (!tiff.ReadRGBAImageOriented(width, height, raster, TiffOrientation.TOPLEFT, stopOnError: true)) throw source.Damaged();
            return Orientation.Apply(ToPicture(raster, width, height), origin);
        }
        finally
        {
            ArrayPool<int>.Shared.Return(raster);
        }
    }

    /// <summary>Refuses strips and tiles that claim far more memory than the picture they are part of.</summary>
    private static void CheckLayout(Tiff tiff, PictureSource source)
    {
        int samples = Number(tiff, TiffTag.SAMPLESPERPIXEL, 1), bits = Number(tiff, TiffTag.BITSPERSAMPLE, 1);
        if (samples is < 1 or > MostSamples || bits is < 1 or > 16)
            throw source.Unsupported($"a TIFF of {samples} samples with {bits} bits each is not supported");
        if (tiff.IsTiled()) source.CheckSize(Number(tiff, TiffTag.TILEWIDTH, 0), Number(tiff, TiffTag.TILELENGTH, 0));
    }

    private static int Number(Tiff tiff, TiffTag tag, int otherwise) =>
        tiff.GetField(tag) is { Length: > 0 } values ? values[0].ToInt() : otherwise;

    private static Picture ToPicture(ReadOnlySpan<int> raster, int width, int height)
    {
        var picture = new Picture(width, height, gray: false);
        Span<int> pixels = MemoryMarshal.Cast<byte, int>(picture.Pixels);
        for (int i = 0; i < pixels.Length; i++)
        {
            // From 0xAABBGGRR to 0xAARRGGBB, which lies in memory as blue, green, red, alpha.
            int value = raster[i];
            pixels[i] = (value & ~0xFF00FF) | ((value & 0xFF) << 16) | ((value >> 16) & 0xFF);
        }
        return picture;
    }

    /// <summary>The caller's bytes as the stream that the reader wants; the type tells our files from those of the application.</summary>
    private sealed unsafe class TiffBytes(byte* start, long length) : UnmanagedMemoryStream(start, length);

    /// <summary>
    /// The reader prints its complaints to the console through one process-wide handler. Ours says nothing about our files and leaves
    /// the rest to the handler that was there before.
    /// </summary>
    private sealed class QuietTiffErrors : TiffErrorHandler
    {
        private TiffErrorHandler? _previous;

        public static void Install()
        {
            var handler = new QuietTiffErrors();
            handler._previous = Tiff.SetErrorHandler(handler);
        }

        public override void ErrorHandler(Tiff tif, string method, string format, params object[] args)
        {
            if (!IsOurs(tif)) _previous?.ErrorHandler(tif, method, format, args);
        }

        public override void ErrorHandlerExt(Tiff tif, object clientData, string method, string format, params object[] args)
        {
            if (!IsOurs(tif)) _previous?.ErrorHandlerExt(tif, clientData, method, format, args);
        }

        public override void WarningHandler(Tiff tif, string method, string format, params object[] args)
        {
            if (!IsOurs(tif)) _previous?.WarningHandler(tif, method, format, args);
        }

        public override void WarningHandlerExt(Tiff tif, object clientData, string method, string format, params object[] args)
        {
            if (!IsOurs(tif)) _previous?.WarningHandlerExt(tif, clientData, method, format, args);
        }

        private static bool IsOurs(Tiff? tiff) => tiff?.Clientdata() is TiffBytes;
    }
}
