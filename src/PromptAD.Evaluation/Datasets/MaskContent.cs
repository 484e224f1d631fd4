namespace PromptAD.Evaluation.Datasets;

/// <summary>What is checked of a mask before work starts.</summary>
/// <param name="Size">Width and height, upright as it will be shown.</param>
/// <param name="Marked">The part of its pixels that is defective, 0 to 1.</param>
/// <param name="IsInAlpha">Whether its shape is in the transparency alone.</param>
internal sealed record MaskContent((int Width, int Height) Size, double Marked, bool IsInAlpha)
{
    /// <summary>A mask of more than this part is more likely inverted than a defect.</summary>
    public const double NearlyAll = 0.95;

    /// <summary>Reads a mask; null where it cannot be read.</summary>
    public static MaskContent? Read(string path)
    {
        try
        {
            (byte[] pixels, int width, int height, bool isInAlpha) = PictureFile.ReadMask(path);
            return new MaskContent((width, height), (double)pixels.AsSpan().Count((byte)1) / pixels.Length, isInAlpha);
        }
        catch (PromptADException)
        {
            return null;
        }
    }
}
