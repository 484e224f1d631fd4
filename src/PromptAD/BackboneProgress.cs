namespace PromptAD;

/// <summary>How far the download or the import of a backbone is.</summary>
/// <param name="Step">What is being done, such as "Importing".</param>
/// <param name="Fraction">The part done, 0 to 1.</param>
public readonly record struct BackboneProgress(string Step, double Fraction);
