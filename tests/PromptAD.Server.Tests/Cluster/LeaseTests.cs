using System.Net;
using System.Net.Http.Json;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using PromptAD.Client;
using PromptAD.Server.Operations;
using PromptAD.Server.Tests.Fixtures;
using static PromptAD.Server.Tests.Fixtures.ServiceUnderTest;

namespace PromptAD.Server.Tests.Cluster;

/// <summary>Work that is done by one node at a time.</summary>
public sealed class LeaseTests(TinyBackbone backbone, PostgresCluster cluster) : TemporaryFolder
{
    private const string Work = "work of a test";

    [Fact]
    public async Task Work_is_done_by_one_node_at_a_time_and_by_none_that_has_lost_its_lease()
    {
        PostgresCluster.Demand();
        string database = await cluster.NewDatabaseAsync();
        await using ServiceUnderTest first = await ClusterTests.NodeAsync(InFolder("data"), backbone, database, "a");
        await using ServiceUnderTest second = await ClusterTests.NodeAsync(InFolder("data"), backbone, database, "b");
        using var stopping = new CancellationTokenSource();
        int atWork = 0, most = 0, begun = 0;
        Lock counting = new();
        Task[] both = [.. new[] { first, second }.Select(node => node.Services.GetRequiredService<ILeases>().RunAsync(Work, DoAsync, stopping.Token))];
        await Until(() => atWork == 1, "work of one node");
        await Task.Delay(TimeSpan.FromSeconds(8)); // longer than a lease that nobody renews
        Assert.Equal(1, most);
        Assert.InRange(begun, 1, 2); // a machine that stands still for some seconds loses it once

        // Somebody else has it: as after a pause that was longer than the lease.
        await RunAsync("UPDATE leases SET holder = 'another node', until = clock_timestamp() + interval '1 hour' WHERE name = @name");
        await Until(() => atWork == 0, "the end of work");
        int before = begun;
        await Task.Delay(TimeSpan.FromSeconds(4));
        Assert.Equal((0, before), (atWork, begun));

        await RunAsync("DELETE FROM leases WHERE name = @name");
        await Until(() => atWork == 1, "work again");
        Assert.Equal(1, most);
        await stopping.CancelAsync();
        await Task.WhenAll(both);
        Assert.Equal(0, atWork);

        async Task DoAsync(CancellationToken turn)
        {
            Interlocked.Increment(ref begun);
            int now = Interlocked.Increment(ref atWork);
            lock (counting) most = Math.Max(most, now);
            await WaitAsync(turn);
            Interlocked.Decrement(ref atWork);
        }

        async Task RunAsync(string text)
        {
            await using var connection = new NpgsqlConnection(database);
            await connection.OpenAsync();
            await using var command = new NpgsqlCommand(text, connection);
            command.Parameters.AddWithValue("name", Work);
            Assert.Equal(1, await command.ExecuteNonQueryAsync());
        }
    }

    [Fact]
    public async Task A_node_that_does_not_reach_the_store_gives_its_work_to_others()
    {
        PostgresCluster.Demand();
        string database = await cluster.NewDatabaseAsync();
        Directory.CreateDirectory(InFolder("mounted"));
        Directory.CreateSymbolicLink(InFolder("data"), InFolder("mounted"));
        await using ServiceUnderTest first = await ClusterTests.NodeAsync(InFolder("data"), backbone, database, "a");
        await using ServiceUnderTest second = await ClusterTests.NodeAsync(InFolder("mounted"), backbone, database, "b");
        using var stopping = new CancellationTokenSource();
        Task[] all =
        [
            .. from node in new[] { first, second }
               from i in Enumerable.Range(0, 24)
               select node.Services.GetRequiredService<ILeases>().RunAsync($"{Work} {i}", WaitAsync, stopping.Token),
        ];
        await ShareAsync(second, a => a.Does.Count > 0, b => b.Does.Count > 0, "work of both");

        Directory.Delete(InFolder("data"));
        await ShareAsync(second, a => a.Does.Count == 0, b => b.Does.Count > 24, "work of one");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await first.Anonymous.GetAsync("/health/ready")).StatusCode);
        Assert.False(Directory.Exists(InFolder("data")));

        Directory.CreateSymbolicLink(InFolder("data"), InFolder("mounted"));
        await ShareAsync(second, a => a.Does.Count > 0, b => b.Does.Count > 0, "work of both again");
        await stopping.CancelAsync();
        await Task.WhenAll(all);
    }

    [Fact]
    public async Task A_node_that_drains_no_more_gets_work_again()
    {
        PostgresCluster.Demand();
        string database = await cluster.NewDatabaseAsync();
        await using ServiceUnderTest first = await ClusterTests.NodeAsync(InFolder("data"), backbone, database, "a");
        await using ServiceUnderTest second = await ClusterTests.NodeAsync(InFolder("data"), backbone, database, "b");
        using var stopping = new CancellationTokenSource();
        // So much that there is some for each, whichever ports they have.
        Task[] all =
        [
            .. from node in new[] { first, second }
               from i in Enumerable.Range(0, 24)
               select node.Services.GetRequiredService<ILeases>().RunAsync($"{Work} {i}", WaitAsync, stopping.Token),
        ];
        await ShareAsync(second, a => a.Does.Count > 0, b => b.Does.Count > 0, "work of both");

        await DrainAsync(true);
        await ShareAsync(second, a => a is { Does.Count: 0, Drained: true }, b => b.Does.Count > 0, "work of one");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await first.Anonymous.GetAsync("/health/ready")).StatusCode);

        await DrainAsync(false);
        await ShareAsync(second, a => a is { Does.Count: > 0, Drained: false }, b => b.Does.Count > 0, "work of both again");
        Assert.Equal(HttpStatusCode.OK, (await first.Anonymous.GetAsync("/health/ready")).StatusCode);
        await Refused(HttpStatusCode.NotFound, second.Administrator.PutAsJsonAsync(
            "/api/cluster/nodes/c/drained", new NodeDrain(true), ServiceJson.Options));
        await stopping.CancelAsync();
        await Task.WhenAll(all);

        Task DrainAsync(bool drained) => Ok(second.Administrator.PutAsJsonAsync(
            "/api/cluster/nodes/a/drained", new NodeDrain(drained), ServiceJson.Options));
    }

    /// <summary>Waits until nodes a and b, as one of them sees both, are as they should be.</summary>
    private static Task<ClusterInfo> ShareAsync(ServiceUnderTest node, Func<NodeInfo, bool> one, Func<NodeInfo, bool> other, string what) =>
        Eventually.GetAsync(
            () => GetAsync<ClusterInfo>(node.Administrator, "/api/cluster"),
            all => all.Nodes is [{ Name: "a" } a, { Name: "b" } b] && one(a) && other(b), what);

    private static async Task WaitAsync(CancellationToken turn) =>
        await Task.Delay(Timeout.Infinite, turn).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    private static Task<bool> Until(Func<bool> isSo, string what) => Eventually.GetAsync(() => Task.FromResult(isSo()), so => so, what);
}
