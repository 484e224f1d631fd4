namespace PromptAD.Decisions;

/// <summary>
/// The conformal limit: a limit with a guarantee for finite samples. If n scores of good pictures and the next one are exchangeable, the
/// next one is above the k-th smallest with probability at most 1 - k/(n + 1), whatever their distribution; k = ⌈(1 - a)(n + 1)⌉ makes that
/// at most a. It needs k ≤ n, so n ≥ 1/a - 1.
/// </summary>
public static class ConformalLimit
{
    private const double Rounding = 1e-9; // 0.95 · 20 is 19, not a little more

    /// <summary>How many pictures a rate needs: the least n with n ≥ 1/a - 1.</summary>
    public static int PicturesFor(double rate) => (int)Math.Ceiling((1 / rate) - 1 - Rounding);

    /// <summary>k, counted from 1; above n where n is too small.</summary>
    public static int RankFor(int count, double rate) => Math.Max(1, (int)Math.Ceiling(((1 - rate) * (count + 1)) - Rounding));

    /// <summary>The limit; null where there are too few scores.</summary>
    /// <param name="scores">Scores of good pictures, in any order.</param>
    /// <param name="rate">a, the part of good pictures that may lie above.</param>
    internal static float? Of(IEnumerable<float> scores, double rate)
    {
        float[] ordered = [.. scores.Order()];
        int rank = RankFor(ordered.Length, rate);
        return rank <= ordered.Length ? ordered[rank - 1] : null;
    }

    /// <summary>
    /// What the rate of false rejects may really be: over the choice of the n pictures it follows Beta(n + 1 - k, k), where scores have no
    /// ties, and this is the value that it stays below in the given part of choices.
    /// </summary>
    public static double RateBelow(int count, double rate, double confidence) =>
        Binomial.ProbabilityFor(count + 1 - RankFor(count, rate), count, confidence);
}
