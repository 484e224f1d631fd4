using SkiaSharp;

namespace PromptAD.Imaging;

/// <summary>Draws the outlines of regions into a picture.</summary>
internal static class OutlineDrawing
{
    private static readonly SKColor Line = new(0, 255, 255), Edge = new(0, 0, 0, 160);

    /// <summary>Draws outlines, bright on a dark edge so that they are seen on every picture.</summary>
    /// <param name="picture">A colour picture; drawn into.</param>
    /// <param name="regions">In the pixels of the picture that was judged.</param>
    /// <param name="scale">This picture's side over that picture's.</param>
    public static unsafe void Draw(Picture picture, IReadOnlyList<Region> regions, double scale)
    {
        if (regions.Count == 0) return;
        float width = Math.Max(1, Math.Max(picture.Width, picture.Height) / 400f);
        fixed (byte* pixels = picture.Pixels)
        {
            var info = new SKImageInfo(picture.Width, picture.Height, SKColorType.Bgra8888, SKAlphaType.Premul);
            using SKSurface surface = SKSurface.Create(info, (nint)pixels);
            using var paint = new SKPaint { Style = SKPaintStyle.Stroke, IsAntialias = true };
            foreach (Region region in regions)
            {
                using var builder = new SKPathBuilder();
                SKPoint[] corners = [.. region.Outline.Select(corner => new SKPoint((float)(corner.X * scale), (float)(corner.Y * scale)))];
                builder.AddPoly(corners, close: true);
                using SKPath path = builder.Detach();
                foreach ((SKColor color, float stroke) in ((SKColor, float)[])[(Edge, 3 * width), (Line, width)])
                {
                    (paint.Color, paint.StrokeWidth) = (color, stroke);
                    surface.Canvas.DrawPath(path, paint);
                }
            }
        }
    }
}
