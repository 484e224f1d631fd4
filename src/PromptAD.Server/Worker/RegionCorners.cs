using System.Numerics;
using PromptAD.Client;

namespace PromptAD.Server.Worker;

/// <summary>A region as the polygon that masks are made of.</summary>
internal static class RegionCorners
{
    /// <summary>Its four corners, one after the other.</summary>
    public static Vector2[] Corners(this TrainingRegion region)
    {
        (float left, float top, float right, float bottom) =
            (region.X, region.Y, (float)region.X + region.Width, (float)region.Y + region.Height);
        return [new(left, top), new(right, top), new(right, bottom), new(left, bottom)];
    }
}
