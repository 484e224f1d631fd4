namespace PromptAD.Tests.Scoring;

/// <summary>Upsampling and smoothing pixel by pixel in double: slow, and obvious.</summary>
internal static class SlowScoreMaps
{
    public static double[] Upsample(float[] map, int grid, int size)
    {
        var upsampled = new double[size * size];
        for (int y = 0; y < size; y++)
        {
            for (int x = 0; x < size; x++)
            {
                // Half-pixel centres: the centre of pixel i lies at i + 1/2. Left of the first centre there is nothing to mix with.
                double down = Math.Max(0, ((y + 0.5) * grid / size) - 0.5), right = Math.Max(0, ((x + 0.5) * grid / size) - 0.5);
                int top = (int)down, left = (int)right;
                double upper = Mix(At(top, left), At(top, left + 1), right - left);
                double lower = Mix(At(top + 1, left), At(top + 1, left + 1), right - left);
                upsampled[(y * size) + x] = Mix(upper, lower, down - top);
            }
        }
        return upsampled;

        double At(int row, int column) => map[(Math.Min(row, grid - 1) * grid) + Math.Min(column, grid - 1)];

        static double Mix(double a, double b, double part) => (a * (1 - part)) + (b * part);
    }

    public static double[] Smooth(float[] map, int size, double sigma)
    {
        int radius = (int)Math.Floor((4 * sigma) + 0.5);
        double total = 0;
        for (int d = -radius; d <= radius; d++) total += Weight(d);
        var smoothed = new double[size * size];
        for (int y = 0; y < size; y++)
        {
            for (int x = 0; x < size; x++)
            {
                for (int dy = -radius; dy <= radius; dy++)
                {
                    for (int dx = -radius; dx <= radius; dx++)
                        smoothed[(y * size) + x] += Weight(dy) * Weight(dx) * map[(Reflect(y + dy) * size) + Reflect(x + dx)];
                }
            }
        }
        return [.. smoothed.Select(value => value / (total * total))];

        double Weight(int distance) => Math.Exp(-distance * distance / (2 * sigma * sigma));

        int Reflect(int i)
        {
            while (i < 0 || i >= size) i = i < 0 ? -1 - i : (2 * size) - 1 - i; // d c b a | a b c d | d c b a
            return i;
        }
    }
}
