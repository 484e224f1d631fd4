using PromptAD.Wording;

namespace PromptAD.Decisions;

/// <summary>
/// Finds limits from the scores of good pictures: with a guarantee where there are enough further pictures, else by a fit.
/// </summary>
internal static class LimitFitting
{
    // A part that is taken again, with nothing but noise between, can score within 0.002 in log-odds. Different parts of ten products
    // did not, but for a few of cork and zippers. Two that are left out in turn score alike whatever they show.
    private const double LargestAlike = 0.002;
    private const int FewestAlike = 3;

    /// <summary>The limits that the options ask for.</summary>
    /// <exception cref="PromptADException">
    /// An option is out of its range, the limits are crossed, or there is no score to find them from.
    /// </exception>
    public static Limits Fit(GoodScores good, LimitOptions options)
    {
        options.Validate();
        if (options.NeedsGoodScores && good.ForFit.Count == 0)
            throw new PromptADException(
                Problem.NotCalibrated,
                "There are no scores of good pictures to find limits from; add good pictures, or give every "
                + "limit as a score.");
        Limit review = Find(good, score => score.Score, options.ReviewScore, options.ReviewRate);
        Limit ng = Find(good, score => score.Score, options.NGScore, options.NGRate);
        Limit pixel = Find(good, score => score.Peak, options.PixelScore, options.PixelRate);
        return new Limits(review, Ordered(review, ng), pixel) { MinimumArea = options.MinimumArea };
    }

    /// <summary>Warnings of the limits: what they do not promise, and what would help.</summary>
    public static IReadOnlyList<string> Warnings(GoodScores good, Limits limits)
    {
        var warnings = new List<string>();
        int further = good.Further.Count;
        if (good.IsOutdated) warnings.Add(GoodScores.Outdated);
        foreach ((string name, Limit limit) in limits.Named)
        {
            if (good.IsOutdated || limit is not { Basis: LimitBasis.Estimated, Rate: { } rate }) continue;
            int needed = ConformalLimit.PicturesFor(rate);
            warnings.Add($"the {name} limit is an estimate; for a guaranteed rate of {VerdictText.Percent(rate)} calibrate with {needed} "
                + $"good pictures that were not learned from{(further > 0 ? $", {needed - further} more than now" : "")}.");
        }
        IReadOnlyList<float>[] sources = BySource(good.ForFit, score => score.Score);
        if (warnings.Count > 0 && sources.Length == 1)
        {
            warnings.Add($"the estimate rests on {(further > 0 ? "" : "variations of ")}a single picture, which cannot tell how much one "
                + "good part differs from another: calibrate with more good pictures before you rely on it.");
        }
        else if (sources.Length >= FewestAlike && HasRate(limits) && TailFit.SpreadOf(sources).Seen <= LargestAlike)
        {
            warnings.Add("the good pictures score nearly the same; if they show one part taken again and again, add pictures of other "
                + "good parts.");
        }
        return warnings;
    }

    private static bool HasRate(Limits limits) => limits.Review.Rate is not null || limits.NG.Rate is not null;

    private static Limit Find(GoodScores good, Func<GoodScore, float> value, float? given, double rate)
    {
        if (given is { } score) return new Limit(score, null, LimitBasis.Given);
        if (ConformalLimit.Of(good.Further.Select(value), rate) is { } limit)
            return new Limit(limit, rate, good.IsOutdated ? LimitBasis.Estimated : LimitBasis.Guaranteed);
        IReadOnlyList<float>[] others = good.Further.Count > 0 ? BySource(good.Shots, value) : [];
        return new Limit(TailFit.Limit(BySource(good.ForFit, value), rate, others), rate, LimitBasis.Estimated);
    }

    private static IReadOnlyList<float>[] BySource(IReadOnlyList<GoodScore> scores, Func<GoodScore, float> value) =>
        [.. scores.GroupBy(score => score.Source).Select(source => source.Select(value).ToArray())];

    /// <summary>
    /// The NG limit, not below the review limit. A count and a fit can come out in the wrong order; the NG limit gives way then, which
    /// rejects fewer good parts than it may. One that was given as a score moves no other.
    /// </summary>
    /// <exception cref="PromptADException">A limit that was given as a score crosses the other.</exception>
    private static Limit Ordered(Limit review, Limit ng)
    {
        if (review.Score <= ng.Score) return ng;
        if (review.Basis != LimitBasis.Given && ng.Basis != LimitBasis.Given) return ng with { Score = review.Score };
        bool isReview = review.Basis == LimitBasis.Given;
        throw new PromptADException(
            new Diagnostic(Problem.OutOfRange, $"The review limit, {Named(review)}, lies above the NG limit, {Named(ng)}.")
            {
                Remedy = $"Give a {(isReview ? "lower" : "higher")} score, or the other limit as a score, too, with {{0}}.",
                Option = $"{nameof(LimitOptions)}.{(isReview ? nameof(LimitOptions.NGScore) : nameof(LimitOptions.ReviewScore))}",
            });

        static string Named(Limit limit) =>
            limit.Rate is { } rate ? $"{limit.Score:F4} for a rate of {VerdictText.Percent(rate)}" : $"{limit.Score:0.####} as given";
    }
}
