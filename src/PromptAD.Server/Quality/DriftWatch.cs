using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Diagnostics.Metrics;
using Microsoft.EntityFrameworkCore;
using PromptAD.Server.Operations;
using PromptAD.Server.Storage;

namespace PromptAD.Server.Quality;

/// <summary>Looks every minute whether products drift, for monitoring.</summary>
internal sealed partial class DriftWatch : BackgroundService
{
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<string, double> distances = new();
    private readonly Dictionary<string, (int? Version, long Last)> seen = [];
    private readonly IDbContextFactory<ServiceContext> contexts;
    private readonly QualityReader reader;
    private readonly ILeases leases;
    private readonly TimeProvider clock;
    private readonly ILogger<DriftWatch> log;

    public DriftWatch(
        IDbContextFactory<ServiceContext> contexts,
        QualityReader reader,
        ServiceMetrics metrics,
        ILeases leases,
        TimeProvider clock,
        ILogger<DriftWatch> log)
    {
        (this.contexts, this.reader, this.leases, this.clock, this.log) = (contexts, reader, leases, clock, log);
        metrics.Meter.CreateObservableGauge(
            "promptad.drift",
            () => distances.Select(one => new Measurement<double>(one.Value, new KeyValuePair<string, object?>("product", one.Key))),
            unit: null,
            "How far each product's scores have drifted: beyond 1 or -1 is an alarm.");
    }

    /// <summary>Looks once at each product that has new inspections or another version.</summary>
    public async Task LookAsync(CancellationToken cancellation)
    {
        await using ServiceContext db = await contexts.CreateDbContextAsync(cancellation);
        var products = await db.Products.AsNoTracking().Select(row => new
        {
            row.Id,
            row.ActiveVersion,
            Last = db.Inspections.Where(one => one.ProductId == row.Id).Max(one => (long?)one.Id) ?? 0,
        }).ToListAsync(cancellation);
        foreach (var product in products.Where(one => one.ActiveVersion is not null))
        {
            (int?, long) now = (product.ActiveVersion, product.Last);
            if (seen.TryGetValue(product.Id, out (int? Version, long Last) before) && before == now) continue;
            double? distance = await reader.DistanceAsync(product.Id, cancellation);
            if (distance is { } known)
            {
                bool wasOut = distances.TryGetValue(product.Id, out double last) && Math.Abs(last) > 1;
                distances[product.Id] = known;
                if (Math.Abs(known) > 1 && !wasOut) LogDrift(product.Id, known);
            }
            else
            {
                distances.TryRemove(product.Id, out _);
            }
            seen[product.Id] = now;
        }
    }

    /// <inheritdoc/>
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => leases.RunAsync("drift", LookAgainAsync, stoppingToken);

    [SuppressMessage("Reliability", "CA1031", Justification = "The next look tries again.")]
    private async Task LookAgainAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(BetweenLooks, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                try
                {
                    await LookAsync(stoppingToken);
                }
                catch (Exception e) when (!stoppingToken.IsCancellationRequested)
                {
                    LogFailed(e);
                }
            }
        }
        finally
        {
            distances.Clear(); // another process tells of them from now on
            seen.Clear();
        }
    }

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "The scores of product '{Product}' drift: their mean is {Distance:F1} times as far from its centre as it may; "
            + "see its quality page")]
    private partial void LogDrift(string product, double distance);

    [LoggerMessage(Level = LogLevel.Error, Message = "Whether products drift cannot be told now")]
    private partial void LogFailed(Exception exception);
}
