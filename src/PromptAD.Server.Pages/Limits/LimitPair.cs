namespace PromptAD.Server.Pages.Limits;

/// <summary>Two limits that never cross: one that is moved pushes the other. Pure.</summary>
/// <param name="Review">Scores above it are REVIEW.</param>
/// <param name="NG">Scores above it are NG.</param>
public readonly record struct LimitPair(float Review, float NG)
{
    /// <summary>The review limit moved.</summary>
    public LimitPair WithReview(float review) => new(review, Math.Max(review, NG));

    /// <summary>The NG limit moved.</summary>
    public LimitPair WithNG(float ng) => new(Math.Min(Review, ng), ng);
}
