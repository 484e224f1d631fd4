using CsCheck;

namespace PromptAD.Tests.Imaging;

/// <summary>A frame of random pixels in any format and with any stride, and what each channel of a pixel is.</summary>
internal sealed record RandomFrame(int Width, int Height, PixelFormat Format, int Stride, int Bits, byte[] Bytes)
{
    public static Gen<RandomFrame> Any { get; } =
        from width in Gen.Int[1, 40]
        from height in Gen.Int[1, 40]
        from format in Gen.Int[0, (int)PixelFormat.Bgra32] // those whose rows are read as they are
        from gap in Gen.Int[0, 7]
        from bits in Gen.Int[9, 16]
        let stride = (width * BytesPerPixel((PixelFormat)format)) + gap
        from bytes in Gen.Byte.Array[stride * height]
        select new RandomFrame(width, height, (PixelFormat)format, stride, bits, bytes);

    public CameraFrame Frame => new(Bytes, Width, Height, Format, Stride, Bits);

    /// <summary>One channel, 0 for red, 1 for green, 2 for blue, as [row, column].</summary>
    public byte[,] Channel(int channel)
    {
        var levels = new byte[Height, Width];
        for (int y = 0; y < Height; y++)
        {
            for (int x = 0; x < Width; x++) levels[y, x] = Level((y * Stride) + (x * BytesPerPixel(Format)), channel);
        }
        return levels;
    }

    private byte Level(int at, int channel) => Format switch
    {
        PixelFormat.Gray8 => Bytes[at],
        PixelFormat.Gray16 => (byte)Math.Min(255, (Bytes[at] + (256 * Bytes[at + 1])) / (1 << (Bits - 8))),
        PixelFormat.Rgb24 => Bytes[at + channel],
        _ => Bytes[at + 2 - channel],
    };

    private static int BytesPerPixel(PixelFormat format) => format switch
    {
        PixelFormat.Gray8 => 1,
        PixelFormat.Gray16 => 2,
        PixelFormat.Bgra32 => 4,
        _ => 3,
    };
}
