using Orleans.Configuration;
using Orleans.Dashboard;
using Orleans.Serialization;
using PromptAD.Server.Judging;
using PromptAD.Server.Operations;
using PromptAD.Server.Security;
using PromptAD.Server.Stations;

namespace PromptAD.Server.Cluster;

/// <summary>Makes a process a node of a cluster, or leaves it alone.</summary>
internal static class ClusterHost
{
    /// <summary>Where the dashboard is.</summary>
    public const string DashboardPath = "/orleans";

    private static readonly TimeSpan LongestQueue = TimeSpan.FromMinutes(3);
    private static readonly TimeSpan ProbeTimeout = TimeSpan.FromSeconds(2), Publishes = TimeSpan.FromSeconds(5);

    /// <summary>Adds what is first to start and last to end.</summary>
    public static void AddTo(WebApplicationBuilder builder, ServiceOptions options)
    {
        IServiceCollection services = builder.Services;
        services.AddSingleton<ClusterJoin>();
        if (!options.Cluster.Enabled) return;
        // Nodes that come and go are told of by the service.
        builder.Logging.AddFilter("Orleans", LogLevel.Error).AddFilter("Polly", LogLevel.Warning)
            .AddFilter(typeof(NodeService).FullName, LogLevel.Warning);
        builder.UseOrleans(silo => Configure(silo, options));
        services.AddSingleton<IFatalErrorHandler, FatalExit>();
        services.AddSingleton<Nodes>().AddSingleton<NodeClient>();
        services.AddSingleton<ClusterLeases>().AddHostedService(provider => provider.GetRequiredService<ClusterLeases>());
        services.AddSingleton<ILeases>(provider => provider.GetRequiredService<ClusterLeases>());
        services.AddSingleton<IPictureJudge, ClusterJudge>();
        services.AddSingleton<ClusterStations>().AddHostedService(provider => provider.GetRequiredService<ClusterStations>());
        services.AddSingleton<IStationBoard>(provider => provider.GetRequiredService<ClusterStations>());
        services.AddSingleton<NodeRelay>().AddHostedService(provider => provider.GetRequiredService<NodeRelay>());
        services.AddHostedService<Takeover>();
    }

    /// <summary>Maps the dashboard, for administrators.</summary>
    public static void Map(WebApplication app)
    {
        if (app.Services.GetRequiredService<ServiceOptions>().Cluster.Enabled)
            app.MapOrleansDashboard(DashboardPath).RequireAuthorization(Policies.Administrator);
    }

    private static void Configure(ISiloBuilder silo, ServiceOptions options)
    {
        silo.Configure<Orleans.Configuration.ClusterOptions>(cluster => cluster.ServiceId = cluster.ClusterId = options.Cluster.Name);
        silo.Configure<SiloOptions>(one => one.SiloName = options.Cluster.NodeName);
        silo.ConfigureEndpoints(options.Cluster.FindAddress(), options.Cluster.Port, gatewayPort: 0);
        silo.UseAdoNetClustering(database => (database.Invariant, database.ConnectionString) = ("Npgsql", options.Database!));
        silo.AddAdoNetGrainStorage(
            ProductGrain.Storage, database => (database.Invariant, database.ConnectionString) = ("Npgsql", options.Database!));
        silo.Configure<ClusterMembershipOptions>(members =>
        {
            // A node that is killed counts as gone after some seven seconds.
            members.ProbeTimeout = members.MaxProbeTimeout = ProbeTimeout;
            members.IAmAliveTablePublishTimeout = Publishes;
            members.TableRefreshTimeout = Publishes;
            members.MaxJoinAttemptTime = TimeSpan.FromSeconds(30);
            members.DefunctSiloExpiration = TimeSpan.FromHours(1);
        });
        // A picture may wait behind a whole queue; a node that is gone is not waited for in any case.
        silo.Configure<SiloMessagingOptions>(messages => messages.ResponseTimeout = LongestQueue);
        silo.AddGrainService<NodeService>();
        silo.AddPlacementDirector<HomePlacement, HomePlacementDirector>();
        silo.Services.AddSerializer(one => one.AddJsonSerializer(
            type => type.Assembly == typeof(ClusterHost).Assembly || type.Assembly == typeof(Client.StationInfo).Assembly,
            ServiceJson.Options));
        silo.AddDashboard();
    }

    /// <summary>A node that the others count as gone, or that cannot go on, ends: whoever looks after it starts it anew.</summary>
    private sealed class FatalExit : IFatalErrorHandler
    {
        private const int ExitCode = 3;

        /// <inheritdoc/>
        public bool IsUnexpected(Exception exception) => exception is not OrleansException and not OperationCanceledException;

        /// <inheritdoc/>
        public void OnFatalException(object? sender, string? context, Exception? exception)
        {
            string reason = (context ?? exception?.Message ?? "").ReplaceLineEndings(" ").Split(" Membership: ")[0];
            Console.Error.WriteLine($"error: This node leaves the cluster, start it anew: {reason}");
            // Nothing is half-written: what was acknowledged is on the disk, and the rest is sent again.
            new Thread(() => Environment.Exit(ExitCode)) { IsBackground = true }.Start();
            new Thread(FailLater) { IsBackground = true }.Start();

            void FailLater()
            {
                Thread.Sleep(TimeSpan.FromSeconds(3));
                Environment.FailFast(reason);
            }
        }
    }
}
