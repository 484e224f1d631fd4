using SkiaSharp;

namespace PromptAD.Imaging;

/// <summary>Decodes everything but TIFF.</summary>
internal static class SkiaDecoder
{
    public static unsafe Picture Decode(ReadOnlySpan<byte> encoded, PictureSource source)
    {
        fixed (byte* start = encoded)
        {
            // The codec reads the caller's bytes in place, so both must be gone before they may move again.
            using var data = SKData.Create((nint)start, encoded.Length);
            using SKCodec codec = Open(new SKMemoryStream(data), encoded, source);
            source.CheckSize(codec.Info.Width, codec.Info.Height);
            if (codec.EncodedFormat != SKEncodedImageFormat.Png)
            {
                Picture picture = ReadPixels(codec, data, source);
                picture.IsLossy = codec.EncodedFormat == SKEncodedImageFormat.Jpeg || IsLossyWebp(encoded);
                return Orientation.Apply(picture, codec.EncodedOrigin);
            }
            using var png = new UnmanagedMemoryStream(start, encoded.Length);
            Picture upright = DeepPngDecoder.Recognises(encoded)
                ? DeepPngDecoder.Decode(encoded, PngChunks.Find(png, "sBIT"u8), source)
                : ReadPixels(codec, data, source);
            return Orientation.Apply(upright, PngChunks.OriginOf(png));
        }
    }

    /// <summary>What a file's header says.</summary>
    /// <param name="file">The file, at its beginning.</param>
    /// <param name="first">Its first bytes.</param>
    /// <param name="source">What it is.</param>
    public static PictureHeader ReadHeader(FileStream file, ReadOnlySpan<byte> first, PictureSource source)
    {
        using SKCodec codec = Open(new SKManagedStream(file), first, source);
        source.CheckSize(codec.Info.Width, codec.Info.Height);
        bool isPng = codec.EncodedFormat == SKEncodedImageFormat.Png;
        SKEncodedOrigin origin = isPng ? PngChunks.OriginOf(file) : codec.EncodedOrigin;
        (int width, int height) = Orientation.Apply((codec.Info.Width, codec.Info.Height), origin);
        return new PictureHeader(width, height, isPng && DeepPngDecoder.Recognises(first));
    }

    /// <param name="encoded">The picture; goes with the codec.</param>
    /// <param name="first">Its first bytes.</param>
    /// <param name="source">What it is.</param>
    private static SKCodec Open(SKStream encoded, ReadOnlySpan<byte> first, PictureSource source)
    {
        SKCodec? codec = SKCodec.Create(encoded, out SKCodecResult result);
        if (codec is null)
        {
            // What is shorter than Skia looks at is called cut off, whatever it is.
            bool isUnknown = result == SKCodecResult.Unimplemented || !PictureSignature.Begins(first);
            throw isUnknown ? source.Unsupported("it is no picture of a known format") : source.Damaged();
        }
        if (codec.EncodedFormat is SKEncodedImageFormat.Png or SKEncodedImageFormat.Jpeg or SKEncodedImageFormat.Bmp
            or SKEncodedImageFormat.Webp or SKEncodedImageFormat.Gif)
        {
            return codec;
        }
        using (codec) throw source.Unsupported($"{codec.EncodedFormat} pictures are not supported");
    }

    private static unsafe Picture ReadPixels(SKCodec codec, SKData encoded, PictureSource source)
    {
        bool gray = codec.Info.ColorType == SKColorType.Gray8;
        var picture = new Picture(codec.Info.Width, codec.Info.Height, gray);

        // Without a colour space there is no colour management, and unpremultiplied alpha leaves the colours as they are stored.
        var info = new SKImageInfo(picture.Width, picture.Height, gray ? SKColorType.Gray8 : SKColorType.Bgra8888,
            codec.Info.IsOpaque ? SKAlphaType.Opaque : SKAlphaType.Unpremul, colorspace: null);
        fixed (byte* pixels = picture.Pixels)
        {
            bool isJpeg = codec.EncodedFormat == SKEncodedImageFormat.Jpeg;
            if (!isJpeg || !UnendedJpeg.LacksEnd(encoded.AsSpan()))
            {
                // What goes wrong in bands is for the codec to judge.
                if (JpegBands.Worth(codec, encoded.AsSpan()) && JpegBands.TryDecode(encoded, info, (nint)pixels)) return picture;
                if (codec.GetPixels(info, (nint)pixels) == SKCodecResult.Success) return picture;
            }
            if (isJpeg && UnendedJpeg.TryDecode(encoded.AsSpan(), info, picture.Pixels))
            {
                picture.Warning = UnendedJpeg.Warning(source.Name);
                return picture;
            }
        }
        picture.Dispose();
        throw source.Damaged();
    }

    private static bool IsLossyWebp(ReadOnlySpan<byte> encoded) =>
        encoded.StartsWith("RIFF"u8) && encoded[..Math.Min(encoded.Length, 1 << 12)].IndexOf("VP8 "u8) >= 0;
}
