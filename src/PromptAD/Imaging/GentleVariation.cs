namespace PromptAD.Imaging;

/// <summary>
/// The same good part as a camera may see it a moment later: moved and turned a little, brighter and darker, noisier, a little out of
/// focus, compressed. Every one of them is as good as the picture itself, so what a detector says of them tells where the scores of good
/// parts lie.
/// </summary>
public static class GentleVariation
{
    private const double Turn = 1.5 * Math.PI / 180;
    private const double Move = 0.0125; // of a side: 3 pixels of 240
    private const double Brightness = 0.06;
    private const double NoiseDeviation = 2; // of 255 levels
    private const int JpegQuality = 75;

    private const int Moves = 4; // that come first among the changes; it and the number of the others share no factor

    private static readonly Func<Picture, Picture>[] Changes =
    [
        picture => Warp(picture, 0, Move, -Move / 2),
        picture => Warp(picture, 0, -Move / 2, Move),
        picture => Warp(picture, Turn, 0, 0),
        picture => Warp(picture, -Turn, 0, 0),
        picture => Map(picture, (value, _) => value * (1 + Brightness)),
        picture => Map(picture, (value, _) => value * (1 - Brightness)),
        picture => Map(picture, (value, random) => value + (NoiseDeviation * Gaussian(random))),
        Blur,
        Compress,
    ];

    /// <summary>The number of variations.</summary>
    public static int Count => Changes.Length;

    /// <summary>Makes one.</summary>
    /// <param name="index">0 to <see cref="Count"/> - 1.</param>
    /// <param name="input">Planes in red-green-blue order, (3, size, size).</param>
    /// <param name="size">Its side in pixels.</param>
    /// <param name="order">The order of the channels that are wanted.</param>
    /// <param name="output">Receives the variation, (3, size, size); not the same memory.</param>
    internal static void Make(int index, ReadOnlySpan<byte> input, int size, ChannelOrder order, Span<byte> output)
    {
        using Picture picture = Planes.ToPicture(input, size), changed = Changes[index](picture);
        Planes.Of(changed, order, output);
    }

    /// <summary>The number of different moments.</summary>
    internal static int Moments => Moves * (Count - Moves);

    /// <summary>
    /// Makes two variations after each other: the picture moved or turned, then in another light. No memory holds one of them.
    /// </summary>
    /// <param name="index">0 to <see cref="Moments"/> - 1.</param>
    /// <param name="input">Planes in red-green-blue order, (3, size, size).</param>
    /// <param name="size">Its side in pixels.</param>
    /// <param name="order">The order of the channels that are wanted.</param>
    internal static byte[] MakeMoment(int index, ReadOnlySpan<byte> input, int size, ChannelOrder order)
    {
        byte[] moved = new byte[input.Length], lit = new byte[input.Length];
        Make(index % Moves, input, size, ChannelOrder.Rgb, moved);
        Make(Moves + (index % (Count - Moves)), moved, size, order, lit);
        return lit;
    }

    /// <summary>The picture turned about its middle and moved, in parts of its side; its border goes on.</summary>
    private static Picture Warp(Picture picture, double angle, double right, double down)
    {
        int size = picture.Width;
        var warped = new Picture(size, size, gray: false);
        (double sin, double cos) = Math.SinCos(angle);
        double middle = (size - 1) / 2.0;
        for (int y = 0; y < size; y++)
        {
            for (int x = 0; x < size; x++)
            {
                double moveX = x - middle - (right * size), moveY = y - middle - (down * size);
                double fromX = middle + (cos * moveX) + (sin * moveY), fromY = middle - (sin * moveX) + (cos * moveY);
                Sample(picture, fromX, fromY, warped.Row(y).Slice(4 * x, 4));
            }
        }
        return warped;
    }

    private static void Sample(Picture picture, double x, double y, Span<byte> pixel)
    {
        int last = picture.Width - 1;
        (x, y) = (Math.Clamp(x, 0, last), Math.Clamp(y, 0, last));
        int left = (int)x, top = (int)y, right = Math.Min(left + 1, last), bottom = Math.Min(top + 1, last);
        ReadOnlySpan<byte> upper = picture.Row(top), lower = picture.Row(bottom);
        for (int i = 0; i < pixel.Length; i++)
        {
            double above = double.Lerp(upper[(4 * left) + i], upper[(4 * right) + i], x - left);
            double below = double.Lerp(lower[(4 * left) + i], lower[(4 * right) + i], x - left);
            pixel[i] = (byte)Math.Round(double.Lerp(above, below, y - top));
        }
    }

    private static Picture Map(Picture picture, Func<double, Random, double> change)
    {
        var random = new Random(1); // the same variation every time
        var mapped = new Picture(picture.Width, picture.Height, gray: false);
        ReadOnlySpan<byte> from = picture.Pixels;
        Span<byte> to = mapped.Pixels;
        for (int i = 0; i < from.Length; i++) to[i] = (byte)Math.Clamp(Math.Round(change(from[i], random)), 0, 255);
        return mapped;
    }

    /// <summary>Weights 1, 2, 1 both ways: a Gaussian with a deviation of 0.7 pixels.</summary>
    private static Picture Blur(Picture picture)
    {
        int size = picture.Width;
        var blurred = new Picture(size, size, gray: false);
        for (int y = 0; y < size; y++)
        {
            ReadOnlySpan<byte> above = picture.Row(Math.Max(0, y - 1)), row = picture.Row(y);
            ReadOnlySpan<byte> below = picture.Row(Math.Min(size - 1, y + 1));
            for (int i = 0; i < row.Length; i++)
            {
                int left = i < 4 ? i : i - 4, right = i + 4 < row.Length ? i + 4 : i;
                int sum = above[left] + above[right] + below[left] + below[right]
                    + (2 * (above[i] + below[i] + row[left] + row[right])) + (4 * row[i]);
                blurred.Row(y)[i] = (byte)((sum + 8) / 16);
            }
        }
        return blurred;
    }

    private static Picture Compress(Picture picture)
    {
        using var stream = new MemoryStream();
        PictureEncoder.EncodeJpeg(picture, JpegQuality, stream);
        return PictureDecoder.Decode(stream.GetBuffer().AsSpan(0, (int)stream.Length), long.MaxValue);
    }

    private static double Gaussian(Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
