using PromptAD.Validation;

namespace PromptAD.Scoring;

/// <summary>
/// Where the scores of good pictures lie, read from the good pictures themselves in other places and lights: what brings words and memory
/// to a common scale before they are added. No other picture has a part in it.
/// </summary>
/// <param name="Picture">Text logits of whole pictures, s·(z_g·w_a - z_g·w_n).</param>
/// <param name="Text">Text logits of patches.</param>
/// <param name="Memory">Distances of patches to the memory bank.</param>
public sealed record ScoreScale(MeanAndDeviation Picture, MeanAndDeviation Text, MeanAndDeviation Memory)
{
    /// <exception cref="PromptADException">A value cannot be used.</exception>
    internal void Validate()
    {
        foreach (MeanAndDeviation spread in (MeanAndDeviation[])[Picture, Text, Memory])
        {
            Check.Range(spread.Mean, -1e6f, 1e6f, "scale.mean");
            Check.Range(spread.Deviation, MeanAndDeviation.Smallest, 1e6f, "scale.deviation");
        }
    }
}

/// <summary>Mean and deviation of some values.</summary>
public readonly record struct MeanAndDeviation(float Mean, float Deviation)
{
    /// <summary>
    /// What a deviation is at least, so that good pictures that are all alike do not make every other one infinitely far.
    /// </summary>
    internal const float Smallest = 1e-4f;

    /// <summary>The spread of some values, (n), n at least 1.</summary>
    internal static MeanAndDeviation Of(IReadOnlyCollection<float> values)
    {
        double mean = values.Average(value => (double)value);
        double variance = values.Average(value => (value - mean) * (value - mean));
        return new MeanAndDeviation((float)mean, (float)Math.Sqrt(variance) + Smallest);
    }

    /// <summary>How many deviations above the mean a value is.</summary>
    internal float Standardize(float value) => (value - Mean) / Deviation;
}
