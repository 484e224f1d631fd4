using SkiaSharp;

namespace PromptAD.Evaluation.Tests.Datasets;

/// <summary>A folder of tiny pictures that is deleted afterwards.</summary>
internal sealed class PictureTree : IDisposable
{
    private int _made;

    public PictureTree(params string[] pictures)
    {
        Root = Directory.CreateTempSubdirectory("promptad-").FullName;
        foreach (string picture in pictures) Add(picture);
    }

    public string Root { get; }

    public string this[string relative] => Path.Combine(Root, relative);

    /// <summary>Makes a picture unlike all others, 6 x 4 unless told, in the format of the file's name.</summary>
    public PictureTree Add(string relative, int width = 6, int height = 4)
    {
        _made++;
        return Draw(relative, width, height, (x, y) => new SKColor((byte)(_made * 7), (byte)(x * 20), (byte)(y * 30)));
    }

    /// <summary>Makes a mask on which only the listed pixels are not black.</summary>
    public PictureTree AddMask(string relative, int width, int height, params (int X, int Y)[] defects) =>
        Draw(relative, width, height, (x, y) => defects.Contains((x, y)) ? new SKColor(1, 1, 1) : SKColors.Black);

    /// <summary>Makes a mask whose colours are all black and whose listed pixels alone can be seen.</summary>
    public PictureTree AddAlphaMask(string relative, int width, int height, params (int X, int Y)[] defects) =>
        Draw(relative, width, height, (x, y) => defects.Contains((x, y)) ? SKColors.Black : SKColors.Transparent);

    /// <summary>Makes a grey TIFF, whatever the file is called.</summary>
    public PictureTree WriteTiff(string relative, int width, int height, Func<int, int, byte> level)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(this[relative])!);
        int[] tags = [256, width, 257, height, 258, 8, 259, 1, 262, 1, 273, 122, 277, 1, 278, height, 279, width * height];
        using var writer = new BinaryWriter(File.Create(this[relative]));
        writer.Write("II*\0"u8);
        writer.Write(8);
        writer.Write((short)(tags.Length / 2));
        foreach (int[] tag in tags.Chunk(2))
        {
            writer.Write((short)tag[0]);
            writer.Write((short)4);
            writer.Write(1);
            writer.Write(tag[1]);
        }
        writer.Write(0);
        for (int i = 0; i < width * height; i++) writer.Write(level(i % width, i / width));
        return this;
    }

    public PictureTree Write(string relative, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(this[relative])!);
        File.WriteAllText(this[relative], text);
        return this;
    }

    public void Dispose() => Directory.Delete(Root, recursive: true);

    private PictureTree Draw(string relative, int width, int height, Func<int, int, SKColor> color)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(this[relative])!);
        if (relative.EndsWith(".bmp", StringComparison.Ordinal))
        {
            File.WriteAllBytes(this[relative], Bitmap24(width, height, color));
            return this;
        }
        using var bitmap = new SKBitmap(width, height);
        for (int y = 0; y < height; y++)
            for (int x = 0; x < width; x++) bitmap.SetPixel(x, y, color(x, y));
        using FileStream file = File.Create(this[relative]);
        bool jpeg = Path.GetExtension(relative).Equals(".jpg", StringComparison.OrdinalIgnoreCase);
        bitmap.Encode(file, jpeg ? SKEncodedImageFormat.Jpeg : SKEncodedImageFormat.Png, 90);
        return this;
    }

    /// <summary>An uncompressed bitmap, which Skia reads but does not write: rows from the bottom, padded to four bytes.</summary>
    private static byte[] Bitmap24(int width, int height, Func<int, int, SKColor> color)
    {
        int stride = (width * 3 + 3) / 4 * 4;
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        writer.Write("BM"u8);
        writer.Write(54 + stride * height);
        writer.Write(0);
        writer.Write(54);
        writer.Write(40);
        writer.Write(width);
        writer.Write(height);
        writer.Write((short)1);
        writer.Write((short)24);
        for (int i = 0; i < 6; i++) writer.Write(i == 1 ? stride * height : 0);
        for (int y = height - 1; y >= 0; y--)
        {
            for (int x = 0; x < width; x++)
            {
                SKColor c = color(x, y);
                writer.Write([c.Blue, c.Green, c.Red]);
            }
            for (int i = width * 3; i < stride; i++) writer.Write((byte)0);
        }
        return stream.ToArray();
    }
}
