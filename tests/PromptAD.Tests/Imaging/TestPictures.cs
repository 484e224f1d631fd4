using System.Buffers.Binary;
using PromptAD.Imaging;
using SkiaSharp;

namespace PromptAD.Tests.Imaging;

internal static class TestPictures
{
    public const long Limit = 1_000_000;

    public static string PathOf(string fixture) => Path.Combine(AppContext.BaseDirectory, "Fixtures", "imaging", fixture);

    public static byte[] BytesOf(string fixture) => File.ReadAllBytes(PathOf(fixture));

    public static float[] FloatsOf(string fixture)
    {
        byte[] bytes = BytesOf(fixture);
        return [.. Enumerable.Range(0, bytes.Length / 4).Select(i => BinaryPrimitives.ReadSingleLittleEndian(bytes.AsSpan(4 * i)))];
    }

    public static Picture Decode(string fixture) => PictureDecoder.Decode(PathOf(fixture), Limit);

    /// <summary>Red, green, blue of every pixel in a row: the plainest form to compare.</summary>
    public static byte[] Rgb(Picture picture)
    {
        var rgb = new byte[picture.Width * picture.Height * 3];
        for (int i = 0; i < picture.Width * picture.Height; i++)
        {
            for (int c = 0; c < 3; c++) rgb[(3 * i) + c] = picture.IsGray ? picture.Pixels[i] : picture.Pixels[(4 * i) + 2 - c];
        }
        return rgb;
    }

    public static byte[] ColorPattern() => Pattern((x, y) =>
    {
        int c = ((3 * x) + (5 * y)) % 12;
        return ((byte)(20 * c), (byte)(255 - (13 * c)), (byte)(c * c));
    });

    public static byte[] GrayPattern() => Pattern((x, y) =>
    {
        var level = (byte)((17 * x) + (11 * y));
        return (level, level, level);
    });

    /// <summary>Four quarters of one colour each: red, green, blue and white from the top left, row by row.</summary>
    public static byte[] EncodeQuarters(int width, int height, SKEncodedImageFormat format)
    {
        using var bitmap = new SKBitmap(width, height, SKColorType.Bgra8888, SKAlphaType.Opaque);
        for (int y = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++) bitmap.SetPixel(x, y, Quarter(x < width / 2, y < height / 2));
        }
        using SKData data = bitmap.Encode(format, 95);
        return data.ToArray();
    }

    private static SKColor Quarter(bool left, bool top) => (left, top) switch
    {
        (true, true) => SKColors.Red,
        (false, true) => SKColors.Lime,
        (true, false) => SKColors.Blue,
        _ => SKColors.White,
    };

    private static byte[] Pattern(Func<int, int, (byte Red, byte Green, byte Blue)> color) =>
        [.. from y in Enumerable.Range(0, 7)
            from x in Enumerable.Range(0, 13)
            let c = color(x, y)
            from level in new[] { c.Red, c.Green, c.Blue }
            select level];
}
