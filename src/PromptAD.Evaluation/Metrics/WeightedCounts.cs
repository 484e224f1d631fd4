namespace PromptAD.Evaluation.Metrics;

/// <summary>A confusion whose counts may be weights, with its rates; 0/0 is 0.</summary>
internal readonly record struct WeightedCounts(double TruePositives, double FalsePositives, double TrueNegatives, double FalseNegatives)
{
    public double Precision => Share(TruePositives, FalsePositives);

    public double Recall => Share(TruePositives, FalseNegatives);

    public double FalsePositiveRate => Share(FalsePositives, TrueNegatives);

    public double F1 => Share(2 * TruePositives, FalsePositives + FalseNegatives);

    private static double Share(double part, double rest) => part == 0 ? 0 : part / (part + rest);
}
