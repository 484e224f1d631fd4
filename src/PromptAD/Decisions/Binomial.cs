namespace PromptAD.Decisions;

/// <summary>Counts of successes in independent trials that all succeed with the same probability.</summary>
public static class Binomial
{
    private const int Halvings = 60; // to the last digit of a double

    /// <summary>
    /// The probability of success for which at least so many successes are as likely as asked for: the point below which Beta(successes,
    /// trials - successes + 1) lies with probability <paramref name="likelihood"/>.
    /// </summary>
    /// <param name="successes">1 to <paramref name="trials"/>.</param>
    /// <param name="trials">How many trials there are; at least 1.</param>
    /// <param name="likelihood">Between 0 and 1.</param>
    public static double ProbabilityFor(int successes, int trials, double likelihood)
    {
        double low = 0, high = 1;
        for (int step = 0; step < Halvings; step++)
        {
            double middle = (low + high) / 2;
            if (AtLeast(successes, trials, middle) < likelihood) low = middle;
            else high = middle;
        }
        return high;
    }

    /// <summary>The probability of at least so many successes.</summary>
    internal static double AtLeast(int successes, int trials, double probability)
    {
        // As logarithms, because of many trials hardly any power is left.
        double yes = Math.Log(probability), no = Math.Log(1 - probability), ways = 0, fewer = 0;
        for (int i = 0; i < successes; i++)
        {
            fewer += Math.Exp(ways + (i * yes) + ((trials - i) * no));
            ways += Math.Log((trials - i) / (i + 1.0));
        }
        return Math.Max(0, 1 - fewer);
    }
}
