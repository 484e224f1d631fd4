namespace PromptAD.Client;

/// <summary>How many inspections there are of each kind.</summary>
/// <param name="OK">Good parts.</param>
/// <param name="Review">Parts that a person should look at.</param>
/// <param name="NG">Parts that are not good.</param>
/// <param name="Undecided">Judged without a verdict, because the version has no limits.</param>
/// <param name="Failed">Triggers that brought no picture that could be judged; counted apart from <paramref name="NG"/>.</param>
/// <param name="Queued">Not judged yet.</param>
public sealed record InspectionCounts(long OK, long Review, long NG, long Undecided, long Failed, long Queued)
{
    /// <summary>All together.</summary>
    public long All => OK + Review + NG + Undecided + Failed + Queued;
}
