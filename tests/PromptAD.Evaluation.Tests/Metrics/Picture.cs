namespace PromptAD.Evaluation.Tests.Metrics;

/// <summary>A small anomaly map with its mask, and its regions found by spreading labels until nothing changes.</summary>
internal sealed record Picture(float[] Map, byte[] Mask, int Width, int Height)
{
    /// <summary>Draws a mask: '#' is defect. All scores are 0.</summary>
    public static Picture Drawn(params string[] rows) =>
        new(new float[rows.Length * rows[0].Length], [.. string.Concat(rows).Select(c => c == '#' ? (byte)255 : (byte)0)], rows[0].Length, rows.Length);

    public List<List<int>> Regions() => Spread(i => Mask[i] != 0);

    /// <summary>The region and every other pixel from which no 8-connected path that avoids the region leads out of the picture.</summary>
    public List<int> Filled(List<int> region)
    {
        bool OnEdge(int i) => i % Width == 0 || i % Width == Width - 1 || i / Width == 0 || i / Width == Height - 1;
        return [.. region, .. Spread(i => !region.Contains(i)).Where(part => !part.Any(OnEdge)).SelectMany(part => part)];
    }

    private List<List<int>> Spread(Func<int, bool> belongs)
    {
        int[] labels = [.. Enumerable.Range(0, Mask.Length).Select(i => belongs(i) ? i + 1 : 0)];
        bool changed = true;
        while (changed)
        {
            changed = false;
            for (int a = 0; a < labels.Length; a++)
            {
                for (int b = 0; b < labels.Length; b++)
                {
                    bool touch = Math.Abs(a % Width - b % Width) <= 1 && Math.Abs(a / Width - b / Width) <= 1;
                    if (!touch || labels[a] == 0 || labels[b] <= labels[a]) continue;
                    labels[b] = labels[a];
                    changed = true;
                }
            }
        }
        return [.. Enumerable.Range(0, labels.Length).Where(i => labels[i] != 0).GroupBy(i => labels[i]).Select(g => g.ToList())];
    }
}
