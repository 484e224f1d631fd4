namespace PromptAD.Evaluation.Metrics;

/// <summary>
/// Percentile intervals from drawing whole pictures again, because the pixels of one picture are anything but independent.
/// </summary>
internal static class Bootstrap
{
    /// <summary>Intervals of the figures that <paramref name="measure"/> returns, in its order.</summary>
    /// <param name="ranking">Says how many pictures there are and which hold a defect: the two kinds are drawn separately, so that
    /// every resample holds both.</param>
    /// <param name="options">Null for the defaults.</param>
    /// <param name="measure">Figures for one weight per picture (how often it was drawn); called from several threads.</param>
    public static Interval[] Intervals(WeightedRanking ranking, BootstrapOptions? options, Func<double[], double[]> measure)
    {
        options = (options ?? new BootstrapOptions()).Validated();
        (int[] defective, int[] good) = ranking.PicturesByClass();

        var resampled = new double[options.Resamples][]; // (resamples, figures)
        Parallel.For(0, options.Resamples, resample =>
        {
            var random = new SplitMix64(options.Seed, resample);
            var weights = new double[ranking.Pictures];
            Draw(ref random, defective, weights);
            Draw(ref random, good, weights);
            resampled[resample] = measure(weights);
        });

        var intervals = new Interval[resampled[0].Length];
        for (int figure = 0; figure < intervals.Length; figure++)
        {
            // A figure is 0/0 in the rare resample whose pictures are defective in every pixel; there is nothing to count then.
            double[] values = [.. resampled.Select(r => r[figure]).Where(double.IsFinite)];
            if (values.Length == 0)
                throw new PromptADException(
                    Problem.OutOfRange,
                    $"None of {options.Resamples} resamples held both classes. Use more or add good pictures.");
            intervals[figure] = Percentiles(values, options.Level);
        }
        return intervals;
    }

    /// <summary>What the middle part of some values lies in.</summary>
    public static Interval Percentiles(IEnumerable<double> values, double level)
    {
        double[] sorted = [.. values.Order()];
        return new Interval(Quantile(sorted, (1 - level) / 2), Quantile(sorted, (1 + level) / 2));
    }

    private static void Draw(ref SplitMix64 random, int[] pictures, double[] weights)
    {
        for (int i = 0; i < pictures.Length; i++) weights[pictures[random.Next(pictures.Length)]]++;
    }

    /// <summary>Linear interpolation between the two nearest of the sorted values.</summary>
    private static double Quantile(double[] sorted, double probability)
    {
        double position = probability * (sorted.Length - 1);
        int below = (int)position;
        int above = Math.Min(below + 1, sorted.Length - 1);
        return sorted[below] + (position - below) * (sorted[above] - sorted[below]);
    }
}
