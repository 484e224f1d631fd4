using System.Globalization;
using Npgsql;
using PromptAD.Benchmarks.Server;
using PromptAD.Server.Tests.Fixtures;

namespace PromptAD.Benchmarks.Cluster;

/// <summary>A cluster: PostgreSQL, a folder, nodes, and a load balancer before them.</summary>
internal sealed class Plant : IAsyncDisposable
{
    private const int Connections = 12;

    private readonly PostgresCluster database;
    private readonly Balancer balancer = new();
    private readonly List<Node> nodes = [];
    private Site? site;

    private Plant(PostgresCluster database) => this.database = database;

    /// <summary>The first node, with administrator and keys. Stations send to the load balancer.</summary>
    public Site Site => site!;

    /// <summary>The connection string of the database.</summary>
    public string Connection { get; private set; } = "";

    /// <summary>The database.</summary>
    public PostgresCluster Database => database;

    /// <summary>The load balancer.</summary>
    public Balancer Balancer => balancer;

    /// <summary>How many nodes there are.</summary>
    public int Count => 1 + nodes.Count;

    /// <summary>The addresses of all nodes.</summary>
    public IReadOnlyList<Uri> Addresses => [Site.Address, .. nodes.Select(one => one.Address)];

    /// <summary>The memory that all nodes have resident, in MB.</summary>
    public double ResidentMegabytes => Site.Service.ResidentMegabytes + nodes.Sum(one => one.Service!.ResidentMegabytes);

    /// <summary>Starts it.</summary>
    /// <param name="store">The backbones.</param>
    /// <param name="count">How many nodes; 0 for a service of its own, on PostgreSQL too.</param>
    /// <param name="settings">Further settings.</param>
    /// <param name="milliseconds">How long a detector takes that needs no processor; null for real ones.</param>
    /// <param name="address">Where nodes reach each other.</param>
    public static async Task<Plant> OpenAsync(
        string store, int count, string[]? settings = null, double? milliseconds = null, string address = "127.0.0.1")
    {
        if (PostgresCluster.Programs is null) throw new InvalidOperationException("No PostgreSQL; 'apt-get install postgresql' brings it.");
        var plant = new Plant(new PostgresCluster());
        try
        {
            plant.Connection = new NpgsqlConnectionStringBuilder(await plant.database.NewDatabaseAsync()) { MaxPoolSize = Connections }
                .ConnectionString;
            string[] program = milliseconds is { } time
                ? [ServiceProcess.StandIn, time.ToString(CultureInfo.InvariantCulture)]
                : [ServiceProcess.Program];
            string[] common = [$"--database={plant.Connection}", .. settings ?? []];
            plant.site = await Site.OpenAsync(store, count == 0 ? common : [.. common, .. Own(1, address)], program: program);
            plant.balancer.Add(plant.site.Address);
            plant.site.Entrance = plant.balancer.Address;
            for (int i = 2; i <= count; i++)
                plant.nodes.Add(await plant.AddAsync(store, [.. common, .. Own(i, address)], program, "127.0.0.1"));
            return plant;
        }
        catch
        {
            await plant.DisposeAsync();
            throw;
        }
    }

    /// <summary>Adds a node that reaches the others by another way.</summary>
    /// <param name="store">The backbones.</param>
    /// <param name="settings">All its settings.</param>
    /// <param name="program">The program, and what it is started by.</param>
    /// <param name="host">Where it listens for requests.</param>
    public async Task<Node> AddAsync(string store, string[] settings, string[] program, string host)
    {
        var address = new Uri($"http://{host}:{PostgresCluster.FreePort()}");
        var node = new Node(
            [
                .. program, $"--urls={address}", $"--data={Site.Folder}", $"--store={store}", "--Service:RequestsPerSecond=100000", .. settings,
            ],
            address);
        await node.StartAsync();
        balancer.Add(address);
        return node;
    }

    /// <summary>The settings of a node.</summary>
    public static string[] Own(int number, string address) =>
    [
        "--cluster", $"--node-port={PostgresCluster.FreePort()}", $"--Service:Cluster:Address={address}", $"--Service:Cluster:Node=node-{number}",
    ];

    /// <summary>Kills a node at once.</summary>
    public Task KillAsync(int node) => node == 0 ? Site.KillAsync() : nodes[node - 1].KillAsync();

    /// <summary>Starts a node that was killed.</summary>
    public Task StartAsync(int node) => node == 0 ? Site.StartAsync() : nodes[node - 1].StartAsync();

    public async ValueTask DisposeAsync()
    {
        await balancer.DisposeAsync();
        foreach (Node node in nodes) await node.DisposeAsync();
        if (site is not null) await site.DisposeAsync();
        await database.DisposeAsync();
    }

    /// <summary>A further node.</summary>
    internal sealed class Node(IReadOnlyList<string> command, Uri address) : IAsyncDisposable
    {
        public Uri Address => address;

        public ServiceProcess? Service { get; private set; }

        public async Task StartAsync() => Service = await ServiceProcess.StartAsync(command, address);

        public async Task KillAsync()
        {
            await Service!.DisposeAsync(); // kills it
            Service = null;
        }

        public async ValueTask DisposeAsync()
        {
            if (Service is not null) await Service.DisposeAsync();
        }
    }
}
