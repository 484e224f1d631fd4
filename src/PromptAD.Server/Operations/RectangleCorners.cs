using System.Numerics;
using PromptAD.Client;

namespace PromptAD.Server.Operations;

/// <summary>Rectangles as the polygons that masks and outlines are made of: four corners, one after the other.</summary>
internal static class RectangleCorners
{
    /// <summary>Those of a region that is inspected.</summary>
    public static Vector2[] Corners(this TrainingRegion region) => Of(region.X, region.Y, region.Width, region.Height);

    /// <summary>Those of a place that a reviewer has marked.</summary>
    public static Vector2[] Corners(this MarkedPlace place) => Of(place.X, place.Y, place.Width, place.Height);

    private static Vector2[] Of(float left, float top, float width, float height) =>
        [new(left, top), new(left + width, top), new(left + width, top + height), new(left, top + height)];
}
