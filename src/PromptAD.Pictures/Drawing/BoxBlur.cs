namespace PromptAD.Pictures.Drawing;

/// <summary>Running means along lines; values beyond an end are those of the end.</summary>
internal static class BoxBlur
{
    /// <summary>
    /// Blurs <paramref name="count"/> values in place, <paramref name="stride"/> apart. <paramref name="line"/> is scratch of at
    /// least that length.
    /// </summary>
    public static void Line(Span<float> values, int start, int stride, int count, int radius, Span<float> line)
    {
        for (int i = 0; i < count; i++) line[i] = values[start + i * stride];
        float sum = line[0] * radius, share = 1f / (2 * radius + 1), last = line[count - 1];
        for (int i = 0; i <= radius; i++) sum += i < count ? line[i] : last;
        for (int i = 0; i < count; i++)
        {
            values[start + i * stride] = sum * share;
            int enters = i + radius + 1, leaves = i - radius;
            sum += (enters < count ? line[enters] : last) - (leaves > 0 ? line[leaves] : line[0]);
        }
    }

    /// <summary>Blurs a square plane; <paramref name="passes"/> of 2 come close to a Gaussian.</summary>
    public static void Plane(Span<float> values, int size, int radius, int passes, Span<float> line)
    {
        for (int pass = 0; pass < passes; pass++)
        {
            for (int y = 0; y < size; y++) Line(values, y * size, 1, size, radius, line);
            for (int x = 0; x < size; x++) Line(values, x, size, size, radius, line);
        }
    }
}
