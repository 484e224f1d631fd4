using PromptAD.Benchmarks.Ratios;
using PromptAD.Client;

namespace PromptAD.Benchmarks.Cluster;

/// <summary>Many products on three nodes.</summary>
internal static class ManyProducts
{
    private const int Nodes = 3, Senders = 3, Cached = 20;

    public static IEnumerable<Ratio> List(ClusterWork work)
    {
        ClusterSizes sizes = work.Sizes;
        yield return new Ratio(
            $"products: memory of {Nodes} nodes after {sizes.Products}, of that after {sizes.Compared}",
            Target.AtMost(1.1, "x"), () => MeasureAsync(work).GetAwaiter().GetResult());
    }

    private static async Task<double> MeasureAsync(ClusterWork work)
    {
        ClusterSizes sizes = work.Sizes;
        await using Plant plant = await Plant.OpenAsync(work.Workplace.Store.Folder, Nodes, [$"--Service:CachedDetectors={Cached}"]);
        for (int i = 0; i < sizes.Products; i++) await plant.Site.ImportAsync($"part-{i}", work.Part.Another(i));
        using InspectionClient client = plant.Site.Station(TimeSpan.FromSeconds(30));
        await JudgeAsync(0, sizes.Compared);
        double compared = plant.ResidentMegabytes;
        await JudgeAsync(sizes.Compared, sizes.Products);
        double last = plant.ResidentMegabytes;
        Console.Error.WriteLine(FormattableString.Invariant(
            $"resident {compared:F0} MB after {sizes.Compared} products, {last:F0} MB after {sizes.Products}, of {Nodes} nodes"));
        return last / compared;

        Task JudgeAsync(int from, int to) => Server.Load.SaturateAsync(
            Senders, to - from, number => client.InspectAsync($"part-{from + number}", work.Part.Picture(from + number)));
    }
}
