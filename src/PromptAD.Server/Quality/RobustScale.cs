namespace PromptAD.Server.Quality;

/// <summary>Where values lie and how far they scatter, told in a way that a few defects among them do not change.</summary>
internal static class RobustScale
{
    /// <summary>Makes the median distance as large as the standard deviation where values are normally distributed.</summary>
    private const double ToDeviation = 1.4826;

    /// <summary>
    /// Median, and 1.4826 times the median distance from it; the standard deviation where more than half of them are one value.
    /// </summary>
    /// <param name="values">At least one.</param>
    public static (double Centre, double Spread) Of(IReadOnlyCollection<double> values)
    {
        double centre = Median(values), distance = Median([.. values.Select(one => Math.Abs(one - centre))]);
        if (distance > 0) return (centre, ToDeviation * distance);
        double mean = values.Average();
        return (centre, Math.Sqrt(values.Average(one => (one - mean) * (one - mean))));
    }

    private static double Median(IReadOnlyCollection<double> values)
    {
        double[] sorted = [.. values.Order()];
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }
}
