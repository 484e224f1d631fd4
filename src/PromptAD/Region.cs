using System.Numerics;

namespace PromptAD;

/// <summary>A connected part of a picture whose map values lie above the pixel limit, in pixels of the picture that was judged.</summary>
/// <param name="X">The left edge of its bounding box.</param>
/// <param name="Y">The top edge of its bounding box.</param>
/// <param name="Width">The width of its bounding box, at least 1.</param>
/// <param name="Height">The height of its bounding box, at least 1.</param>
/// <param name="Area">How many pixels of the picture it covers; not whole where map and picture differ in size.</param>
/// <param name="Peak">Its highest map value.</param>
/// <param name="Mean">The mean of its map values.</param>
/// <param name="PeakX">The column of the highest value.</param>
/// <param name="PeakY">The row of the highest value.</param>
/// <param name="Outline">
/// The corners of its outer border, clockwise, without the first one again at the end; edges run between pixels, so a corner of (10, 0) is
/// the left edge of column 10. Holes are not told.
/// </param>
public sealed record Region(
    int X, int Y, int Width, int Height, double Area, float Peak, float Mean, int PeakX, int PeakY, IReadOnlyList<Vector2> Outline);
