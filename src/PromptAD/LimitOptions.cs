using PromptAD.Validation;

namespace PromptAD;

/// <summary>
/// Where the limits are to lie: each by how many good parts may be above it, or as a score. A score goes before a rate.
/// </summary>
public sealed record LimitOptions
{
    /// <summary>The least that a rate may be.</summary>
    public const double SmallestRate = 1e-4;

    /// <summary>The most that a rate may be.</summary>
    public const double LargestRate = 0.5;

    /// <summary>The most that <see cref="MinimumArea"/> may be, in pixels.</summary>
    public const double LargestArea = (double)CameraFrame.MaxSide * CameraFrame.MaxSide;

    private const float Middle = 0.5f; // of a score that is not given

    /// <summary>The part of good pictures that may score above the review limit.</summary>
    /// <value>0.0001 to 0.5 and not below <see cref="NGRate"/>; 0.05 by default.</value>
    public double ReviewRate { get; init; } = 0.05;

    /// <summary>The part of good pictures that may score above the NG limit.</summary>
    /// <value>0.0001 to 0.5; 0.01 by default.</value>
    public double NGRate { get; init; } = 0.01;

    /// <summary>The part of good pictures that may have a place in their map above the pixel limit.</summary>
    /// <value>0.0001 to 0.5; 0.05 by default.</value>
    public double PixelRate { get; init; } = 0.05;

    /// <summary>The review limit as a score; null to take <see cref="ReviewRate"/>.</summary>
    /// <value>Between 0 and 1, without these two, and not above the NG limit; null by default.</value>
    public float? ReviewScore { get; init; }

    /// <summary>The NG limit as a score; null to take <see cref="NGRate"/>.</summary>
    /// <value>Between 0 and 1, without these two, and not below the review limit; null by default.</value>
    public float? NGScore { get; init; }

    /// <summary>The pixel limit as a map value; null to take <see cref="PixelRate"/>.</summary>
    /// <value>0 to 1; null by default.</value>
    public float? PixelScore { get; init; }

    /// <summary>Regions of fewer pixels of the judged picture are left out. The verdict does not depend on it.</summary>
    /// <value>0 or more; 0 by default.</value>
    public double MinimumArea { get; init; }

    /// <summary>Whether a limit is to be found from good pictures.</summary>
    internal bool NeedsGoodScores => ReviewScore is null || NGScore is null || PixelScore is null;

    /// <summary>The options that gave these limits; the usual ones where there are none.</summary>
    public static LimitOptions Of(Limits? limits)
    {
        var usual = new LimitOptions();
        return limits is null
            ? usual
            : new LimitOptions
            {
                ReviewRate = limits.Review.Rate ?? usual.ReviewRate,
                NGRate = limits.NG.Rate ?? usual.NGRate,
                PixelRate = limits.Pixel.Rate ?? usual.PixelRate,
                ReviewScore = Given(limits.Review),
                NGScore = Given(limits.NG),
                PixelScore = Given(limits.Pixel),
                MinimumArea = limits.MinimumArea,
            };

        static float? Given(Limit limit) => limit.Basis == LimitBasis.Given ? limit.Score : null;
    }

    /// <summary>
    /// The same for limits that are to be found from good pictures: rates and minimum area stay. A limit that was given as a score gets the
    /// usual rate, or the other's where that would cross it.
    /// </summary>
    public static LimitOptions ToFindAgain(Limits? limits)
    {
        LimitOptions before = Of(limits);
        return before with
        {
            ReviewRate = before.ReviewScore is null ? before.ReviewRate : Math.Max(before.ReviewRate, before.NGRate),
            NGRate = before.NGScore is null ? before.NGRate : Math.Min(before.NGRate, before.ReviewRate),
            ReviewScore = null,
            NGScore = null,
            PixelScore = null,
        };
    }

    /// <summary>Refuses options that cannot be used.</summary>
    /// <exception cref="PromptADException">A value is out of its range, or the limits are crossed.</exception>
    public void Validate()
    {
        Check.Range(ReviewRate, SmallestRate, LargestRate, nameof(ReviewRate));
        Check.Range(NGRate, SmallestRate, LargestRate, nameof(NGRate));
        Check.Range(PixelRate, SmallestRate, LargestRate, nameof(PixelRate));
        Check.Inside(ReviewScore ?? Middle, nameof(ReviewScore)); // as odds, 0 and 1 are no limits
        Check.Inside(NGScore ?? Middle, nameof(NGScore));
        Check.Range(PixelScore ?? 0, 0, 1, nameof(PixelScore));
        Check.Range(MinimumArea, 0, LargestArea, nameof(MinimumArea));
        if (ReviewScore is null && NGScore is null && ReviewRate < NGRate)
        {
            throw new PromptADException(
                Problem.InvalidArgument,
                $"The review rate is {ReviewRate} and the NG rate {NGRate}; more good parts go to review than to NG, so the review rate "
                + $"must "
                + "not be smaller.");
        }
        if (ReviewScore > NGScore)
        {
            throw new PromptADException(
                Problem.OutOfRange,
                $"The review limit is {ReviewScore} and the NG limit {NGScore}; the review limit must not lie above the NG limit.");
        }
    }
}
