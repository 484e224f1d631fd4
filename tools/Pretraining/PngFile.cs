using SkiaSharp;

namespace PromptAD.Pretraining;

/// <summary>Writes pictures of 3 bytes a pixel (colour) or 1 (grey) as PNG.</summary>
internal static class PngFile
{
    public static void Write(string path, ReadOnlySpan<byte> pixels, int width, int height)
    {
        int channels = pixels.Length / (width * height);
        using var bitmap = new SKBitmap(new SKImageInfo(width, height, channels == 1 ? SKColorType.Gray8
            : SKColorType.Rgba8888, SKAlphaType.Opaque));
        Span<byte> target = bitmap.GetPixelSpan();
        for (int y = 0; y < height; y++)
        {
            ReadOnlySpan<byte> from = pixels.Slice(y * width * channels, width * channels);
            Span<byte> row = target.Slice(y * bitmap.RowBytes);
            if (channels == 1)
            {
                from.CopyTo(row);
                continue;
            }
            for (int x = 0; x < width; x++)
            {
                from.Slice(3 * x, 3).CopyTo(row[(4 * x)..]);
                row[4 * x + 3] = 255;
            }
        }
        using SKData data = bitmap.Encode(SKEncodedImageFormat.Png, 100);
        OutputFile.Write(path, data.SaveTo);
    }
}
