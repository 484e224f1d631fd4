namespace PromptAD.Imaging;

/// <summary>8-bit planes of a picture, one after the other, (3, height, width): what encoders read.</summary>
public static class Planes
{
    /// <summary>The planes of a picture.</summary>
    /// <param name="picture">The picture.</param>
    /// <param name="order">Which channel becomes the first plane.</param>
    /// <param name="planes">Receives (3, height, width).</param>
    internal static void Of(Picture picture, ChannelOrder order, Span<byte> planes)
    {
        int plane = picture.Width * picture.Height;
        Span<byte> red = planes[..plane], green = planes.Slice(plane, plane), blue = planes[(2 * plane)..];
        if (picture.IsGray)
        {
            picture.Pixels.CopyTo(red);
            red.CopyTo(green);
            red.CopyTo(blue);
            return;
        }
        ReadOnlySpan<byte> bgra = picture.Pixels;
        int first = order == ChannelOrder.Rgb ? 2 : 0;
        for (int i = 0; i < red.Length; i++)
        {
            ReadOnlySpan<byte> pixel = bgra.Slice(4 * i, 4);
            red[i] = pixel[first];
            green[i] = pixel[1];
            blue[i] = pixel[2 - first];
        }
    }

    /// <summary>The square picture of planes in red-green-blue order, (3, size, size).</summary>
    public static Picture ToPicture(ReadOnlySpan<byte> planes, int size)
    {
        var picture = new Picture(size, size, gray: false);
        int plane = size * size;
        Span<byte> bgra = picture.Pixels;
        for (int i = 0; i < plane; i++)
        {
            bgra[4 * i] = planes[(2 * plane) + i];
            bgra[(4 * i) + 1] = planes[plane + i];
            bgra[(4 * i) + 2] = planes[i];
            bgra[(4 * i) + 3] = byte.MaxValue;
        }
        return picture;
    }
}
