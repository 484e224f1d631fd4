namespace PromptAD.Evaluation;

/// <summary>What a detector's verdicts are worth on test pictures.</summary>
/// <param name="Limits">The limits that they follow from, and what these promise.</param>
/// <param name="Good">The verdicts of good pictures: what is not OK is a false reject.</param>
/// <param name="Defective">The verdicts of defective pictures: what is not OK was found.</param>
public sealed record VerdictFigures(Limits Limits, VerdictCounts Good, VerdictCounts Defective)
{
    /// <summary>Counts the verdicts of pictures that a detector with these limits judged.</summary>
    internal static VerdictFigures Of(Limits limits, IReadOnlyList<ScoredPicture> pictures)
    {
        return new VerdictFigures(limits, Count(defective: false), Count(defective: true));

        VerdictCounts Count(bool defective)
        {
            ILookup<Verdict?, ScoredPicture> kinds = pictures.Where(picture => picture.IsDefective == defective).ToLookup(p => p.Verdict);
            return new VerdictCounts(kinds[Verdict.OK].Count(), kinds[Verdict.Review].Count(), kinds[Verdict.NG].Count());
        }
    }
}

/// <summary>How many pictures got which verdict.</summary>
/// <param name="OK">At most the review limit.</param>
/// <param name="Review">Above the review limit, but not above the NG limit.</param>
/// <param name="NG">Above the NG limit.</param>
public readonly record struct VerdictCounts(int OK, int Review, int NG)
{
    /// <summary>The part above the NG limit.</summary>
    public Proportion AboveNG => new(NG, OK + Review + NG);

    /// <summary>The part above the review limit, those above the NG limit included.</summary>
    public Proportion AboveReview => new(Review + NG, OK + Review + NG);
}
