namespace PromptAD.Pictures.Defects;

/// <summary>Where a defective picture differs from its twin, and whether one could see it.</summary>
internal static class Visibility
{
    /// <summary>Least mean difference under the mask (of the strongest channel, of 255), after darkening, noise and JPEG.</summary>
    public const float Floor = 12;

    /// <summary>Least difference as a multiple of how busy the texture around the defect is.</summary>
    public const float FloorOfTexture = 1;

    /// <summary>How much larger and stronger a defect that stands out is than one that shows.</summary>
    private const float Standing = 2;

    private const float LeastArea = 0.0008f, LeastAreaCalm = 0.002f, MostArea = 0.35f;

    /// <summary>255 where two pictures (3 bytes a pixel) differ clearly, gaps closed.</summary>
    public static byte[] Mask(ReadOnlySpan<byte> clean, ReadOnlySpan<byte> defective, int size, DefectKind defect)
    {
        var mask = new byte[size * size];
        int most = 0;
        for (int i = 0; i < mask.Length; i++)
        {
            mask[i] = (byte)Difference(clean, defective, i);
            most = Math.Max(most, mask[i]);
        }
        int least = Math.Max(6, most / 5);
        for (int i = 0; i < mask.Length; i++) mask[i] = mask[i] >= least ? (byte)255 : (byte)0;
        int radius = Math.Max(1, size / (defect == DefectKind.Bend ? 20 : HasGaps(defect) ? 32 : 80));
        var scratch = new byte[mask.Length];
        Spread(mask, scratch, size, radius, value: 255);
        Spread(mask, scratch, size, radius, value: 0);
        return mask;
    }

    /// <summary>
    /// True where the difference under the mask stands out from texture and noise, and the mask is neither a speck nor half the
    /// picture.
    /// </summary>
    public static bool IsClear(ReadOnlySpan<byte> clean, ReadOnlySpan<byte> defective, ReadOnlySpan<byte> mask, int size, float noise,
        Product product)
    {
        float wear = product.Wear, clarity = product.InFixture ? Standing : 1;
        long sum = 0;
        int count = 0, left = size, top = size, right = 0, bottom = 0;
        for (int i = 0; i < mask.Length; i++)
        {
            if (mask[i] == 0) continue;
            sum += Difference(clean, defective, i);
            count++;
            (left, right) = (Math.Min(left, i % size), Math.Max(right, i % size));
            (top, bottom) = (Math.Min(top, i / size), Math.Max(bottom, i / size));
        }
        float leastArea = clarity * (LeastAreaCalm + (LeastArea - LeastAreaCalm) * wear);
        if (count < leastArea * mask.Length || count > MostArea * mask.Length) return false;
        float contrast = (float)sum / count, calm = Floor * (1.6f - 0.6f * wear);
        float texture = Activity(clean, size, left - 3, top - 3, right + 3, bottom + 3);
        return contrast >= clarity * MathF.Max(calm, MathF.Max(FloorOfTexture * texture, 1.5f * noise * 255));
    }

    /// <summary>The largest difference of a pixel's three channels.</summary>
    public static int Difference(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b, int pixel)
    {
        int i = 3 * pixel;
        return Math.Max(Math.Abs(a[i] - b[i]), Math.Max(Math.Abs(a[i + 1] - b[i + 1]), Math.Abs(a[i + 2] - b[i + 2])));
    }

    /// <summary>
    /// Between its lit and its shaded side a dent looks as if nothing were there, and a moved part may look like what it
    /// uncovers.
    /// </summary>
    private static bool HasGaps(DefectKind defect) => defect is DefectKind.Dent or DefectKind.Fold or DefectKind.Bend
        or DefectKind.MissingPart or DefectKind.ExtraPart or DefectKind.Misplacement or DefectKind.Misprint;

    /// <summary>
    /// How busy a region is: the mean step of brightness between pixels a few apart. One edge counts little, a grain
    /// much.
    /// </summary>
    private static float Activity(ReadOnlySpan<byte> rgb, int size, int left, int top, int right, int bottom)
    {
        const int step = 3;
        long sum = 0;
        int count = 0;
        for (int y = Math.Max(top, 0); y <= Math.Min(bottom, size - 1 - step); y++)
        {
            for (int x = Math.Max(left, 0); x <= Math.Min(right, size - 1 - step); x++)
            {
                int i = 3 * (y * size + x) + 1;
                sum += Math.Abs(rgb[i] - rgb[i + 3 * step]) + Math.Abs(rgb[i] - rgb[i + 3 * step * size]);
                count += 2;
            }
        }
        return (float)sum / Math.Max(count, 1);
    }

    /// <summary>Grows the pixels of a value by a square, first along rows, then along columns.</summary>
    private static void Spread(byte[] mask, byte[] scratch, int size, int radius, byte value)
    {
        foreach (int stride in (ReadOnlySpan<int>)[1, size])
        {
            mask.CopyTo(scratch, 0);
            int other = stride == 1 ? size : 1;
            for (int line = 0; line < size; line++)
            {
                int written = 0;
                for (int i = 0; i < size; i++)
                {
                    if (scratch[line * other + i * stride] != value) continue;
                    int last = Math.Min(size - 1, i + radius);
                    for (int k = Math.Max(written, i - radius); k <= last; k++) mask[line * other + k * stride] = value;
                    written = last + 1;
                }
            }
        }
    }
}
