using System.Globalization;
using PromptAD.Benchmarks.Ratios;
using PromptAD.Client;

namespace PromptAD.Benchmarks.Server;

/// <summary>The memory of the service over many inspections and many products.</summary>
internal static class MemoryClaims
{
    private const int Senders = 2, Samples = 200;

    public static IEnumerable<Ratio> List(ServerWork work)
    {
        ServerSizes sizes = work.Sizes;
        yield return new Ratio(
            $"endurance: {sizes.Inspections} inspections, memory of the last tenth, of the second's",
            Target.AtMost(1.05, "x"), () => EndureAsync(work).GetAwaiter().GetResult());
        var products = new Lazy<Growth>(() => JudgeAllAsync(work).GetAwaiter().GetResult());
        yield return new Ratio(
            $"products: memory after {sizes.Products}, of that after {sizes.Compared}",
            Target.AtMost(1.1, "x"), () => products.Value.Memory);
        yield return new Ratio("products: detectors in memory", Target.AtMost(sizes.Cached, ""), () => products.Value.Detectors);
    }

    private sealed record Growth(double Memory, double Detectors);

    /// <returns>The mean of the last tenth, of that of the second tenth.</returns>
    private static async Task<double> EndureAsync(ServerWork work)
    {
        await using Site site = await Site.OpenAsync(work.Workplace.Store.Folder);
        await site.ImportAsync("plate", work.Part.Detector);
        using InspectionClient client = site.Station(TimeSpan.Zero);
        int between = Math.Max(1, work.Sizes.Inspections / Samples);
        var resident = new List<double>();
        await Load.SaturateAsync(Senders, work.Sizes.Inspections, async number =>
        {
            await client.InspectAsync("plate", work.Part.Picture(number));
            if (number % between > 0) return;
            lock (resident) resident.Add(site.Service.ResidentMegabytes);
        });
        int tenth = resident.Count / 10;
        double second = resident.Skip(tenth).Take(tenth).Average(), last = resident.TakeLast(tenth).Average();
        Tell($"resident {second:F0} MB in the second tenth, {last:F0} MB in the last");
        return last / second;
    }

    private static async Task<Growth> JudgeAllAsync(ServerWork work)
    {
        ServerSizes sizes = work.Sizes;
        await using Site site = await Site.OpenAsync(work.Workplace.Store.Folder, [$"--Service:CachedDetectors={sizes.Cached}"]);
        for (int i = 0; i < sizes.Products; i++) await site.ImportAsync($"part-{i}", work.Part.Another(i));
        using InspectionClient client = site.Station(TimeSpan.Zero);
        double compared = 0;
        for (int i = 0; i < sizes.Products; i++)
        {
            await client.InspectAsync($"part-{i}", work.Part.Picture(i));
            if (i + 1 == sizes.Compared) compared = site.Service.ResidentMegabytes;
        }
        double last = site.Service.ResidentMegabytes;
        Tell($"resident {compared:F0} MB after {sizes.Compared} products, {last:F0} MB after {sizes.Products}");
        string? line = (await site.MetricsAsync()).FirstOrDefault(one => one.StartsWith("promptad_detectors", StringComparison.Ordinal));
        double detectors = line is null ? double.NaN : double.Parse(line.Split(' ')[1], CultureInfo.InvariantCulture);
        return new Growth(last / compared, detectors);
    }

    /// <summary>What a ratio is made of; not part of the table.</summary>
    private static void Tell(FormattableString line) => Console.Error.WriteLine(FormattableString.Invariant(line));
}
