namespace PromptAD.Tests.Scoring;

/// <summary>Random features.</summary>
internal static class RandomFeatures
{
    /// <summary>Rows of length 1, (count, width).</summary>
    public static float[] Rows(int count, int width, int seed)
    {
        var random = new Random(seed);
        return
        [
            .. Enumerable.Range(0, count).SelectMany(_ =>
            {
                float[] row = [.. Enumerable.Range(0, width).Select(_ => (float)(random.NextDouble() - 0.5))];
                double length = Math.Sqrt(row.Sum(value => (double)value * value));
                return row.Select(value => (float)(value / length));
            }),
        ];
    }
}
