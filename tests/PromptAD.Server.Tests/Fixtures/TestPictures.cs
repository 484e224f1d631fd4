using System.Buffers.Binary;

namespace PromptAD.Server.Tests.Fixtures;

/// <summary>Pictures of a drawn part as uncompressed bitmaps: a shade from left to right, with a little noise by a seed.</summary>
internal static class TestPictures
{
    public const int Width = 48, Height = 40, MediaHeader = 54;

    /// <summary>A good part.</summary>
    public static byte[] Good(int seed) => Bitmap(Pixels(seed, hasDefect: false));

    /// <summary>A part with a bright, broad defect.</summary>
    public static byte[] Defect(int seed) => Bitmap(Pixels(seed, hasDefect: true));

    /// <summary>The pixels alone, three bytes each: blue, green, red.</summary>
    public static byte[] Pixels(int seed, bool hasDefect)
    {
        var random = new Random(seed);
        byte[] pixels = new byte[Width * Height * 3];
        for (int i = 0; i < pixels.Length; i++)
        {
            (int x, int y) = (i / 3 % Width, i / 3 / Width);
            bool isOn = hasDefect && x is > 10 and < 38 && y is > 8 and < 32;
            pixels[i] = (byte)((isOn ? 255 - (i % 3 * 100) : 40 + (2 * x)) - random.Next(12));
        }
        return pixels;
    }

    private static byte[] Bitmap(byte[] pixels)
    {
        byte[] file = new byte[MediaHeader + pixels.Length];
        (file[0], file[1]) = ((byte)'B', (byte)'M');
        void Put(int at, int value) => BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(at), value);
        Put(2, file.Length);
        Put(10, MediaHeader);
        Put(14, 40);
        Put(18, Width);
        Put(22, -Height); // the upper row first
        Put(26, 1 | (24 << 16));
        pixels.CopyTo(file, MediaHeader);
        return file;
    }
}
