using PromptAD.Imaging;

namespace PromptAD.Evaluation.Reports;

/// <summary>Draws a picture three times, small: as it is, with the outline of its mask, and under its heat map.</summary>
internal static class TripleDrawing
{
    /// <summary>The longest side of what is drawn, in pixels.</summary>
    public const int MaxSide = 240;

    private const int ShownOfAKind = 4, Quality = 75;
    private static readonly AnomalyMap Nothing = new(1, 1, [0f]);
    private static readonly byte[] OutlineColor = [80, 255, 0, 255]; // blue, green, red, alpha

    /// <summary>Places of the defective pictures with the lowest scores, then of the good ones with the highest.</summary>
    public static IEnumerable<int> Choose(IReadOnlyList<ScoredPicture> pictures)
    {
        int[] byScore = [.. Enumerable.Range(0, pictures.Count).OrderBy(i => pictures[i].Score)];
        IEnumerable<int> misses = byScore.Where(i => pictures[i].IsDefective).Take(ShownOfAKind);
        return misses.Concat(byScore.Reverse().Where(i => !pictures[i].IsDefective).Take(ShownOfAKind));
    }

    /// <summary>
    /// The heat maps' scale where no detector has limits, the same for all pictures of a run: from what one good picture in twenty exceeds,
    /// as the limit of regions would be, to the highest value of any picture.
    /// </summary>
    public static OverlayOptions Scale(IReadOnlyList<ScoredPicture> pictures)
    {
        double[] good = [.. pictures.Where(picture => !picture.IsDefective).Select(picture => picture.MapPeak).Order()];
        float low = (float)good[(int)Math.Ceiling(0.95 * good.Length) - 1], high = (float)pictures.Max(picture => picture.MapPeak);
        return new OverlayOptions { Low = low, High = Math.Max(high, low + 1e-6f) };
    }

    /// <param name="picture">The picture.</param>
    /// <param name="name">Its path relative to its category.</param>
    /// <param name="score">Its score.</param>
    /// <param name="overlay">Draws the heat map over the decoded picture, no side longer than <see cref="MaxSide"/>.</param>
    /// <param name="pixelLimit">The most pixels that the picture may have.</param>
    /// <param name="depth">What is known of its bits.</param>
    /// <param name="cancellation">Leaves the decoding.</param>
    public static PictureTriple Draw(
        TestPicture picture,
        string name,
        double score,
        Func<Picture, Picture> overlay,
        long pixelLimit,
        BitDepth depth,
        CancellationToken cancellation = default)
    {
        using Picture decoded = PictureDecoder.Decode(picture.Path, pixelLimit, depth, cancellation);
        using Picture heat = overlay(decoded);
        using Picture plain = Overlay.Render(decoded.Frame, Nothing, new OverlayOptions { MaxSide = MaxSide });
        byte[] asItIs = Jpeg(plain);
        DefectMask? mask = picture.MaskPaths.Count > 0 ? DefectMask.Read(picture.MaskPaths).Cover(plain.Width, plain.Height) : null;
        if (mask is not null) DrawOutline(plain, mask);
        return new PictureTriple(name, picture.DefectType, score, asItIs, mask is null ? null : Jpeg(plain), Jpeg(heat));
    }

    /// <summary>Colours the pixels of the mask that touch a pixel outside it.</summary>
    private static void DrawOutline(Picture picture, DefectMask mask)
    {
        for (int y = 0; y < mask.Height; y++)
        {
            for (int x = 0; x < mask.Width; x++)
                if (IsDefect(mask, x, y) && !IsInside(mask, x, y)) OutlineColor.CopyTo(picture.Row(y)[(4 * x)..]);
        }
    }

    private static bool IsInside(DefectMask mask, int x, int y) =>
        IsDefect(mask, x - 1, y) && IsDefect(mask, x + 1, y) && IsDefect(mask, x, y - 1) && IsDefect(mask, x, y + 1);

    private static bool IsDefect(DefectMask mask, int x, int y) =>
        (uint)x < (uint)mask.Width && (uint)y < (uint)mask.Height && mask.Pixels[(y * mask.Width) + x] != 0;

    private static byte[] Jpeg(Picture picture)
    {
        using var encoded = new MemoryStream();
        PictureEncoder.EncodeJpeg(picture, Quality, encoded);
        return encoded.ToArray();
    }
}
