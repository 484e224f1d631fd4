namespace PromptAD.Server.Quality;

/// <summary>
/// An exponentially weighted moving average with its control limits:
/// <c>z_t = λ·x_t + (1-λ)·z_(t-1)</c> from <c>z_0 = μ</c> on, limits <c>μ ± L·σ·sqrt(λ/(2-λ)·(1-(1-λ)^(2t)))</c>.
/// </summary>
/// <param name="centre">μ, where values lie.</param>
/// <param name="spread">σ, how far they scatter.</param>
/// <param name="weight">λ, what a new value weighs, above 0 and at most 1.</param>
/// <param name="width">L, how many σ the limits are away, before the average is taken into account.</param>
internal sealed class Ewma(double centre, double spread, double weight = Ewma.UsualWeight, double width = Ewma.UsualWidth)
{
    /// <summary>λ: the last five values weigh two thirds, the last ten nine tenths.</summary>
    public const double UsualWeight = 0.2;

    /// <summary>L.</summary>
    public const double UsualWidth = 3;

    private double remaining = 1; // (1-λ)^(2t)
    private double? smoothed;

    /// <summary>Takes the next value.</summary>
    public EwmaPoint Next(double value)
    {
        double average = (weight * value) + ((1 - weight) * (smoothed ?? centre));
        smoothed = average;
        remaining *= (1 - weight) * (1 - weight);
        double reach = width * spread * Math.Sqrt(weight / (2 - weight) * (1 - remaining));
        return new EwmaPoint(average, centre - reach, centre + reach);
    }
}

/// <summary>The average after a value.</summary>
/// <param name="Smoothed">z_t.</param>
/// <param name="Lower">The lower limit at t.</param>
/// <param name="Upper">The upper limit at t.</param>
internal readonly record struct EwmaPoint(double Smoothed, double Lower, double Upper)
{
    /// <summary>Whether the average lies outside its limits.</summary>
    public bool IsOut => Smoothed < Lower || Smoothed > Upper;
}
