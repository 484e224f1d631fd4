using System.Buffers;
using System.Runtime.InteropServices;
using BitMiracle.LibTiff.Classic;
using SkiaSharp;

using TiffOrientation = BitMiracle.LibTiff.Classic.Orientation;

namespace PromptAD.Imaging;

/// <summary>Decodes the first full page of a TIFF.</summary>
internal static class TiffDecoder
{
    private static readonly TiffStream Reader = new();

    static TiffDecoder() => QuietTiffErrors.Install();

    public static unsafe Picture Decode(ReadOnlySpan<byte> encoded, PictureSource source)
    {
        TiffPage page = TiffHeader.Check(encoded, source);
        fixed (byte* start = encoded)
        {
            using var stream = new TiffBytes(start, encoded.Length);
            try
            {
                using Tiff? tiff = Tiff.ClientOpen(source.Name, "r", stream, Reader);
                if (tiff is null || (page.Number > 0 && !tiff.SetDirectory((short)page.Number))) throw source.Damaged();
                return Decode(tiff, page, encoded.Length, source);
            }
            catch (Exception e) when (e is not PromptADException)
            {
                // The reader meets nonsense in a file with whatever the runtime throws: index, cast, null, size, memory.
                throw source.Damaged(e);
            }
        }
    }

    /// <summary>What the page that is read says of itself.</summary>
    public static PictureHeader ReadHeader(ReadOnlySpan<byte> encoded, PictureSource source)
    {
        TiffPage page = TiffHeader.Check(encoded, source);
        (int width, int height) = Orientation.Apply((page.Width, page.Height), (SKEncodedOrigin)page.Orientation);
        return new PictureHeader(width, height, page.Bits == 16);
    }

    private static Picture Decode(Tiff tiff, TiffPage page, int length, PictureSource source)
    {
        var layout = new TiffLayout(tiff);
        source.CheckSize(layout.Width, layout.Height);
        source.CheckSize(layout.BlockWidth, layout.BlockHeight);
        CheckBlocks(tiff, length, source);
        Picture picture = TiffSamples.CanRead(layout)
            ? TiffSamples.Read(tiff, layout, page.ClaimedBits, source)
            : Convert(tiff, layout, source);
        return Orientation.Apply(picture, layout.Origin);
    }

    /// <summary>
    /// The reader takes as much memory as a strip or tile says that it has bytes, before it looks whether they are there; of a negative
    /// number it takes the lower half.
    /// </summary>
    /// <exception cref="PromptADException">One says that it is empty, or longer than the file.</exception>
    private static void CheckBlocks(Tiff tiff, int length, PictureSource source)
    {
        int blocks = tiff.IsTiled() ? tiff.NumberOfTiles() : tiff.NumberOfStrips();
        for (int block = 0; block < blocks; block++)
            if (tiff.RawStripSize(block) is var size && (size <= 0 || size > length)) throw source.Damaged();
    }

    /// <summary>Bilevel, palette, CMYK, YCbCr and the like, by the library's conversion.</summary>
    private static Picture Convert(Tiff tiff, TiffLayout layout, PictureSource source)
    {
        if (layout.Bits > 8 || !tiff.RGBAImageOK(out _))
        {
            string planes = layout.IsInterleaved ? "" : " in separate planes,";
            throw source.Unsupported(
                $"a TIFF with {layout.Samples} samples of {layout.Bits} bits, {layout.Photometric},{planes} is not supported");
        }

        // The picture is turned later, because the library only knows the orientations that mirror. Alpha that is said to be in the
        // colours already is left alone; any other would be multiplied into them.
        tiff.SetField(TiffTag.ORIENTATION, TiffOrientation.TOPLEFT);
        if (tiff.GetField(TiffTag.EXTRASAMPLES) is { Length: > 1 } extra && extra[0].ToInt() > 0)
            tiff.SetField(TiffTag.EXTRASAMPLES, 1, new[] { (short)ExtraSample.ASSOCALPHA });

        int[] raster = ArrayPool<int>.Shared.Rent(layout.Width * layout.Height);
        try
        {
            if (!tiff.ReadRGBAImageOriented(layout.Width, layout.Height, raster, TiffOrientation.TOPLEFT, stopOnError: true))
                throw source.Damaged();
            return ToPicture(raster, layout.Width, layout.Height);
        }
        finally
        {
            ArrayPool<int>.Shared.Return(raster);
        }
    }

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
        private TiffErrorHandler? previous;

        public static void Install()
        {
            // There is none before the library's first use; then its default, which prints, is what the application would get.
            var handler = new QuietTiffErrors();
            handler.previous = Tiff.SetErrorHandler(handler) ?? new TiffErrorHandler();
        }

        public override void ErrorHandler(Tiff tif, string method, string format, params object[] args)
        {
            if (!IsOurs(tif)) previous?.ErrorHandler(tif, method, format, args);
        }

        public override void ErrorHandlerExt(Tiff tif, object clientData, string method, string format, params object[] args)
        {
            if (!IsOurs(tif)) previous?.ErrorHandlerExt(tif, clientData, method, format, args);
        }

        public override void WarningHandler(Tiff tif, string method, string format, params object[] args)
        {
            if (!IsOurs(tif)) previous?.WarningHandler(tif, method, format, args);
        }

        public override void WarningHandlerExt(Tiff tif, object clientData, string method, string format, params object[] args)
        {
            if (!IsOurs(tif)) previous?.WarningHandlerExt(tif, clientData, method, format, args);
        }

        private static bool IsOurs(Tiff? tiff) => tiff?.Clientdata() is TiffBytes;
    }
}
