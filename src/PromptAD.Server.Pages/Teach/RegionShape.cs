using PromptAD.Client;

namespace PromptAD.Server.Pages.Teach;

/// <summary>Rectangles that lie in a picture. Pure.</summary>
public static class RegionShape
{
    /// <summary>A rectangle between two corners, in parts of the picture, in whichever direction it was drawn.</summary>
    public static TrainingRegion Between(double left, double top, double right, double bottom, int width, int height)
    {
        (int x, int y) = (Pixel(Math.Min(left, right), width), Pixel(Math.Min(top, bottom), height));
        return Within(
            new TrainingRegion(x, y, Pixel(Math.Max(left, right), width) - x, Pixel(Math.Max(top, bottom), height) - y), width, height);
    }

    /// <summary>The part of a rectangle that lies in the picture, at least one pixel.</summary>
    public static TrainingRegion Within(TrainingRegion region, int width, int height)
    {
        (int x, int y) = (Math.Clamp(region.X, 0, width - 1), Math.Clamp(region.Y, 0, height - 1));
        return new TrainingRegion(x, y, Math.Clamp(region.Width, 1, width - x), Math.Clamp(region.Height, 1, height - y));
    }

    private static int Pixel(double part, int pixels) => (int)Math.Round(Math.Clamp(part, 0, 1) * pixels);
}
