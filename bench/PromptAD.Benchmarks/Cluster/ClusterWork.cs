using PromptAD.Benchmarks.Ratios;
using PromptAD.Benchmarks.Server;

namespace PromptAD.Benchmarks.Cluster;

/// <summary>How long the measurements of a cluster are.</summary>
/// <param name="Pictures">Pictures of a throughput, for each node.</param>
/// <param name="Arrivals">Pictures at fixed moments, for latencies.</param>
/// <param name="Kills">How often a node is killed.</param>
/// <param name="Away">Seconds for which the database, or a node, is away.</param>
/// <param name="Products">Products on the nodes.</param>
/// <param name="Compared">The product after which memory is compared with that after the last.</param>
internal sealed record ClusterSizes(int Pictures, int Arrivals, int Kills, double Away, int Products, int Compared)
{
    public static ClusterSizes Short { get; } = new(60, 90, 3, 30, 150, 90);

    public static ClusterSizes Full { get; } = new(150, 300, 20, 30, 1000, 200);
}

/// <summary>What the measurements of a cluster share.</summary>
internal sealed class ClusterWork(ClusterSizes sizes) : IDisposable
{
    private readonly Lazy<Workplace> workplace = new(() => new Workplace());
    private DrawnPart? part;

    public ClusterSizes Sizes { get; } = sizes;

    public Workplace Workplace => workplace.Value;

    /// <summary>Taught with the embedded backbone when it is first asked for.</summary>
    public DrawnPart Part => part ??= new DrawnPart(Workplace.Embedded);

    public void Dispose()
    {
        if (workplace.IsValueCreated) workplace.Value.Dispose();
    }
}
