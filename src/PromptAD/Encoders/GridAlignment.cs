namespace PromptAD.Encoders;

/// <summary>Brings the patches of one grid onto another, as layers of an encoder need that see the picture in steps of their own.</summary>
public static class GridAlignment
{
    /// <summary>
    /// Bilinear interpolation between the middles of patches; beyond the outermost ones, their values go on.
    /// </summary>
    /// <param name="rows">(from patches, width), row-major.</param>
    /// <param name="from">Where they lie.</param>
    /// <param name="to">Where they are wanted.</param>
    /// <param name="aligned">Receives (to patches, width).</param>
    public static void Align(ReadOnlySpan<float> rows, PatchGrid from, PatchGrid to, Span<float> aligned)
    {
        if (from == to)
        {
            rows.CopyTo(aligned);
            return;
        }
        int width = rows.Length / (from.Side * from.Side);
        for (int y = 0; y < to.Side; y++)
        {
            (int upper, int lower, float down) = Between(y, from, to);
            for (int x = 0; x < to.Side; x++)
            {
                (int left, int right, float across) = Between(x, from, to);
                ReadOnlySpan<float> a = Row(rows, upper, left), b = Row(rows, upper, right);
                ReadOnlySpan<float> c = Row(rows, lower, left), d = Row(rows, lower, right);
                Span<float> target = aligned.Slice(((y * to.Side) + x) * width, width);
                for (int i = 0; i < width; i++)
                    target[i] = float.Lerp(float.Lerp(a[i], b[i], across), float.Lerp(c[i], d[i], across), down);
            }
        }

        ReadOnlySpan<float> Row(ReadOnlySpan<float> all, int y, int x) => all.Slice(((y * from.Side) + x) * width, width);
    }

    /// <summary>What <see cref="Align"/> does along a side, (to, from): how much each patch counts in each that is wanted.</summary>
    /// <param name="from">Patches along the side.</param>
    /// <param name="to">Patches that are wanted there.</param>
    internal static float[] Matrix(int from, int to)
    {
        var matrix = new float[to * from];
        for (int patch = 0; patch < to; patch++)
        {
            (int before, int behind, float part) = Between(patch, new PatchGrid(from), new PatchGrid(to));
            matrix[(patch * from) + before] += 1 - part;
            matrix[(patch * from) + behind] += part;
        }
        return matrix;
    }

    /// <summary>The patches before and behind a place, and how far it is from the first to the second.</summary>
    private static (int Before, int Behind, float Part) Between(int patch, PatchGrid from, PatchGrid to)
    {
        double at = Math.Clamp((to.Middle(patch) * from.Side / to.Side) - from.Middle(0), 0, from.Side - 1);
        int before = Math.Min((int)at, Math.Max(0, from.Side - 2));
        return (before, Math.Min(before + 1, from.Side - 1), (float)(at - before));
    }
}
