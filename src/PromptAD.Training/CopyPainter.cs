using PromptAD.Imaging;
using PromptAD.Pictures;

namespace PromptAD.Training;

/// <summary>
/// Paints marks on a surface into copies of good pictures: eight kinds in turn, small, medium and large, from faint to clear. It knows
/// nothing of what the picture shows.
/// </summary>
public sealed class CopyPainter : IDefectPainter
{
    private const int Kinds = 8;
    private const float Faintest = 20, Doublings = 2; // grey levels: 20 to 80
    private const double Golden = 0.6180339887498949; // spreads contrasts evenly over any number of copies

    private static readonly double[] Sizes = [0.02, 0.07, 0.25]; // of the side

    /// <inheritdoc/>
    public byte[] Paint(ReadOnlySpan<byte> planes, int size, int number)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(number);
        int area = size * size;
        var pixels = new byte[3 * area];
        for (int i = 0; i < pixels.Length; i++) pixels[i] = planes[((i % 3) * area) + (i / 3)];
        int length = Math.Max(DefectPainter.Shortest + 1, (int)(Sizes[number % Sizes.Length] * size));
        float contrast = Faintest * MathF.Pow(2, Doublings * (float)(number * Golden % 1));
        DefectKind kind = DefectPainter.Kinds[number % Kinds];
        PaintedDefect painted = DefectPainter.Paint(pixels, size, size, kind, length, contrast, (ulong)number);
        var copy = new byte[planes.Length];
        for (int i = 0; i < copy.Length; i++) copy[i] = painted.Pixels[(i % area * 3) + (i / area)];
        return copy;
    }
}
