namespace PromptAD;

/// <summary>What a calibration was made with.</summary>
/// <param name="Counted">How many pictures were counted: those that were learned from, and repeated ones, are left out.</param>
/// <param name="NearCopies">
/// The numbers, from 0, of counted pictures that are nearly the same as one that was learned from, such as a copy that was saved again:
/// these say little of other parts, and lower the limits.
/// </param>
/// <param name="Unfamiliar">
/// The numbers, from 0, of counted pictures that are far from all that was learned, as those of another product are: these raise the
/// limits.
/// </param>
public sealed record CalibrationReport(int Counted, IReadOnlyList<int> NearCopies, IReadOnlyList<int> Unfamiliar);
