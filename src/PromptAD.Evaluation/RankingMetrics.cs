using PromptAD.Evaluation.Metrics;

namespace PromptAD.Evaluation;

/// <summary>
/// How well scores rank what is defective above what is normal, from every distinct threshold. Ties count as ties: items of equal score
/// are called defective together or not at all.
/// </summary>
/// <param name="Auroc">Area under the ROC curve in [0, 1]: the chance that a defect scores above a normal item, equal scores counted
/// half.</param>
/// <param name="AveragePrecision">Σ (R_i - R_{i-1})·P_i over the distinct thresholds, in [0, 1], without interpolation.</param>
/// <param name="BestF1">Largest F1 = 2TP / (2TP + FP + FN) over all thresholds, in [0, 1].</param>
/// <param name="BestF1Threshold">The lowest threshold that reaches <paramref name="BestF1"/>; a score at or above it is called
/// defective.</param>
public readonly record struct RankingMetrics(double Auroc, double AveragePrecision, double BestF1, double BestF1Threshold)
{
    /// <summary>Measures one score per picture.</summary>
    /// <param name="scores">Anomaly scores, higher is more anomalous; finite, in any order.</param>
    /// <param name="anomalous">The truth, one per score: true for a defective picture.</param>
    /// <exception cref="PromptADException">A score is not finite, or one of the two classes is missing.</exception>
    /// <exception cref="ArgumentException">The spans differ in length.</exception>
    public static RankingMetrics Measure(ReadOnlySpan<double> scores, ReadOnlySpan<bool> anomalous) =>
        WeightedRanking.OfPictures(scores, anomalous).RequireBothClasses("picture").Measure();

    /// <inheritdoc cref="Measure(ReadOnlySpan{double}, ReadOnlySpan{bool})"/>
    public static RankingMetrics Measure(ReadOnlySpan<float> scores, ReadOnlySpan<bool> anomalous) => Measure(Widen(scores), anomalous);

    /// <summary>
    /// Bootstrap intervals of the same figures: pictures are drawn again with replacement, good and defective ones separately.
    /// </summary>
    /// <param name="scores">Anomaly scores, higher is more anomalous; finite, in any order.</param>
    /// <param name="anomalous">The truth, one per score: true for a defective picture.</param>
    /// <param name="options">Number of resamples, level and seed; null for the defaults.</param>
    /// <exception cref="PromptADException">A score is not finite, one of the two classes is missing, or an option is out of
    /// range.</exception>
    /// <exception cref="ArgumentException">The spans differ in length.</exception>
    public static RankingIntervals MeasureIntervals(
        ReadOnlySpan<double> scores, ReadOnlySpan<bool> anomalous, BootstrapOptions? options = null)
    {
        WeightedRanking ranking = WeightedRanking.OfPictures(scores, anomalous).RequireBothClasses("picture");
        return RankingIntervals.From(Bootstrap.Intervals(ranking, options, weights => ranking.Measure(weights).ToArray()));
    }

    /// <inheritdoc cref="MeasureIntervals(ReadOnlySpan{double}, ReadOnlySpan{bool}, BootstrapOptions)"/>
    public static RankingIntervals MeasureIntervals(
        ReadOnlySpan<float> scores, ReadOnlySpan<bool> anomalous, BootstrapOptions? options = null) =>
        MeasureIntervals(Widen(scores), anomalous, options);

    /// <summary>The three figures in the order of <see cref="RankingIntervals"/>.</summary>
    internal double[] ToArray() => [Auroc, AveragePrecision, BestF1];

    private static double[] Widen(ReadOnlySpan<float> scores)
    {
        var wide = new double[scores.Length];
        for (int i = 0; i < wide.Length; i++) wide[i] = scores[i];
        return wide;
    }
}

/// <summary>Bootstrap intervals of <see cref="RankingMetrics"/>.</summary>
/// <param name="Auroc">Interval of the area under the ROC curve.</param>
/// <param name="AveragePrecision">Interval of the average precision.</param>
/// <param name="BestF1">Interval of the best F1; each resample picks its own threshold.</param>
public readonly record struct RankingIntervals(Interval Auroc, Interval AveragePrecision, Interval BestF1)
{
    internal static RankingIntervals From(ReadOnlySpan<Interval> figures) => new(figures[0], figures[1], figures[2]);
}
