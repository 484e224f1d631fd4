using System.Diagnostics;
using System.Net;
using Npgsql;
using PromptAD.Benchmarks.Ratios;
using PromptAD.Benchmarks.Server;

namespace PromptAD.Benchmarks.Cluster;

/// <summary>A node is killed, a node is cut off from the others, the database is away: under load.</summary>
internal static class LossClaims
{
    private const string Product = "plate";
    private const int Nodes = 3, Some = 20;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public static IEnumerable<Ratio> List(ClusterWork work)
    {
        ClusterSizes sizes = work.Sizes;
        return
        [
            .. Common($"killed: a node of {Nodes}, {sizes.Kills} times", work, KillAsync),
            .. Common($"cut off: a node of {Nodes} for {sizes.Away:0} s", work, CutOffAsync),
            .. Common($"database: away for {sizes.Away:0} s", work, StopDatabaseAsync),
        ];
    }

    /// <param name="Acknowledged">Inspections that were acknowledged.</param>
    /// <param name="Kept">What is there in the end.</param>
    /// <param name="Errors">Pictures that were refused otherwise than by asking for another try.</param>
    /// <param name="Seconds">The longest time until every sender had answers again.</param>
    private sealed record Outcome(int Acknowledged, Kept Kept, int Errors, double Seconds);

    private static IEnumerable<Ratio> Common(string name, ClusterWork work, Func<ClusterWork, Task<Outcome>> measure)
    {
        var outcome = new Lazy<Outcome>(() => measure(work).GetAwaiter().GetResult());
        string first = name.Split(':')[0];
        yield return new Ratio($"{name}, acknowledged", Target.AtLeast(Some, ""), () => outcome.Value.Acknowledged);
        yield return new Ratio($"{first}: of these lost, unjudged or without picture", Target.AtMost(0, ""), () => outcome.Value.Kept.Lost);
        yield return new Ratio($"{first}: inspections that are there twice", Target.AtMost(0, ""), () => outcome.Value.Kept.Twice);
        yield return new Ratio($"{first}: breaks of the audit trail", Target.AtMost(0, ""), () => outcome.Value.Kept.Breaks);
        yield return new Ratio($"{first}: unexpected errors told", Target.AtMost(0, ""), () => outcome.Value.Errors);
        yield return new Ratio($"{first}: longest until every sender has answers", Target.AtMost(15, " s"), () => outcome.Value.Seconds);
    }

    private static async Task<Outcome> KillAsync(ClusterWork work)
    {
        await using Plant plant = await Plant.OpenAsync(work.Workplace.Store.Folder, Nodes);
        Senders senders = await StartAsync(plant, work);
        double longest = 0;
        for (int kill = 0; kill < work.Sizes.Kills; kill++)
        {
            await plant.KillAsync(kill % Nodes);
            longest = Math.Max(longest, await AnswersAsync(senders));
            await plant.StartAsync(kill % Nodes);
            await senders.AdvanceAsync(Some);
        }
        return await FinishAsync(senders, longest);
    }

    private static async Task<Outcome> StopDatabaseAsync(ClusterWork work)
    {
        await using Plant plant = await Plant.OpenAsync(work.Workplace.Store.Folder, Nodes);
        Senders senders = await StartAsync(plant, work);
        await plant.Database.StopAsync();
        await Task.Delay(TimeSpan.FromSeconds(work.Sizes.Away));
        await plant.Database.StartAgainAsync();
        return await FinishAsync(senders, await AnswersAsync(senders));
    }

    /// <summary>
    /// One node has a network of its own, which is taken away for a while. It sees neither the others nor the database, and the load balancer
    /// does not see it. When the network is back, the node learns that it counts as gone, and ends; then it is started anew.
    /// </summary>
    private static async Task<Outcome> CutOffAsync(ClusterWork work)
    {
        if (Environment.UserName != "root" || !File.Exists("/usr/sbin/ip"))
            throw new InvalidOperationException("A network of its own needs root and 'ip' (apt-get install iproute2).");
        using var network = new OwnNetwork();
        await using var toDatabase = new Balancer(IPAddress.Parse(OwnNetwork.Host));
        string store = work.Workplace.Store.Folder;
        await using Plant plant = await Plant.OpenAsync(store, Nodes - 1, address: OwnNetwork.Host);
        var connection = new NpgsqlConnectionStringBuilder(plant.Connection);
        toDatabase.Add(connection.Host!, connection.Port);
        (connection.Host, connection.Port) = (OwnNetwork.Host, toDatabase.EndPoint.Port);
        await using Plant.Node third = await plant.AddAsync(
            store, [$"--database={connection.ConnectionString}", .. Plant.Own(Nodes, OwnNetwork.Node)],
            [.. network.Before, ServiceProcess.Program], OwnNetwork.Node);
        Senders senders = await StartAsync(plant, work);
        network.Cut();
        double seconds = await AnswersAsync(senders);
        await Task.Delay(TimeSpan.FromSeconds(work.Sizes.Away));
        network.Mend();
        var waited = Stopwatch.StartNew();
        while (!third.Service!.HasEnded && waited.Elapsed < Patience) await Task.Delay(50);
        if (!third.Service.HasEnded) throw new InvalidOperationException($"The node that was cut off does not end. It said:\n{third.Service.Said}");
        await third.StartAsync();
        await senders.AdvanceAsync(Some);
        return await FinishAsync(senders, seconds);
    }

    private static async Task<Senders> StartAsync(Plant plant, ClusterWork work)
    {
        await plant.Site.ImportAsync(Product, work.Part.Detector);
        var senders = new Senders(plant.Site, work.Part, Product);
        senders.Start();
        await senders.AdvanceAsync(Some);
        return senders;
    }

    private static async Task<double> AnswersAsync(Senders senders)
    {
        var watch = Stopwatch.StartNew();
        await senders.AdvanceAllAsync();
        return watch.Elapsed.TotalSeconds;
    }

    private static async Task<Outcome> FinishAsync(Senders senders, double seconds)
    {
        await senders.AdvanceAsync(Some);
        await senders.StopAsync();
        int errors = senders.RefusalsBeside(HttpStatusCode.TooManyRequests, HttpStatusCode.ServiceUnavailable);
        return new Outcome(senders.Acknowledged, await senders.CheckAsync(), errors, seconds);
    }
}
