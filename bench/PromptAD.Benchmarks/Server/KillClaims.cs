using System.Net;
using PromptAD.Benchmarks.Ratios;

namespace PromptAD.Benchmarks.Server;

/// <summary>The service is killed at random moments under load, over and over.</summary>
internal static class KillClaims
{
    private const string Product = "plate";
    private const int LongestLife = 3000; // ms after it is ready

    public static IEnumerable<Ratio> List(ServerWork work)
    {
        var run = new Lazy<Outcome>(() => MeasureAsync(work).GetAwaiter().GetResult());
        int kills = work.Sizes.Kills;
        yield return new Ratio($"kills: {kills} times, acknowledged inspections", Target.AtLeast(kills, ""), () => run.Value.Acknowledged);
        yield return new Ratio("kills: of these lost, unjudged or without picture", Target.AtMost(0, ""), () => run.Value.Kept.Lost);
        yield return new Ratio("kills: inspections that are there twice", Target.AtMost(0, ""), () => run.Value.Kept.Twice);
        yield return new Ratio("kills: breaks of the audit trail", Target.AtMost(0, ""), () => run.Value.Kept.Breaks);
        yield return new Ratio("kills: unexpected errors told", Target.AtMost(0, ""), () => run.Value.Errors);
        yield return new Ratio("kills: longest start until it is ready", Target.AtMost(5, " s"), () => run.Value.LongestStart.TotalSeconds);
    }

    private sealed record Outcome(int Acknowledged, Kept Kept, int Errors, TimeSpan LongestStart);

    private static async Task<Outcome> MeasureAsync(ServerWork work)
    {
        await using Site site = await Site.OpenAsync(work.Workplace.Store.Folder);
        await site.ImportAsync(Product, work.Part.Detector);
        var senders = new Senders(site, work.Part, Product);
        senders.Start();
        await senders.AdvanceAsync(1);
        var random = new Random(1);
        TimeSpan longest = TimeSpan.Zero;
        for (int kill = 0; kill < work.Sizes.Kills; kill++)
        {
            await Task.Delay(random.Next(LongestLife));
            await site.KillAsync();
            TimeSpan start = await site.StartAsync();
            longest = start > longest ? start : longest;
        }
        await senders.AdvanceAsync(1);
        await senders.StopAsync();
        int errors = senders.RefusalsBeside(HttpStatusCode.TooManyRequests, HttpStatusCode.ServiceUnavailable);
        return new Outcome(senders.Acknowledged, await senders.CheckAsync(), errors, longest);
    }
}
