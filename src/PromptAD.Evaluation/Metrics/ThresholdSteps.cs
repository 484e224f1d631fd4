namespace PromptAD.Evaluation.Metrics;

/// <summary>The 200 thresholds of the published AUPRO and the area under the curve that they sample.</summary>
internal sealed class ThresholdSteps
{
    private const int Steps = 200;

    private readonly uint[] _keys = new uint[Steps];

    /// <summary>Thresholds in equal steps from the highest score down; the lowest itself is not one of them.</summary>
    public ThresholdSteps(float lowest, float highest)
    {
        // The published program steps in double but compares in single precision.
        double step = (double)(highest - lowest) / Steps;
        for (int s = 0; s < Steps; s++) _keys[s] = ScoreKey.Of((float)(highest - s * step));
    }

    /// <summary>For each threshold, the sum of the amounts whose score lies above it.</summary>
    /// <param name="fromHighest">Amounts by score key, descending.</param>
    public double[] SumsAbove(IEnumerable<(uint Key, double Amount)> fromHighest)
    {
        var sums = new double[Steps];
        double sum = 0;
        int s = 0;
        foreach ((uint key, double amount) in fromHighest)
        {
            while (s < Steps && key <= _keys[s]) sums[s++] = sum;
            if (s == Steps) break;
            sum += amount;
        }
        for (; s < Steps; s++) sums[s] = sum;
        return sums;
    }

    /// <summary>Trapezoids over the steps up to the limit, the rates stretched so that the last of them becomes 1; null for 0/0.</summary>
    public static double? Area(double[] falsePositiveRates, double[] overlaps, double fprLimit)
    {
        int last = Array.FindLastIndex(falsePositiveRates, rate => rate <= fprLimit);
        double end = falsePositiveRates[last];
        if (end == 0) return null;
        double area = 0;
        for (int s = 1; s <= last; s++)
            area += (falsePositiveRates[s] - falsePositiveRates[s - 1]) * (overlaps[s] + overlaps[s - 1]) / 2;
        return area / end;
    }
}
