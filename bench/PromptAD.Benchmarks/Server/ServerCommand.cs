using System.Globalization;
using PromptAD.Benchmarks.Ratios;

namespace PromptAD.Benchmarks.Server;

/// <summary>
/// What the inspection service claims: the built program as a process of its own on a free port and a temporary data folder, used through
/// its public interface alone.
/// </summary>
internal static class ServerCommand
{
    private const string Usage =
        "'server' takes --full for the long form, --kills and --inspections with a number from 1 on, and beginnings of names.";

    /// <returns>0 if all hold, 1 if one does not, 2 for anything else that was given.</returns>
    public static int Run(string[] args)
    {
        ServerSizes sizes = args.Contains("--full") ? ServerSizes.Full : ServerSizes.Short;
        var names = new List<string>();
        for (int i = 0; i < args.Length; i++)
        {
            if (args[i] == "--full") continue;
            if (args[i] is "--kills" or "--inspections")
            {
                string? text = i + 1 < args.Length ? args[i + 1] : null;
                if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) || number < 1) return Refuse();
                sizes = args[i] == "--kills" ? sizes with { Kills = number } : sizes with { Inspections = number };
                i++;
            }
            else if (args[i].StartsWith('-')) return Refuse();
            else names.Add(args[i]);
        }
        using var work = new ServerWork(sizes);
        Ratio[] meant = Claims.Choose(
            [.. PaceClaims.List(work), .. KillClaims.List(work), .. MemoryClaims.List(work), .. OutageClaims.List(work)], names);
        if (meant.Length == 0) return 2;
        foreach (string line in Machine.Describe()) Console.WriteLine(line);
        Console.WriteLine();
        return Claims.Print(meant);
    }

    private static int Refuse()
    {
        Console.Error.WriteLine(Usage);
        return 2;
    }
}
