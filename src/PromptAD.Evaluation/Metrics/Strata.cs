namespace PromptAD.Evaluation.Metrics;

/// <summary>Evenly spread choices: a range is cut into equal parts and one position drawn from each.</summary>
internal static class Strata
{
    /// <summary>At most <paramref name="limit"/> of the positions 0 … <paramref name="count"/> - 1, ascending; all of them when they fit.</summary>
    public static int[] Choose(int count, int limit, ref SplitMix64 random)
    {
        var chosen = new int[Math.Min(count, limit)];
        for (int s = 0; s < chosen.Length; s++)
        {
            int first = (int)((long)s * count / chosen.Length);
            int end = (int)((long)(s + 1) * count / chosen.Length);
            chosen[s] = first + random.Next(end - first);
        }
        return chosen;
    }
}
