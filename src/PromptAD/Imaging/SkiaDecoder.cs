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
            using SKCodec codec = Open(data, source);
            source.CheckSize(codec.Info.Width, codec.Info.Height);
            return Orientation.Apply(ReadPixels(codec, data, source), codec.EncodedOrigin);
        }
    }

    private static SKCodec Open(SKData data, PictureSource source)
    {
        SKCodec? codec = SKCodec.Create(new SKMemoryStream(data), out SKCodecResult result);
        if (codec is null)
        {
            // What is shorter than Skia looks at is called cut off, whatever it is.
            bool isUnknown = result == SKCodecResult.Unimplemented || !PictureSignature.Begins(data.AsSpan());
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
            // What goes wrong in bands is for the codec to judge.
            if (JpegBands.Worth(codec, encoded.AsSpan()) && JpegBands.TryDecode(encoded, info, (nint)pixels)) return picture;
            if (codec.GetPixels(info, (nint)pixels) == SKCodecResult.Success) return picture;
        }
        picture.Dispose();
        throw source.Damaged();
    }
}
