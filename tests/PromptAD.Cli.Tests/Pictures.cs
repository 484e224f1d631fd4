using SkiaSharp;

namespace PromptAD.Cli.Tests;

/// <summary>Pictures to work on.</summary>
internal static class Pictures
{
    /// <summary>Coloured noise over a slope; another seed gives another picture.</summary>
    public static void SavePng(string path, int width, int height, int seed)
    {
        using var bitmap = new SKBitmap(width, height);
        var random = new Random(seed);
        for (int y = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++)
                bitmap.SetPixel(x, y, new SKColor((byte)(x * 3), (byte)(y * 4), (byte)random.Next(256)));
        }
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        using FileStream stream = File.Create(path);
        bitmap.Encode(stream, SKEncodedImageFormat.Png, quality: 100);
    }

    /// <summary>All black.</summary>
    public static void SaveBlack(string path, int width, int height)
    {
        using var bitmap = new SKBitmap(width, height);
        bitmap.Erase(SKColors.Black);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        using FileStream stream = File.Create(path);
        bitmap.Encode(stream, SKEncodedImageFormat.Png, quality: 100);
    }

    /// <summary>Saves a picture again as JPEG.</summary>
    public static void SaveAsJpeg(string picture, string path, int quality)
    {
        using SKBitmap bitmap = SKBitmap.Decode(picture);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        using FileStream stream = File.Create(path);
        bitmap.Encode(stream, SKEncodedImageFormat.Jpeg, quality);
    }
}
