namespace PromptAD.Evaluation;

/// <summary>A confidence interval of a figure.</summary>
/// <param name="Lower">Lower end, included.</param>
/// <param name="Upper">Upper end, included.</param>
public readonly record struct Interval(double Lower, double Upper);

/// <summary>How bootstrap intervals are made. The same seed gives the same interval on every machine, however many cores it has.</summary>
public sealed record BootstrapOptions
{
    /// <summary>How often the set is drawn again.</summary>
    /// <value>1 to 1 000 000; default 1000.</value>
    public int Resamples { get; init; } = 1000;

    /// <summary>Probability that the interval is to cover; its ends are the percentiles (1 ± Level) / 2 of the resampled figures.</summary>
    /// <value>Above 0 and below 1; default 0.95.</value>
    public double Level { get; init; } = 0.95;

    /// <summary>Start of the random draws.</summary>
    /// <value>Any number; default 0.</value>
    public int Seed { get; init; }

    internal BootstrapOptions Validated()
    {
        if (Resamples is < 1 or > 1_000_000)
            throw new PromptADException(
                Problem.OutOfRange,
                $"{Resamples} bootstrap resamples were asked for; 1 to 1000000 are allowed. Use 1000.");
        if (!(Level > 0 && Level < 1))
            throw new PromptADException(
                Problem.OutOfRange,
                $"The level of an interval was given as {Level}; it must lie between 0 and 1. Use 0.95 for 95 %.");
        return this;
    }
}
