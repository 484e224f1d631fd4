using PromptAD.Decisions;

namespace PromptAD.Evaluation;

/// <summary>How many of some cases are of a kind, such as 3 of 40 good pictures that were rejected.</summary>
/// <param name="Count">Those of the kind, 0 to <paramref name="Total"/>.</param>
/// <param name="Total">All of them.</param>
public readonly record struct Proportion(int Count, int Total)
{
    private const double OutsideEachEnd = 0.025;

    /// <summary>Count / Total, in [0, 1]; null for 0/0.</summary>
    public double? Value => Total == 0 ? null : (double)Count / Total;

    /// <summary>
    /// The 95 % interval of Clopper and Pearson, which is exact for few cases and for none of the kind, where a bootstrap would be sure of
    /// itself; null for 0/0. Cases must be independent: pictures of different parts.
    /// </summary>
    public Interval? Interval => Total == 0 ? null : new Interval(
        Count == 0 ? 0 : Binomial.ProbabilityFor(Count, Total, OutsideEachEnd),
        Count == Total ? 1 : Binomial.ProbabilityFor(Count + 1, Total, 1 - OutsideEachEnd));
}
