namespace PromptAD.Evaluation.Metrics;

/// <summary>Compares two detectors by their image AUROC on the same pictures.</summary>
internal static class PairedAuroc
{
    /// <summary>The first AUROC minus the second, with a percentile interval from drawing whole groups of pictures again.</summary>
    /// <param name="first">Scores of one detector.</param>
    /// <param name="second">Scores of the other, of the same pictures.</param>
    /// <param name="anomalous">The truth, one a score.</param>
    /// <param name="groups">
    /// For each score, which group it belongs to, from 0: a picture and all copies of it, which are alike. Each holds both classes.
    /// </param>
    /// <param name="options">Number of resamples, level and seed; null for the defaults.</param>
    public static PairedDifference Difference(
        double[] first, double[] second, bool[] anomalous, int[] groups, BootstrapOptions? options = null)
    {
        options = (options ?? new BootstrapOptions()).Validated();
        var one = WeightedRanking.OfPictures(first, anomalous);
        var other = WeightedRanking.OfPictures(second, anomalous);
        double Measure(double[]? weights) => one.Measure(weights).Auroc - other.Measure(weights).Auroc;
        int count = groups.Max() + 1;
        var resampled = new double[options.Resamples];
        for (int resample = 0; resample < resampled.Length; resample++)
        {
            var random = new SplitMix64(options.Seed, resample);
            var drawn = new double[count];
            for (int i = 0; i < count; i++) drawn[random.Next(count)]++;
            resampled[resample] = Measure([.. groups.Select(group => drawn[group])]);
        }
        return new PairedDifference(Measure(null), Bootstrap.Percentiles(resampled, options.Level));
    }
}
