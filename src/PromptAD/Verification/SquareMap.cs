namespace PromptAD.Verification;

/// <summary>Reads square maps the way references keep them.</summary>
internal static class SquareMap
{
    /// <summary>Every n-th row and column.</summary>
    public static IEnumerable<float> Thin(float[] map, int size, int step)
    {
        for (int y = 0; y < size; y += step)
        {
            for (int x = 0; x < size; x += step) yield return map[(y * size) + x];
        }
    }
}
