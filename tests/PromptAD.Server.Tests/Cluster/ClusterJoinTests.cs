using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using PromptAD.Client;
using PromptAD.Server.Cluster;
using PromptAD.Server.Operations;
using PromptAD.Server.Tests.Fixtures;

namespace PromptAD.Server.Tests.Cluster;

/// <summary>A node that does not belong says so in one line, and does not join.</summary>
public sealed class ClusterJoinTests(TinyBackbone backbone, PostgresCluster cluster) : TemporaryFolder
{
    [Theory]
    [InlineData("another folder", "is not the cluster's: it has no file 'store-id'")]
    [InlineData("another store", "belongs to another cluster")]
    [InlineData("another name", "The database belongs to cluster 'promptad', this node to 'other'")]
    [InlineData("the same name", "Another node is called 'a'")]
    [InlineData("another version", "speaks protocol 9")]
    [InlineData("a clock ahead", "clock is 60 s ahead of the database's")]
    [InlineData("a clock behind", "clock is 60 s behind the database's")]
    [InlineData("alone", "Nodes of a cluster run on this database (a)")]
    [InlineData("alone on SQLite", "belongs to a cluster; start with --cluster")]
    [InlineData("another database", "belongs to the cluster of another database")]
    [InlineData("the same port", "another program listens there")]
    [InlineData("another machine's address", "it is none of this machine's")]
    [InlineData("no such user", "The database cannot be used")]
    public async Task A_node_that_does_not_belong_does_not_join(string what, string expected)
    {
        PostgresCluster.Demand();
        string database = await cluster.NewDatabaseAsync();
        await using ServiceUnderTest first = await ClusterTests.NodeAsync(InFolder("data"), backbone, database, "a");
        await Eventually.GetAsync(() => CountAsync(database), count => count == 1, "the first node");
        string folder = what is "another folder" or "another store" ? InFolder("other") : InFolder("data");
        if (what == "another store")
        {
            Directory.CreateDirectory(folder);
            await File.WriteAllTextAsync(Path.Combine(folder, "store-id"), "0123456789abcdef");
        }
        if (what == "another version")
        {
            await RunAsync(
                database,
                "INSERT INTO cluster_nodes VALUES ('z', 'z', 9, '9.9', '192.0.2.7:11111', now(), now() + interval '1 hour')");
        }
        // What a node that does not belong would change: tables, Orleans' statements, and what others are writing just now.
        await RunAsync(database, "DELETE FROM \"__EFMigrationsHistory\" WHERE \"MigrationId\" LIKE '%Where'; DELETE FROM OrleansQuery");
        string written = Path.Combine(InFolder("data"), "files", "ab", ".01234567.tmp");
        Directory.CreateDirectory(Path.GetDirectoryName(written)!);
        await File.WriteAllTextAsync(written, "");
        var clock = new SetClock();
        if (what.StartsWith("a clock", StringComparison.Ordinal)) clock.Move(TimeSpan.FromMinutes(what.EndsWith("ahead", StringComparison.Ordinal) ? 1 : -1));
        string there = what switch
        {
            "another database" => await cluster.NewDatabaseAsync(),
            "no such user" => new NpgsqlConnectionStringBuilder(database) { Username = "nobody-here" }.ConnectionString,
            _ => database,
        };

        PromptADException refused = await Assert.ThrowsAsync<PromptADException>(() => what.StartsWith("alone", StringComparison.Ordinal)
            ? ServiceUnderTest.StartAsync(folder, backbone, what == "alone" ? there : null)
            : ClusterTests.NodeAsync(
                folder, backbone, there, what == "the same name" ? "a" : "b",
                what switch
                {
                    "another name" => ["--Service:Cluster:Name=other"],
                    "the same port" => [$"--node-port={first.Services.GetRequiredService<ServiceOptions>().Cluster.Port}"],
                    "another machine's address" => ["--Service:Cluster:Address=192.0.2.1"],
                    _ => [],
                },
                services => services.AddSingleton<TimeProvider>(clock)));

        Assert.Contains(expected, refused.Message);
        Assert.DoesNotContain('\n', refused.Message);
        Assert.True(File.Exists(written));
        Assert.Equal(0, await CountAsync(database, "SELECT count(*) FROM OrleansQuery"));
        Assert.Equal(0, await CountAsync(database, "SELECT count(*) FROM \"__EFMigrationsHistory\" WHERE \"MigrationId\" LIKE '%Where'"));
        Assert.Equal("a", Assert.Single((await ServiceUnderTest.GetAsync<ClusterInfo>(first.Administrator, "/api/cluster")).Nodes).Name);
    }

    [Theory]
    [InlineData(null, "promptad", "a", 11111, "A cluster needs PostgreSQL")]
    [InlineData("Host=db", "", "a", 11111, "Service:Cluster:Name is ''")]
    [InlineData("Host=db", "plant 1", "a", 11111, "Service:Cluster:Name is 'plant 1'")]
    [InlineData("Host=db", "promptad", "a b", 11111, "Service:Cluster:Node is 'a b'")]
    [InlineData("Host=db", "promptad", "a", 0, "Service:Cluster:Port is '0'")]
    public void A_node_that_is_set_up_wrongly_says_so(string? database, string name, string node, int port, string expected)
    {
        var options = new ClusterOptions { Enabled = true, Name = name, Node = node, Port = port, Address = "127.0.0.1" };

        Assert.Contains(expected, Assert.Throws<PromptADException>(() => options.Check(database)).Message);
    }

    [Fact]
    public void An_address_must_be_one() => Assert.Contains(
        "Service:Cluster:Address is 'db.local'",
        Assert.Throws<PromptADException>(() => new ClusterOptions { Enabled = true, Address = "db.local" }.Check("Host=db")).Message);

    [Fact]
    public void A_listener_asks_for_half_a_minute_once_more()
    {
        var clock = new SetClock();
        var floor = new ReplayFloor(clock);
        Assert.Equal(4000, floor.After(5000)); // what was told before is not known
        clock.Pass(TimeSpan.FromSeconds(10));
        floor.After(5100);
        clock.Pass(TimeSpan.FromSeconds(10));
        Assert.Equal(4000, floor.After(5200));

        clock.Pass(TimeSpan.FromSeconds(25));
        Assert.Equal(5100, floor.After(5300));
        Assert.Equal(5040, floor.After(5041)); // one that comes late is not passed over
    }

    private static async Task<long> CountAsync(string database, string text = "SELECT count(*) FROM cluster_nodes")
    {
        await using NpgsqlDataSource source = NpgsqlDataSource.Create(database);
        await using NpgsqlCommand count = source.CreateCommand(text);
        return (long)(await count.ExecuteScalarAsync())!;
    }

    private static async Task RunAsync(string database, string text)
    {
        await using NpgsqlDataSource source = NpgsqlDataSource.Create(database);
        await using NpgsqlCommand command = source.CreateCommand(text);
        await command.ExecuteNonQueryAsync();
    }
}
