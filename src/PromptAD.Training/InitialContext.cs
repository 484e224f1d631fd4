using PromptAD.Checkpoints;

namespace PromptAD.Training;

/// <summary>
/// Gives the first values of contexts: a name, <see cref="InitialContext.Normal"/> or <see cref="InitialContext.Anomalous"/>, and a number
/// of values.
/// </summary>
/// <param name="name">Which contexts.</param>
/// <param name="count">How many values.</param>
/// <returns>The values, (count).</returns>
public delegate float[] InitialContexts(string name, int count);

/// <summary>The contexts' values before the first step.</summary>
public static class InitialContext
{
    /// <summary>The name of the normal contexts.</summary>
    public const string Normal = "prompt.normal_ctx";

    /// <summary>The name of the anomaly contexts.</summary>
    public const string Anomalous = "prompt.abnormal_ctx";

    private const double Deviation = 0.02;

    /// <summary>From N(0, 0.02²), the same for the same seed on every machine.</summary>
    public static InitialContexts Random(int seed)
    {
        var random = new Random(seed);
        return (_, count) =>
        {
            var values = new float[count];
            for (int i = 0; i < count; i++)
            {
                double radius = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())); // Box-Muller
                values[i] = (float)(Deviation * radius * Math.Cos(2 * Math.PI * random.NextDouble()));
            }
            return values;
        };
    }

    /// <summary>By the rule of the reference values: uniform with the same deviation.</summary>
    internal static float[] ByRule(string name, int count)
    {
        var values = new float[count];
        DeterministicValues.Fill(name, values, (float)(Deviation * Math.Sqrt(3)), 0);
        return values;
    }
}
