namespace PromptAD.Server.Jobs;

/// <summary>How far a running job is; kept in memory alone.</summary>
/// <param name="Fraction">The part that is done, 0 to 1.</param>
/// <param name="Step">What it is doing.</param>
internal sealed record JobProgress(double Fraction, string? Step);
