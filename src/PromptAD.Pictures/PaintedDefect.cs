namespace PromptAD.Pictures;

/// <summary>A picture into which a defect was painted.</summary>
/// <param name="Pixels">The picture, as it was given in size and channels, row by row.</param>
/// <param name="Mask">255 where it was painted on, else 0, a byte a pixel. Outside, the picture is as it was.</param>
/// <param name="Kind">What was painted.</param>
/// <param name="Length">The longer side of the mask's bounding box in pixels.</param>
/// <param name="Contrast">Mean difference under the mask in grey levels, of the channel that differs most, 1 to 255.</param>
public sealed record PaintedDefect(byte[] Pixels, byte[] Mask, DefectKind Kind, int Length, float Contrast);
