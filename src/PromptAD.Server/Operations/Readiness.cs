using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using PromptAD.Server.Cluster;
using PromptAD.Server.Judging;
using PromptAD.Server.Storage;

namespace PromptAD.Server.Operations;

/// <summary>
/// Whether the service can take a picture now: database and store of files answer, there is room on the disk, the queue has places, and the
/// node does not drain.
/// </summary>
internal sealed class Readiness(
    IDbContextFactory<ServiceContext> contexts, DiskSpace space, FileStore files, Judge judge, Nodes? nodes = null) : IHealthCheck
{
    /// <summary>The tag of what readiness asks.</summary>
    public const string Tag = "ready";

    /// <inheritdoc/>
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        if (nodes is { IsDraining: true }) return HealthCheckResult.Unhealthy("The node drains.");
        await using ServiceContext db = await contexts.CreateDbContextAsync(cancellationToken);
        if (!await db.Database.CanConnectAsync(cancellationToken)) return HealthCheckResult.Unhealthy("The database does not answer.");
        if (!await Task.Run(files.Answers, cancellationToken)) return HealthCheckResult.Unhealthy("The store of files does not answer.");
        if (space.Free == 0) return HealthCheckResult.Unhealthy("The disk of the data folder is full.");
        return judge.Taken < judge.Places ? HealthCheckResult.Healthy() : HealthCheckResult.Degraded("The queue is full.");
    }
}
