namespace PromptAD.Decisions;

/// <summary>How much the words of a product count beside its memory, and what that was found from.</summary>
/// <param name="TextWeight">The weight of the words, as <see cref="ScoringOptions.TextWeight"/>.</param>
/// <param name="ClassToken">Whether the class token counts, as <see cref="ScoringOptions.ClassToken"/>.</param>
/// <param name="Copies">How many copies of good pictures with painted defects were judged.</param>
/// <param name="ToldApart">How well a copy is told from a good picture with these weights: of 1, which is always.</param>
/// <param name="ToldApartByMemory">The same with the memory alone.</param>
public sealed record WordWeights(float TextWeight, bool ClassToken, int Copies, double ToldApart, double ToldApartByMemory);
