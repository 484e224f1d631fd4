using PromptAD.Benchmarks.Ratios;

namespace PromptAD.Benchmarks.Server;

/// <summary>How long the measurements of the service are.</summary>
/// <param name="Arrivals">Pictures at fixed moments, for latencies.</param>
/// <param name="Kills">How often the service is killed.</param>
/// <param name="Inspections">Inspections in a row.</param>
/// <param name="Products">Products on the disk.</param>
/// <param name="Cached">Detectors in memory.</param>
/// <param name="Compared">The product after which memory is compared with that after the last.</param>
/// <param name="Away">Seconds for which database and broker are away.</param>
internal sealed record ServerSizes(int Arrivals, int Kills, int Inspections, int Products, int Cached, int Compared, double Away)
{
    public static ServerSizes Short { get; } = new(100, 10, 2000, 60, 5, 20, 5);

    public static ServerSizes Full { get; } = new(500, 100, 20_000, 500, 20, 100, 60);
}

/// <summary>What the measurements of the service share.</summary>
internal sealed class ServerWork(ServerSizes sizes) : IDisposable
{
    private readonly Lazy<Workplace> workplace = new(() => new Workplace());
    private DrawnPart? part;

    public ServerSizes Sizes { get; } = sizes;

    public Workplace Workplace => workplace.Value;

    /// <summary>Taught with the embedded backbone when it is first asked for.</summary>
    public DrawnPart Part => part ??= new DrawnPart(Workplace.Embedded);

    public void Dispose()
    {
        if (workplace.IsValueCreated) workplace.Value.Dispose();
    }
}
