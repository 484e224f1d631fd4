namespace PromptAD.Verification;

/// <summary>One recomputed tensor beside its reference.</summary>
/// <param name="Name">The reference tensor.</param>
/// <param name="Difference">The largest absolute difference.</param>
/// <param name="Tolerance">The largest that is accepted.</param>
public readonly record struct TensorCheck(string Name, double Difference, double Tolerance)
{
    /// <summary>Whether the difference is accepted; one that is not a number never is.</summary>
    public bool Holds => Difference <= Tolerance;

    /// <summary>Compares with a tolerance that is absolute.</summary>
    /// <param name="name">The reference tensor.</param>
    /// <param name="actual">What was computed.</param>
    /// <param name="expected">What the reference has; of another length, nothing holds.</param>
    /// <param name="tolerance">The largest absolute difference that is accepted.</param>
    public static TensorCheck Absolute(string name, ReadOnlySpan<float> actual, ReadOnlySpan<float> expected, double tolerance) =>
        new(name, LargestDifference(actual, expected), tolerance);

    /// <summary>Compares with a tolerance relative to the reference's largest magnitude.</summary>
    /// <param name="name">The reference tensor.</param>
    /// <param name="actual">What was computed.</param>
    /// <param name="expected">What the reference has; of another length, nothing holds.</param>
    /// <param name="tolerance">The largest that is accepted, of that magnitude.</param>
    public static TensorCheck Relative(string name, ReadOnlySpan<float> actual, ReadOnlySpan<float> expected, double tolerance)
    {
        float largest = 0;
        foreach (float value in expected) largest = Math.Max(largest, Math.Abs(value));
        return Absolute(name, actual, expected, tolerance * largest);
    }

    private static double LargestDifference(ReadOnlySpan<float> actual, ReadOnlySpan<float> expected)
    {
        if (actual.Length != expected.Length) return double.PositiveInfinity;
        double largest = 0;
        for (int i = 0; i < actual.Length; i++)
        {
            double difference = Math.Abs((double)actual[i] - expected[i]);
            if (!(difference <= largest)) largest = difference; // also takes up a NaN
            if (double.IsNaN(largest)) return largest;
        }
        return largest;
    }
}
