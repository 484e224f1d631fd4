using PromptAD.Evaluation.Metrics;

namespace PromptAD.Evaluation;

/// <summary>What happens when everything that scores at or above a threshold is called defective. A rate of nothing (0/0) is 0.</summary>
/// <param name="TruePositives">Defective and called defective.</param>
/// <param name="FalsePositives">Normal, but called defective: false alarms.</param>
/// <param name="TrueNegatives">Normal and called normal.</param>
/// <param name="FalseNegatives">Defective, but called normal: misses.</param>
public readonly record struct Confusion(long TruePositives, long FalsePositives, long TrueNegatives, long FalseNegatives)
{
    /// <summary>Share of what was called defective that is, TP / (TP + FP), in [0, 1].</summary>
    public double Precision => Counts.Precision;

    /// <summary>Share of the defective that was found, TP / (TP + FN), in [0, 1].</summary>
    public double Recall => Counts.Recall;

    /// <summary>Share of the normal that was called defective, FP / (FP + TN), in [0, 1].</summary>
    public double FalsePositiveRate => Counts.FalsePositiveRate;

    /// <summary>Harmonic mean of precision and recall, 2TP / (2TP + FP + FN), in [0, 1].</summary>
    public double F1 => Counts.F1;

    /// <summary>Counts one score per picture.</summary>
    /// <param name="threshold">A score at or above it is called defective; any number but NaN.</param>
    /// <param name="scores">Anomaly scores; finite, in any order.</param>
    /// <param name="anomalous">The truth, one per score: true for a defective picture. One class alone is allowed.</param>
    /// <exception cref="PromptADException">A score is not finite, or the threshold is NaN.</exception>
    /// <exception cref="ArgumentException">The spans differ in length.</exception>
    public static Confusion At(double threshold, ReadOnlySpan<double> scores, ReadOnlySpan<bool> anomalous) =>
        FromWhole(WeightedRanking.OfPictures(scores, anomalous).CountAt(Checked(threshold)));

    /// <summary>Bootstrap intervals of the rates: pictures are drawn again with replacement, good and defective ones separately.</summary>
    /// <param name="threshold">A score at or above it is called defective; any number but NaN.</param>
    /// <param name="scores">Anomaly scores; finite, in any order.</param>
    /// <param name="anomalous">The truth, one per score: true for a defective picture.</param>
    /// <param name="options">Number of resamples, level and seed; null for the defaults.</param>
    /// <exception cref="PromptADException">A score is not finite, the threshold is NaN, or an option is out of range.</exception>
    /// <exception cref="ArgumentException">The spans differ in length.</exception>
    public static ConfusionIntervals IntervalsAt(
        double threshold, ReadOnlySpan<double> scores, ReadOnlySpan<bool> anomalous, BootstrapOptions? options = null) =>
        ConfusionIntervals.At(Checked(threshold), WeightedRanking.OfPictures(scores, anomalous), options);

    internal static double Checked(double threshold) => double.IsNaN(threshold)
        ? throw new PromptADException(
            Problem.OutOfRange,
            "The threshold is NaN; give a number, for instance the one that calibration found.")
        : threshold;

    private static Confusion FromWhole(WeightedCounts counts) =>
        new((long)counts.TruePositives, (long)counts.FalsePositives, (long)counts.TrueNegatives, (long)counts.FalseNegatives);

    private WeightedCounts Counts => new(TruePositives, FalsePositives, TrueNegatives, FalseNegatives);
}

/// <summary>Bootstrap intervals of the rates of a <see cref="Confusion"/>.</summary>
/// <param name="Precision">Interval of the precision.</param>
/// <param name="Recall">Interval of the recall.</param>
/// <param name="FalsePositiveRate">Interval of the false-positive rate.</param>
/// <param name="F1">Interval of F1 at this threshold.</param>
public readonly record struct ConfusionIntervals(Interval Precision, Interval Recall, Interval FalsePositiveRate, Interval F1)
{
    internal static ConfusionIntervals At(double threshold, WeightedRanking ranking, BootstrapOptions? options)
    {
        Interval[] rates = Bootstrap.Intervals(ranking, options, weights =>
        {
            WeightedCounts counts = ranking.CountAt(threshold, weights);
            return [counts.Precision, counts.Recall, counts.FalsePositiveRate, counts.F1];
        });
        return new ConfusionIntervals(rates[0], rates[1], rates[2], rates[3]);
    }
}
