namespace PromptAD.Client;

/// <summary>The part of pictures that is inspected, in pixels of the product's pictures, which must then have one shape.</summary>
/// <param name="X">The left edge.</param>
/// <param name="Y">The upper edge.</param>
/// <param name="Width">The width, at least 1.</param>
/// <param name="Height">The height, at least 1.</param>
public sealed record TrainingRegion(int X, int Y, int Width, int Height);
