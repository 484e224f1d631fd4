namespace PromptAD.Benchmarks.Ratios;

/// <summary>Measures all claims and prints each as a line: name, value, target, whether it holds.</summary>
internal static class RatiosCommand
{
    /// <param name="args">Beginnings of names, to measure some alone; none for all.</param>
    /// <returns>0 if all hold, 1 if one does not, 2 if none was meant.</returns>
    public static int Run(string[] args)
    {
        using var workplace = new Workplace();
        Ratio[] meant = Claims.Choose([.. PredictionRatios.List(workplace), .. TrainingRatios.List(workplace)], args);
        if (meant.Length == 0) return 2;
        foreach (string line in Machine.Describe()) Console.WriteLine(line);
        Console.WriteLine();
        return Claims.Print(meant);
    }
}
