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

    /// <summary>All black, but perhaps for a corner.</summary>
    public static void SaveBlack(string path, int width, int height, bool hasLightCorner = false)
    {
        using var bitmap = new SKBitmap(width, height);
        bitmap.Erase(SKColors.Black);
        if (hasLightCorner) bitmap.SetPixel(0, 0, SKColors.Gray);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        using FileStream stream = File.Create(path);
        bitmap.Encode(stream, SKEncodedImageFormat.Png, quality: 100);
    }

    /// <summary>Grey noise in the lower bits of a 16-bit TIFF, 40 x 40.</summary>
    public static void SaveDeepTiff(string path, int bits, int seed)
    {
        const int Side = 40, Entries = 9;
        int[] tags = [256, Side, 257, Side, 258, 16, 259, 1, 262, 1, 273, 14 + (12 * Entries), 277, 1, 278, Side, 279, 2 * Side * Side];
        var random = new Random(seed);
        using var writer = new BinaryWriter(File.Create(path));
        writer.Write("II*\0"u8);
        writer.Write(8);
        writer.Write((short)Entries);
        foreach (int[] tag in tags.Chunk(2))
        {
            writer.Write((short)tag[0]);
            writer.Write((short)4);
            writer.Write(1);
            writer.Write(tag[1]);
        }
        writer.Write(0);
        for (int i = 0; i < Side * Side; i++) writer.Write((ushort)(i == 0 ? (1 << bits) - 1 : random.Next(1 << bits)));
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
