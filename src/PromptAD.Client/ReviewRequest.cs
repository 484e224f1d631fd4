namespace PromptAD.Client;

/// <summary>What a person says of a part.</summary>
/// <param name="As">Good or defect; null takes an earlier review back.</param>
/// <param name="Where">Where the defects are, at most <see cref="MarkedPlace.Most"/>; null or empty where that is not told.</param>
public sealed record ReviewRequest(ReviewedAs? As, IReadOnlyList<MarkedPlace>? Where = null);
