namespace PromptAD.Decisions;

/// <summary>
/// Limits for too few pictures to count: the log-odds of good pictures' scores, which are maxima over places, are taken to follow Gumbel's
/// law of maxima, and the limit is where the next score lies above with the probability wanted, the uncertainty of location and spread
/// included. With mean m and deviation s of n scores, (x - m)/s of the next score x has a distribution that depends on n alone, so the
/// limit is m + t(n, a)·s. An estimate: nothing proves the law.
/// </summary>
internal static class TailFit
{
    /// <summary>
    /// A deviation of log-odds that good pictures of a product have at least, so that pictures that are all alike do not put the limit upon
    /// themselves.
    /// </summary>
    private const double SmallestDeviation = 0.02;

    /// <summary>
    /// The deviation of log-odds from one good part to the next that is usual, and how many degrees of freedom that spread is filled up to
    /// with it: a few pictures say little of how much parts differ, two that are left out in turn nothing, since each is compared
    /// with the other.
    /// </summary>
    private const double UsualDeviation = 0.05;

    private const double FewestFreedom = 6;

    private const float SmallestOdds = 1e-6f;
    private const int MostSources = 200; // from here on t changes no more that matters
    private const int Draws = 4000;
    private const double Rounding = 1e-9; // seven degrees of freedom may come out as a little less

    /// <summary>The limit.</summary>
    /// <param name="scores">The scores of each source, in [0, 1]; at least one source.</param>
    /// <param name="rate">a, the part of good pictures that may lie above.</param>
    /// <param name="others">
    /// Scores of sources that lie elsewhere: how much they differ from each other counts, where they lie does not.
    /// </param>
    public static float Limit(
        IReadOnlyList<IReadOnlyList<float>> scores, double rate, IReadOnlyList<IReadOnlyList<float>>? others = null)
    {
        LogOddsSpread spread = SpreadOf(scores, others);
        return (float)Odds(spread.Mean + (Factor(spread.Freedom + 1, rate) * spread.Deviation));
    }

    /// <summary>
    /// Mean and deviation of log-odds: the spread from source to source, its degrees of freedom filled up to six with what is usual, and
    /// the spread of a source's variations add up. The degrees of freedom of both together are Satterthwaite's. Others add to the spread
    /// from source to source alone.
    /// </summary>
    internal static LogOddsSpread SpreadOf(IReadOnlyList<IReadOnlyList<float>> scores, IReadOnlyList<IReadOnlyList<float>>? others = null)
    {
        double[][] odds = [.. scores.Select(source => source.Select(LogOdds).ToArray())];
        double[] means = [.. odds.Select(source => source.Average())];
        int within = odds.Sum(source => source.Length - 1);
        double inner = within == 0 ? 0 : odds.Sum(SquaresOf) / within;
        double[] otherMeans = [.. (others ?? []).Select(source => source.Average(LogOdds))];
        int between = means.Length - 1 + Math.Max(0, otherMeans.Length - 1);
        double freedom = Math.Max(between, FewestFreedom);
        double usual = (freedom - between) * UsualDeviation * UsualDeviation;
        double outer = (SquaresOf(means) + SquaresOf(otherMeans) + usual) / freedom;
        double uncertainty = (outer * outer / freedom) + (within > 0 ? inner * inner / within : 0);
        double variance = inner + outer;
        if (uncertainty > 0) freedom = variance * variance / uncertainty;
        double seen = Math.Sqrt(SquaresOf(means) / Math.Max(1, means.Length - 1));
        return new LogOddsSpread(means.Average(), Math.Max(SmallestDeviation, Math.Sqrt(variance)), freedom, seen);
    }

    /// <summary>The sum of squared differences from the mean.</summary>
    private static double SquaresOf(double[] values)
    {
        if (values.Length < 2) return 0;
        double mean = values.Average();
        return values.Sum(value => (value - mean) * (value - mean));
    }

    /// <summary>t(n, a): how many deviations above the mean of n Gumbel values the next one lies with probability a.</summary>
    internal static double Factor(double count, double rate)
    {
        int n = (int)Math.Clamp(Math.Floor(count + Rounding), 2, MostSources);
        var random = new Random(n); // fixed, so that the same pictures give the same limits
        var samples = new (double Mean, double Deviation)[Draws];
        for (int draw = 0; draw < Draws; draw++)
        {
            double sum = 0, squares = 0;
            for (int i = 0; i < n; i++)
            {
                double value = -Math.Log(-Math.Log(1 - random.NextDouble()));
                if (double.IsInfinity(value)) value = 0; // of a draw that is exactly 0
                sum += value;
                squares += value * value;
            }
            samples[draw] = (sum / n, Math.Sqrt(Math.Max(0, (squares - (sum * sum / n)) / (n - 1))));
        }
        double low = 0, high = 1e4;
        for (int step = 0; step < 60; step++)
        {
            double factor = (low + high) / 2;
            double above = samples.Average(sample => 1 - Math.Exp(-Math.Exp(-(sample.Mean + (factor * sample.Deviation)))));
            if (above > rate) low = factor;
            else high = factor;
        }
        return high;
    }

    private static double LogOdds(float score)
    {
        double inside = Math.Clamp(score, SmallestOdds, 1 - SmallestOdds);
        return Math.Log(inside / (1 - inside));
    }

    private static double Odds(double logOdds) => 1 / (1 + Math.Exp(-logOdds));

    /// <summary>
    /// Mean, deviation, the degrees of freedom behind it, and the deviation from source to source that was seen, without what is usual.
    /// </summary>
    internal readonly record struct LogOddsSpread(double Mean, double Deviation, double Freedom, double Seen);
}
