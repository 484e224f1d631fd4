using PromptAD.Benchmarks.Ratios;

namespace PromptAD.Benchmarks.Cluster;

/// <summary>
/// What a cluster claims: nodes as processes of this machine, on one database and one folder, behind a load balancer of this process.
/// </summary>
internal static class ClusterCommand
{
    private const string Usage = "'cluster' takes --full for the long form, and beginnings of names.";

    /// <returns>0 if all hold, 1 if one does not, 2 for anything else that was given.</returns>
    public static int Run(string[] args)
    {
        if (args.FirstOrDefault(one => one.StartsWith('-') && one != "--full") is not null)
        {
            Console.Error.WriteLine(Usage);
            return 2;
        }
        using var work = new ClusterWork(args.Contains("--full") ? ClusterSizes.Full : ClusterSizes.Short);
        string[] names = [.. args.Where(one => one != "--full")];
        Ratio[] meant = Claims.Choose([.. ScalingClaims.List(work), .. LossClaims.List(work), .. ManyProducts.List(work)], names);
        if (meant.Length == 0) return 2;
        foreach (string line in Machine.Describe()) Console.WriteLine(line);
        Console.WriteLine();
        return Claims.Print(meant);
    }
}
