using PromptAD.Validation;

namespace PromptAD.Detectors;

/// <summary>A mask as a detector file keeps it: a bit for each pixel of the map, row by row, the highest bit of a byte first.</summary>
/// <param name="Width">The width of the product's pictures.</param>
/// <param name="Height">Their height.</param>
/// <param name="Side">The side of the square.</param>
/// <param name="Bits">(side · side) bits; 1 is inspected.</param>
internal sealed record MaskRecord(int Width, int Height, int Side, byte[] Bits)
{
    private const int LargestSide = 4096;

    public static MaskRecord Of(PictureMask mask, int side)
    {
        bool[] raster = mask.Raster(side);
        var bits = new byte[(raster.Length + 7) / 8];
        for (int i = 0; i < raster.Length; i++) if (raster[i]) bits[i / 8] |= (byte)(0x80 >> (i % 8));
        return new MaskRecord(mask.Width, mask.Height, side, bits);
    }

    public PictureMask ToMask() => PictureMask.FromRaster(
        Width, Height, Side, [.. Enumerable.Range(0, Side * Side).Select(i => (Bits[i / 8] & (0x80 >> (i % 8))) != 0)]);

    /// <exception cref="PromptADException">A value cannot be used.</exception>
    public void Validate()
    {
        Check.Range(Width, 1, CameraFrame.MaxSide, "mask.width");
        Check.Range(Height, 1, CameraFrame.MaxSide, "mask.height");
        Check.Range(Side, 1, LargestSide, "mask.side");
        if (Bits.Length != ((Side * Side) + 7) / 8) throw new PromptADException(Problem.Damaged, "its mask is cut short.");
        if (!Bits.Any(value => value != 0)) throw new PromptADException(Problem.Damaged, "its mask leaves nothing to inspect.");
    }
}
