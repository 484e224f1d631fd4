using System.Numerics;
using SkiaSharp;

namespace PromptAD.Imaging;

/// <summary>Draws outlines into a picture.</summary>
internal static class OutlineDrawing
{
    private static readonly SKColor Edge = new(0, 0, 0, 160);

    /// <summary>The colour of regions that were found.</summary>
    public static SKColor Found { get; } = new(0, 255, 255);

    /// <summary>The colour of what a person has marked.</summary>
    public static SKColor Marked { get; } = new(255, 0, 255);

    /// <summary>Draws outlines, bright on a dark edge so that they are seen on every picture.</summary>
    /// <param name="picture">A colour picture; drawn into.</param>
    /// <param name="outlines">Corners in the pixels of the picture that was judged.</param>
    /// <param name="line">The colour.</param>
    /// <param name="scale">This picture's side over that picture's.</param>
    public static unsafe void Draw(Picture picture, IEnumerable<IReadOnlyList<Vector2>> outlines, SKColor line, double scale)
    {
        float width = Math.Max(1, Math.Max(picture.Width, picture.Height) / 400f);
        fixed (byte* pixels = picture.Pixels)
        {
            var info = new SKImageInfo(picture.Width, picture.Height, SKColorType.Bgra8888, SKAlphaType.Premul);
            using SKSurface surface = SKSurface.Create(info, (nint)pixels);
            using var paint = new SKPaint { Style = SKPaintStyle.Stroke, IsAntialias = true };
            foreach (IReadOnlyList<Vector2> outline in outlines)
            {
                using var builder = new SKPathBuilder();
                SKPoint[] corners = [.. outline.Select(corner => new SKPoint((float)(corner.X * scale), (float)(corner.Y * scale)))];
                builder.AddPoly(corners, close: true);
                using SKPath path = builder.Detach();
                foreach ((SKColor color, float stroke) in ((SKColor, float)[])[(Edge, 3 * width), (line, width)])
                {
                    (paint.Color, paint.StrokeWidth) = (color, stroke);
                    surface.Canvas.DrawPath(path, paint);
                }
            }
        }
    }
}
