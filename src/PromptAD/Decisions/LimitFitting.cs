namespace PromptAD.Decisions;

/// <summary>
/// Finds limits from the scores of good pictures: with a guarantee where there are enough further pictures, else by a fit.
/// </summary>
internal static class LimitFitting
{
    /// <summary>The limits that the options ask for.</summary>
    /// <exception cref="PromptADException">
    /// An option is out of its range, the limits are crossed, or there is no score to find them from.
    /// </exception>
    public static Limits Fit(GoodScores good, LimitOptions options)
    {
        options.Validate();
        if (options.NeedsGoodScores && good.ForFit.Count == 0)
            throw new PromptADException("There are no scores of good pictures to find limits from; add good pictures, or give every "
                + "limit as a score.");
        Limit review = Find(good, score => score.Score, options.ReviewScore, options.ReviewRate);
        Limit ng = Find(good, score => score.Score, options.NGScore, options.NGRate);
        Limit pixel = Find(good, score => score.Peak, options.PixelScore, options.PixelRate);
        return new Limits(Below(review, ng), Above(ng, review), pixel) { MinimumArea = options.MinimumArea };
    }

    /// <summary>What is to be said of the limits: what they do not promise, and what would help.</summary>
    public static IReadOnlyList<string> Warnings(GoodScores good, Limits limits)
    {
        var warnings = new List<string>();
        int further = good.Further.Count;
        foreach ((string name, Limit limit) in ((string, Limit)[])[("review", limits.Review), ("NG", limits.NG), ("pixel", limits.Pixel)])
        {
            if (limit is not { Basis: LimitBasis.Estimated, Rate: { } rate }) continue;
            int needed = ConformalLimit.PicturesFor(rate);
            warnings.Add($"the {name} limit is an estimate; for a guaranteed rate of {rate:0.####%} calibrate with {needed} good "
                + $"pictures that were not learned from{(further > 0 ? $", {needed - further} more than now" : "")}.");
        }
        int sources = good.ForFit.Select(score => score.Source).Distinct().Count();
        bool isEstimated = warnings.Count > 0;
        if (isEstimated && sources == 1)
        {
            warnings.Add("the estimate rests on variations of a single picture, which cannot tell how much one good part differs from "
                + "another: calibrate with more good pictures before you rely on it.");
        }
        else if (isEstimated && TailFit.SpreadOf(BySource(good, score => score.Score)) is { Seen: <= TailFit.SmallestDeviation })
        {
            warnings.Add("the good pictures score nearly the same; if they show one part taken again and again, add pictures of other "
                + "good parts.");
        }
        return warnings;
    }

    private static Limit Find(GoodScores good, Func<GoodScore, float> value, float? given, double rate)
    {
        if (given is { } score) return new Limit(score, null, LimitBasis.Given);
        if (ConformalLimit.Of(good.Further.Select(value), rate) is { } limit) return new Limit(limit, rate, LimitBasis.Guaranteed);
        return new Limit(TailFit.Limit(BySource(good, value), rate), rate, LimitBasis.Estimated);
    }

    private static IReadOnlyList<float>[] BySource(GoodScores good, Func<GoodScore, float> value) =>
        [.. good.ForFit.GroupBy(score => score.Source).Select(source => source.Select(value).ToArray())];

    // A fit and a count, or a rate and a score given by hand, can come out in the wrong order. The one that was given stays; of two that
    // were found the NG limit gives way, which rejects fewer good parts than it may.
    private static Limit Below(Limit review, Limit ng) =>
        review.Score > ng.Score && ng.Basis == LimitBasis.Given ? new Limit(ng.Score, null, LimitBasis.Given) : review;

    private static Limit Above(Limit ng, Limit review) =>
        ng.Score < review.Score && ng.Basis != LimitBasis.Given ? ng with { Score = review.Score } : ng;
}
