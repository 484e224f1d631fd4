using PromptAD.Imaging;

namespace PromptAD.Evaluation.Metrics;

/// <summary>The 8-connected regions of a mask.</summary>
internal sealed class DefectRegions
{
    private readonly int _width;

    /// <summary>Pixel indices of each region, in no particular order.</summary>
    public IReadOnlyList<int[]> Pixels { get; }

    /// <param name="mask">Row by row; every value but 0 is defect. (height · width)</param>
    /// <param name="width">Pixels in a row.</param>
    /// <param name="height">Rows.</param>
    public DefectRegions(ReadOnlySpan<byte> mask, int width, int height)
    {
        _width = width;
        var regions = new List<int[]>();
        var open = new bool[mask.Length];
        for (int i = 0; i < mask.Length; i++) open[i] = mask[i] != 0;
        for (int i = mask.IndexOfAnyExcept((byte)0); i >= 0 && i < open.Length; i++)
            if (open[i]) regions.Add([.. ConnectedPixels.Close(open, width, height, i)]);
        Pixels = regions;
    }

    /// <summary>
    /// Pixels of the holes of a region: what cannot be reached from outside by steps to one of eight neighbours that are not of the region.
    /// </summary>
    public int[] Holes(int region)
    {
        int[] pixels = Pixels[region];
        int left = pixels.Min(p => p % _width), right = pixels.Max(p => p % _width);
        int top = pixels.Min() / _width, bottom = pixels.Max() / _width;
        // A hole needs a pixel on each of its sides.
        if (right - left < 2 || bottom - top < 2) return [];

        // One more pixel on every side is certainly outside and joins all of the outside.
        int boxWidth = right - left + 3, boxHeight = bottom - top + 3;
        var open = new bool[boxWidth * boxHeight];
        Array.Fill(open, true);
        foreach (int p in pixels) open[(p / _width - top + 1) * boxWidth + p % _width - left + 1] = false;
        ConnectedPixels.Close(open, boxWidth, boxHeight, 0);

        var holes = new List<int>();
        for (int i = 0; i < open.Length; i++)
            if (open[i]) holes.Add((i / boxWidth + top - 1) * _width + i % boxWidth + left - 1);
        return [.. holes];
    }
}
