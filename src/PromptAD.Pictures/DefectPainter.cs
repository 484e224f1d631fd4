using System.Numerics;
using PromptAD.Pictures.Defects;

namespace PromptAD.Pictures;

/// <summary>
/// Paints defects into pictures of any product: marks like those of drawn products, at a wanted size and contrast. It knows nothing of what
/// the picture shows, so a defect may also lie beside the part. The same picture, wishes and seed give the same bytes on the same platform.
/// </summary>
public static class DefectPainter
{
    /// <summary>The shortest defect, in pixels.</summary>
    public const int Shortest = 3;

    /// <summary>The faintest defect: least contrast in grey levels.</summary>
    public const float Faintest = 4;

    private const DefectKind AlwaysShows = DefectKind.Contamination; // darker on a bright ground, brighter on a dark one
    private const int LeastCrop = 24, MostDrawn = 640, Fits = 3, Tries = 12; // crops in pixels
    private const float Room = 2.5f; // side of the work area, in lengths of the defect
    private const float NearEnough = 0.2f; // of the wanted length

    /// <summary>The kinds that can be painted: marks on a surface, whatever it is.</summary>
    public static IReadOnlyList<DefectKind> Kinds { get; } =
    [
        DefectKind.Scratch, DefectKind.Hole, DefectKind.Stain, DefectKind.Crack, DefectKind.Contamination, DefectKind.Dent,
        DefectKind.LooseThread, DefectKind.Discolouration, DefectKind.Chip, DefectKind.Tear, DefectKind.Burn, DefectKind.Fold,
    ];

    /// <summary>
    /// Paints a defect into a copy of a picture, rather towards the middle than at the rim. In a grey picture it is grey. A kind that does
    /// not show there, such as a dent's shade on black, gives way to contamination.
    /// </summary>
    /// <param name="pixels">The picture, row by row without gaps: one byte a pixel for grey, or three of red, green and blue.</param>
    /// <param name="width">Pixels in a row.</param>
    /// <param name="height">Rows.</param>
    /// <param name="kind">One of <see cref="Kinds"/>.</param>
    /// <param name="length">
    /// The longer side of the defect's bounding box in pixels, <see cref="Shortest"/> to half the picture's shorter side. A defect of few
    /// pixels may miss it by one or two, others by a fifth. One of more than some 250 pixels is drawn coarser and enlarged.
    /// </param>
    /// <param name="contrast">
    /// Mean difference under the mask in grey levels, <see cref="Faintest"/> to 255; less where black or white is reached.
    /// </param>
    /// <param name="seed">Names form and place.</param>
    /// <exception cref="ArgumentException">The kind cannot be painted, or the pixels are neither grey nor colour of that size.</exception>
    /// <exception cref="ArgumentOutOfRangeException">Length or contrast is out of range.</exception>
    public static PaintedDefect Paint(
        ReadOnlySpan<byte> pixels, int width, int height, DefectKind kind, int length, float contrast, ulong seed)
    {
        if (!Kinds.Contains(kind)) throw new ArgumentException($"{kind} cannot be painted; {string.Join(", ", Kinds)} can.", nameof(kind));
        long area = (long)width * height;
        if (width <= 0 || height <= 0 || (pixels.Length != area && pixels.Length != 3 * area))
            throw new ArgumentException($"{width} x {height} pixels came with {pixels.Length} bytes; give 1 or 3 a pixel.", nameof(pixels));
        ArgumentOutOfRangeException.ThrowIfLessThan(length, Shortest);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, Math.Min(width, height) / 2);
        if (contrast is not (>= Faintest and <= 255))
            throw new ArgumentOutOfRangeException(nameof(contrast), contrast, $"{Faintest} to 255 is allowed.");

        int side = Math.Min(Math.Min(width, height), Math.Max(LeastCrop, (int)(length * Room) + 4));
        int step = (side + MostDrawn - 1) / MostDrawn;
        using var crop = new PaintedCrop(pixels, width, height, side / step, step);
        int best = 0, bestMiss = int.MaxValue;
        for (int attempt = 0; attempt < Tries && bestMiss > NearEnough * length; attempt++)
        {
            int miss = Draw(crop, pixels, KindOf(attempt), length, Rng.Derive(seed, (ulong)attempt));
            if (miss < bestMiss) (best, bestMiss) = (attempt, miss);
        }
        Draw(crop, pixels, KindOf(best), length, Rng.Derive(seed, (ulong)best));
        return crop.Finish(pixels, KindOf(best), contrast);

        DefectKind KindOf(int attempt) => attempt < Tries / 2 ? kind : AlwaysShows;
    }

    /// <summary>Draws a form at a place, as long as it can be made, and returns by how much it misses the wanted length.</summary>
    private static int Draw(PaintedCrop crop, ReadOnlySpan<byte> pixels, DefectKind kind, int length, ulong seed)
    {
        var place = new Rng(Rng.Derive(seed, 1));
        int half = (length / 2) + 1;
        Vector2 middle = crop.MoveTo(pixels, Between(place, half, crop.Width - half), Between(place, half, crop.Height - half));
        Mark[] marks = [.. new SurfaceDefects(new Rng(Rng.Derive(seed, 2)), middle, 1, 1, crop.Ground).Draw(kind)];
        float wanted = length, bestWanted = length;
        int bestMiss = int.MaxValue;
        int Miss() => crop.Draw(Scaled(marks, middle, wanted / crop.Side), seed) is > 0 and int found
            ? Math.Abs(found - length)
            : int.MaxValue;
        for (int fit = 0; fit < Fits && bestMiss > 0; fit++)
        {
            int miss = Miss();
            if (miss < bestMiss) (bestMiss, bestWanted) = (miss, wanted);
            if (miss == int.MaxValue) break;
            wanted *= Math.Clamp((float)length / crop.Length, 0.5f, 2);
        }
        wanted = bestWanted;
        return Miss();
    }

    /// <summary>Marks with everything about them shrunk or grown, so that together they have the wanted length, about the middle.</summary>
    private static IEnumerable<Mark> Scaled(Mark[] marks, Vector2 middle, float length)
    {
        Vector2 min = new(float.MaxValue), max = new(float.MinValue);
        foreach (Mark mark in marks)
        {
            (Vector2 low, Vector2 high) = mark.Shape.Bounds();
            (min, max) = (Vector2.Min(min, low), Vector2.Max(max, high));
        }
        float scale = length / MathF.Max(max.X - min.X, max.Y - min.Y);
        Matrix3x2 move = Matrix3x2.CreateTranslation(-(min + max) / 2) * Matrix3x2.CreateScale(scale) * Matrix3x2.CreateTranslation(middle);
        return marks.Select(mark => mark with
        {
            Shape = mark.Shape.Moved(move) with { Stroke = mark.Shape.Stroke * scale },
            Softness = mark.Softness * scale,
            Height = mark.Height * scale,
        });
    }

    /// <summary>A number between two, rather in the middle.</summary>
    private static float Between(Rng rng, float low, float high) => low + ((high - low) * (rng.Unit() + rng.Unit()) / 2);
}
