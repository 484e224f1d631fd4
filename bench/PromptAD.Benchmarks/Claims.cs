using PromptAD.Benchmarks.Ratios;

namespace PromptAD.Benchmarks;

/// <summary>Claims as a table: name, value, target, whether it holds.</summary>
internal static class Claims
{
    private const int NameWidth = 68;

    /// <summary>Those whose name begins as one of the arguments; all without any. Where there are none, it says which there are.</summary>
    public static Ratio[] Choose(IEnumerable<Ratio> all, IReadOnlyCollection<string> beginnings)
    {
        Ratio[] list = [.. all];
        bool Meant(Ratio claim) => beginnings.Count == 0 || beginnings.Any(start => claim.Name.StartsWith(start, StringComparison.Ordinal));
        Ratio[] meant = [.. list.Where(Meant)];
        if (meant.Length == 0)
            Console.Error.WriteLine($"No name begins so. There are:{string.Concat(list.Select(claim => $"\n  {claim.Name}"))}");
        return meant;
    }

    /// <summary>Measures each and prints it as soon as it is measured. One that cannot be measured here does not hold.</summary>
    /// <returns>The exit code: 0 if all hold, else 1.</returns>
    public static int Print(IEnumerable<Ratio> claims)
    {
        Console.WriteLine($"{"name".PadRight(NameWidth)} {"value",10}   {"target",-17} holds");
        bool allHold = true;
        foreach (Ratio claim in claims)
        {
            double value = Measure(claim);
            bool holds = claim.Target.IsReachedBy(value);
            allHold &= holds;
            string name = claim.Name.PadRight(NameWidth);
            Console.WriteLine($"{name} {claim.Target.Print(value),10}   {claim.Target,-17} {(holds ? "yes" : "NO")}");
        }
        return allHold ? 0 : 1;
    }

    private static double Measure(Ratio claim)
    {
        try
        {
            return claim.Measure();
        }
        catch (Exception e) when (e is PromptADException or InvalidOperationException)
        {
            Console.Error.WriteLine(e.Message);
            return double.NaN;
        }
    }
}
