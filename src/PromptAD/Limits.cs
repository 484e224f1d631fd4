using PromptAD.Validation;

namespace PromptAD;

/// <summary>What a limit rests on.</summary>
public enum LimitBasis
{
    /// <summary>
    /// Enough further good pictures: of pictures of good parts taken like these, at most the given rate lie above the limit, on average
    /// over the choice of the pictures it was found with.
    /// </summary>
    Guaranteed,

    /// <summary>
    /// A fit to few pictures, or to the pictures that were learned from, or a guarantee that was lost when a feedback was undone: the rate
    /// is an estimate.
    /// </summary>
    Estimated,

    /// <summary>Set by hand as a score.</summary>
    Given,
}

/// <summary>A score that good pictures seldom exceed.</summary>
/// <param name="Score">The limit, 0 to 1; what is above it, is beyond.</param>
/// <param name="Rate">The part of good pictures that may be above; null for a limit that was given as a score.</param>
/// <param name="Basis">What the rate rests on.</param>
public sealed record Limit(float Score, double? Rate, LimitBasis Basis);

/// <summary>The limits that turn scores into verdicts. They belong to one detector and lie in its file.</summary>
/// <param name="Review">Pictures that score above it are looked at by a person.</param>
/// <param name="NG">Pictures that score above it are not good; not below <paramref name="Review"/>.</param>
/// <param name="Pixel">Places of a map that lie above it belong to a region.</param>
public sealed record Limits(Limit Review, Limit NG, Limit Pixel)
{
    /// <summary>Regions of fewer pixels of the judged picture are left out.</summary>
    /// <value>0 or more; 0 by default.</value>
    public double MinimumArea { get; init; }

    /// <summary>The verdict of a score.</summary>
    /// <param name="score">A picture's score, 0 to 1.</param>
    public Verdict Judge(float score) => score > NG.Score ? Verdict.NG : score > Review.Score ? Verdict.Review : Verdict.OK;

    /// <summary>
    /// The score on a scale that is the same for all detectors: 0.5 at the NG limit, 0 and 1 where the score is 0 and 1, and never falling.
    /// With the limit L it is s(1 - L) / (s(1 - L) + L(1 - s)): the odds of the score, divided by the odds of the limit.
    /// </summary>
    /// <param name="score">A picture's score, 0 to 1.</param>
    public float Normalize(float score)
    {
        double above = score * Odds.ToAbove, below = (1 - score) * Odds.ToBelow;
        return (float)(above / (above + below));
    }

    /// <summary>What a score and what it lacks of 1 are multiplied by before they are compared: 1 - L and L.</summary>
    internal (double ToAbove, double ToBelow) Odds
    {
        get
        {
            double limit = Math.Clamp(NG.Score, Smallest, 1 - Smallest);
            return (1 - limit, limit);
        }
    }

    /// <summary>The three of them, with what messages call them.</summary>
    internal IReadOnlyList<(string Name, Limit Limit)> Named => [("review", Review), ("NG", NG), ("pixel", Pixel)];

    /// <summary>The same limits with nothing guaranteed.</summary>
    internal Limits WithoutGuarantee()
    {
        return this with { Review = Estimate(Review), NG = Estimate(NG), Pixel = Estimate(Pixel) };

        static Limit Estimate(Limit limit) =>
            limit.Basis == LimitBasis.Guaranteed ? limit with { Basis = LimitBasis.Estimated } : limit;
    }

    private const double Smallest = 1e-6; // a limit of 0 or 1 has no odds

    internal void Validate()
    {
        foreach ((string name, Limit limit) in ((string, Limit)[])[("review", Review), ("ng", NG), ("pixel", Pixel)])
        {
            Check.Range(limit.Score, 0, 1, $"limits.{name}.score");
            Check.Known(limit.Basis, $"limits.{name}.basis");
            if (limit.Rate is { } rate) Check.Range(rate, LimitOptions.SmallestRate, LimitOptions.LargestRate, $"limits.{name}.rate");
        }
        Check.Range(MinimumArea, 0, LimitOptions.LargestArea, "limits.minimum_area");
        if (Review.Score > NG.Score) throw new PromptADException(Problem.Damaged, "its review limit lies above its NG limit.");
    }
}
