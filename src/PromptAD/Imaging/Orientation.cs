using System.Runtime.InteropServices;
using SkiaSharp;

namespace PromptAD.Imaging;

/// <summary>Turns and mirrors a picture as its camera noted it (EXIF and TIFF orientation, 1 to 8).</summary>
internal static class Orientation
{
    /// <summary>The upright picture: <paramref name="picture"/> itself if nothing is to be done, else it is disposed of.</summary>
    public static Picture Apply(Picture picture, SKEncodedOrigin origin)
    {
        if (origin is not (> SKEncodedOrigin.TopLeft and <= SKEncodedOrigin.LeftBottom)) return picture;
        using (picture)
        {
            (int width, int height) = (picture.Width, picture.Height);
            bool turned = origin >= SKEncodedOrigin.LeftTop;
            (int columns, int rows) = turned ? (height, width) : (width, height);
            var upright = new Picture(columns, rows, picture.IsGray)
            {
                Depth = picture.Depth,
                Warning = picture.Warning,
                IsLossy = picture.IsLossy,
            };
            if (picture.IsGray)
                Copy<byte>(picture.Pixels, width, height, origin, upright.Pixels);
            else
                Copy(Colors(picture), width, height, origin, Colors(upright));
            return upright;
        }
    }

    /// <summary>The upright picture's size.</summary>
    public static (int Width, int Height) Apply((int Width, int Height) size, SKEncodedOrigin origin) =>
        origin is >= SKEncodedOrigin.LeftTop and <= SKEncodedOrigin.LeftBottom ? (size.Height, size.Width) : size;

    private static Span<uint> Colors(Picture picture) => MemoryMarshal.Cast<byte, uint>(picture.Pixels);

    private static void Copy<T>(ReadOnlySpan<T> pixels, int width, int height, SKEncodedOrigin origin, Span<T> upright)
    {
        int right = width - 1, bottom = (height - 1) * width;

        // Where the upright picture's first pixel lies, and how far it is from there to its right and to its lower neighbour.
        (int start, int toRight, int down) = origin switch
        {
            SKEncodedOrigin.TopRight => (right, -1, width),
            SKEncodedOrigin.BottomRight => (right + bottom, -1, -width),
            SKEncodedOrigin.BottomLeft => (bottom, 1, -width),
            SKEncodedOrigin.LeftTop => (0, width, 1),
            SKEncodedOrigin.RightTop => (bottom, -width, 1),
            SKEncodedOrigin.RightBottom => (right + bottom, -width, -1),
            SKEncodedOrigin.LeftBottom => (right, width, -1),
            _ => (0, 1, width),
        };
        int columns = origin >= SKEncodedOrigin.LeftTop ? height : width;
        for (int i = 0, row = start; i < upright.Length; i += columns, row += down)
        {
            for (int x = 0, from = row; x < columns; x++, from += toRight) upright[i + x] = pixels[from];
        }
    }
}
