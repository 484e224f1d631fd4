using System.Diagnostics.CodeAnalysis;
using Microsoft.EntityFrameworkCore;
using PromptAD.Client;
using PromptAD.Server.Inspections;
using PromptAD.Server.Operations;
using PromptAD.Server.Storage;

namespace PromptAD.Server.Cluster;

/// <summary>Judges what a node has acknowledged as queued and can judge no more, because it is gone.</summary>
internal sealed partial class Takeover(
    IDbContextFactory<ServiceContext> contexts,
    Inspector inspector,
    Nodes nodes,
    NodeClient client,
    ILeases leases,
    TimeProvider clock,
    ILogger<Takeover> log) : BackgroundService
{
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromSeconds(1.5);

    /// <inheritdoc/>
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => leases.RunAsync("queue", LookAgainAsync, stoppingToken);

    [SuppressMessage("Reliability", "CA1031", Justification = "The next look tries again.")]
    private async Task LookAgainAsync(CancellationToken stopping)
    {
        HashSet<long> nobodys = [];
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                HashSet<long> now = await FindAsync(stopping);
                // Seen twice: between being kept and being held a moment passes.
                long[] lost = [.. now.Where(nobodys.Contains)];
                if (lost.Length > 0)
                {
                    LogTaken(lost.Length);
                    await inspector.AdoptAsync(lost, stopping);
                    now.ExceptWith(lost);
                }
                nobodys = now;
            }
            catch (Exception e)
            {
                if (stopping.IsCancellationRequested) return;
                LogTrouble(e.Message);
                nobodys.Clear();
            }
            await Task.Delay(BetweenLooks, clock, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Inspections that wait and that no node has.</summary>
    private async Task<HashSet<long>> FindAsync(CancellationToken cancellation)
    {
        HashSet<long> waiting;
        await using (ServiceContext db = await contexts.CreateDbContextAsync(cancellation))
        {
            waiting =
            [
                .. await db.Inspections.Where(row => row.State == InspectionState.Queued).Select(row => row.Id).ToListAsync(cancellation),
            ];
        }
        if (waiting.Count == 0) return waiting;
        foreach (SiloAddress node in nodes.Active())
        {
            // A node that does not answer may hold any of them: the look fails, until it answers or counts as gone.
            waiting.ExceptWith(node.Equals(nodes.Own) ? inspector.Held(waiting) : await client.Of(node).HeldAsync([.. waiting]));
        }
        return waiting;
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "{Count} inspections of a node that is gone are judged now")]
    private partial void LogTaken(int count);

    [LoggerMessage(Level = LogLevel.Warning, Message = "What waits in the cluster cannot be looked through now: {Reason}")]
    private partial void LogTrouble(string reason);
}
