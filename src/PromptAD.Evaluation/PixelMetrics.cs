namespace PromptAD.Evaluation;

/// <summary>How well anomaly maps point out defective pixels, over all pixels of all pictures together.</summary>
/// <param name="Ranking">Pixel AUROC, average precision and best F1.</param>
/// <param name="Aupro">Areas under the per-region-overlap curve, one for each false-positive rate that was asked for, in that
/// order.</param>
public sealed record PixelMetrics(RankingMetrics Ranking, IReadOnlyList<Aupro> Aupro);

/// <summary>
/// Area under the per-region-overlap curve: at each threshold, the mean over the 8-connected defect regions of the found share of the
/// region, against the share of normal pixels that are called defective; integrated exactly from 0 to a limit and divided by it.
/// </summary>
/// <param name="FprLimit">Highest false-positive rate that counts, in (0, 1].</param>
/// <param name="Value">The normalised area, in [0, 1].</param>
public readonly record struct Aupro(double FprLimit, double Value);

/// <summary>Bootstrap intervals of <see cref="PixelMetrics"/>.</summary>
/// <param name="Ranking">Intervals of pixel AUROC, average precision and best F1.</param>
/// <param name="Aupro">Intervals of the areas, in the order of the limits that were asked for.</param>
public sealed record PixelIntervals(RankingIntervals Ranking, IReadOnlyList<Interval> Aupro);
