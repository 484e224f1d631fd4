namespace PromptAD.Client;

/// <summary>A place where a part differs from good ones, in pixels of the picture.</summary>
/// <param name="X">The left edge of its box.</param>
/// <param name="Y">The upper edge of its box.</param>
/// <param name="Width">The width of its box.</param>
/// <param name="Height">The height of its box.</param>
/// <param name="Area">Its area in square pixels.</param>
/// <param name="Peak">The highest value of the map in it.</param>
/// <param name="PeakX">The column of the highest value.</param>
/// <param name="PeakY">The row of the highest value.</param>
public sealed record DefectRegion(int X, int Y, int Width, int Height, double Area, float Peak, int PeakX, int PeakY);
