using PromptAD.Files;
using SkiaSharp;

namespace PromptAD.Imaging;

/// <summary>Writes 8-bit pictures as PNG or JPEG.</summary>
public static class PictureEncoder
{
    private const int JpegQuality = 92;

    /// <summary>Writes a camera frame at its own size, in the format that the path's extension says.</summary>
    /// <exception cref="PromptADException">The extension is unknown or the file cannot be written.</exception>
    public static void Save(in CameraFrame frame, string path)
    {
        using Picture picture = BayerFrames.ToPicture(frame) ?? Copy(frame);
        Save(picture, path);
    }

    /// <summary>Writes a picture in the format that the path's extension says.</summary>
    /// <exception cref="PromptADException">The extension is unknown or the file cannot be written.</exception>
    public static void Save(Picture picture, string path)
    {
        SKEncodedImageFormat format = Path.GetExtension(path).ToLowerInvariant() switch
        {
            ".png" => SKEncodedImageFormat.Png,
            ".jpg" or ".jpeg" => SKEncodedImageFormat.Jpeg,
            _ => throw new PromptADException(
                Problem.InvalidArgument,
                $"Cannot write the picture '{path}': the extension must be .png, .jpg or .jpeg."),
        };
        AtomicFile.Write(path, stream => Encode(picture, format, JpegQuality, stream));
    }

    /// <summary>Writes the same bytes to a stream.</summary>
    /// <param name="picture">The picture.</param>
    /// <param name="format">The format.</param>
    /// <param name="stream">Where to write; stays open.</param>
    /// <exception cref="PromptADException">The picture is too large for the format.</exception>
    public static void Save(Picture picture, OverlayFormat format, Stream stream)
    {
        SKEncodedImageFormat encoding = format == OverlayFormat.Png ? SKEncodedImageFormat.Png : SKEncodedImageFormat.Jpeg;
        Encode(picture, encoding, JpegQuality, stream);
    }

    /// <summary>Writes a picture as JPEG.</summary>
    /// <param name="picture">The picture.</param>
    /// <param name="quality">0 to 100.</param>
    /// <param name="stream">Where to write; stays open.</param>
    public static void EncodeJpeg(Picture picture, int quality, Stream stream) =>
        Encode(picture, SKEncodedImageFormat.Jpeg, quality, stream);

    private static Picture Copy(in CameraFrame frame)
    {
        var picture = new Picture(frame.Width, frame.Height, FrameRows.IsGray(frame.Format));
        var scratch = new byte[frame.Width * picture.Channels];
        for (int y = 0; y < frame.Height; y++) FrameRows.Read(frame, y, scratch).CopyTo(picture.Row(y));
        return picture;
    }

    private static unsafe void Encode(Picture picture, SKEncodedImageFormat format, int quality, Stream stream)
    {
        fixed (byte* pixels = picture.Pixels)
        {
            SKColorType color = picture.IsGray ? SKColorType.Gray8 : SKColorType.Bgra8888;
            var info = new SKImageInfo(picture.Width, picture.Height, color, SKAlphaType.Opaque);
            using var pixmap = new SKPixmap(info, (nint)pixels);
            using SKData encoded = pixmap.Encode(format, quality)
                ?? throw new PromptADException(
                    Problem.OutOfRange,
                    $"A picture of {picture.Width} x {picture.Height} pixels is too large for {format}; make it smaller.");
            encoded.SaveTo(stream);
        }
    }
}
