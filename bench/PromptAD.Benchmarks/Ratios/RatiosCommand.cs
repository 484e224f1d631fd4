namespace PromptAD.Benchmarks.Ratios;

/// <summary>Measures all claims and prints each as a line: name, value, target, whether it holds.</summary>
internal static class RatiosCommand
{
    /// <param name="args">Beginnings of names, to measure some alone; none for all.</param>
    /// <returns>0 if all hold, 1 if one does not, 2 if none was meant.</returns>
    public static int Run(string[] args)
    {
        using var workplace = new Workplace();
        Ratio[] all = [.. PredictionRatios.List(workplace), .. TrainingRatios.List(workplace)];
        bool Meant(Ratio ratio) => args.Length == 0 || args.Any(start => ratio.Name.StartsWith(start, StringComparison.Ordinal));
        Ratio[] meant = [.. all.Where(Meant)];
        if (meant.Length == 0)
        {
            Console.Error.WriteLine($"No ratio begins so. There are:{string.Concat(all.Select(ratio => $"\n  {ratio.Name}"))}");
            return 2;
        }
        foreach (string line in Machine.Describe()) Console.WriteLine(line);
        Console.WriteLine();
        Console.WriteLine($"{"name",-68} {"value",10}   {"target",-17} holds");
        int failed = 0;
        foreach (Ratio ratio in meant)
        {
            double value = ratio.Measure();
            bool holds = ratio.Target.IsReachedBy(value);
            if (!holds) failed++;
            Console.WriteLine($"{ratio.Name,-68} {ratio.Target.Print(value),10}   {ratio.Target,-17} {(holds ? "yes" : "NO")}");
        }
        return failed == 0 ? 0 : 1;
    }
}
