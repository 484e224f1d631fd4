namespace PromptAD.Client;

/// <summary>What a person says of a part.</summary>
/// <param name="As">Good or defect; null takes an earlier review back.</param>
public sealed record ReviewRequest(ReviewedAs? As);
