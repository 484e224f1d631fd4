using SkiaSharp;

namespace PromptAD.Evaluation.Datasets;

/// <summary>What data sets need of picture files: how large a picture is, and where it is not black.</summary>
internal static class PictureFile
{
    // 16384 x 16384: larger than any camera's, small enough for one array.
    private const int MostPixels = 1 << 28;

    /// <summary>
    /// Width and height from the header, upright as the picture will be shown; null for TIFF, which the codec does not know.
    /// </summary>
    /// <exception cref="PromptADException">The file cannot be read or is no picture.</exception>
    public static (int Width, int Height)? Size(string path)
    {
        if (Path.GetExtension(path).StartsWith(".tif", StringComparison.OrdinalIgnoreCase)) return null;
        using SKCodec codec = Open(path);
        bool turned = codec.EncodedOrigin >= SKEncodedOrigin.LeftTop;
        return turned ? (codec.Info.Height, codec.Info.Width) : (codec.Info.Width, codec.Info.Height);
    }

    /// <summary>Width and height of a mask, from the header.</summary>
    /// <exception cref="PromptADException">The file cannot be read, or not as a mask.</exception>
    public static (int Width, int Height) MaskSize(string path)
    {
        using SKCodec codec = OpenMask(path);
        return (codec.Info.Width, codec.Info.Height);
    }

    /// <summary>1 where a pixel is not black and 0 where it is, row by row as stored. (height · width)</summary>
    /// <exception cref="PromptADException">The file cannot be read, not as a mask, or is damaged.</exception>
    public static byte[] ReadNotBlack(string path, out int width, out int height)
    {
        using SKCodec codec = OpenMask(path);
        (width, height) = (codec.Info.Width, codec.Info.Height);
        if ((long)width * height > MostPixels)
            throw new PromptADException($"The mask '{path}' is {width} x {height}; at most {MostPixels} pixels are allowed. Scale it.");
        // Unpremultiplied and without a colour space: nothing may turn a dim value into black.
        var info = new SKImageInfo(width, height, SKColorType.Rgba8888, SKAlphaType.Unpremul, colorspace: null);
        using var bitmap = new SKBitmap(info);
        if (codec.GetPixels(info, bitmap.GetPixels()) != SKCodecResult.Success) throw NotAPicture(path, "is damaged or cut off");

        ReadOnlySpan<byte> rgba = bitmap.GetPixelSpan();
        var notBlack = new byte[width * height];
        for (int i = 0; i < notBlack.Length; i++)
            notBlack[i] = (rgba[4 * i] | rgba[4 * i + 1] | rgba[4 * i + 2]) == 0 ? (byte)0 : (byte)1;
        return notBlack;
    }

    private static SKCodec OpenMask(string path)
    {
        SKCodec codec = Open(path);
        if (codec.EncodedFormat != SKEncodedImageFormat.Png || PngDepth(path) <= 8) return codec;
        // The codec keeps the upper eight bits, so that a mask of small values would come out empty.
        using (codec) throw NotAPicture(path, "has more than 8 bits a channel, which a mask may not have");
    }

    private static int PngDepth(string path)
    {
        Span<byte> header = stackalloc byte[25]; // signature, length and name of the first chunk, width, height, depth
        using FileStream file = File.OpenRead(path);
        return file.ReadAtLeast(header, header.Length, throwOnEndOfStream: false) == header.Length ? header[^1] : 0;
    }

    private static SKCodec Open(string path)
    {
        if (!File.Exists(path)) throw new PromptADException($"The picture '{path}' does not exist. Check the path.");
        return SKCodec.Create(path) ?? throw NotAPicture(path, "is no picture that can be decoded");
    }

    private static PromptADException NotAPicture(string path, string what) =>
        new($"'{path}' {what}. Save it again as 8-bit PNG.");
}
