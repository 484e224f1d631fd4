namespace PromptAD.Evaluation.Metrics;

/// <summary>Ratios of counts, with 0/0 = 0.</summary>
internal static class Rates
{
    public static double Share(double part, double rest) => part == 0 ? 0 : part / (part + rest);

    public static double F1(double truePositives, double falsePositives, double falseNegatives) =>
        Share(2 * truePositives, falsePositives + falseNegatives);
}
