using System.Diagnostics.CodeAnalysis;
using System.Linq.Expressions;
using Microsoft.EntityFrameworkCore;
using PromptAD.Client;
using PromptAD.Server.Audit;
using PromptAD.Server.Inspections;
using PromptAD.Server.Operations;

namespace PromptAD.Server.Storage;

/// <summary>
/// Lets pictures go that are old, or that take too much room; inspections stay. Pictures of good parts have one limit. All others, of NG,
/// REVIEW, without a verdict, or reviewed as a defect, have another, and want of room never touches them. Files that nothing names go, too:
/// those of pictures that went, and those that were kept for something that never came to be.
/// </summary>
internal sealed partial class Retention(
    IDbContextFactory<ServiceContext> contexts,
    FileStore files,
    Changes changes,
    ServiceOptions options,
    ILeases leases,
    TimeProvider clock,
    ILogger<Retention> log) : BackgroundService
{
    private const int AtOnce = 200, RemovedAtOnce = 8;
    private static readonly TimeSpan BetweenRuns = TimeSpan.FromHours(1), LongestBatch = TimeSpan.FromMinutes(10);

    private static readonly Expression<Func<InspectionRow, bool>> IsPlainlyGood =
        row => row.Verdict == InspectionVerdict.OK && (row.Review == null || row.Review == ReviewedAs.Good);

    private static readonly Expression<Func<InspectionRow, bool>> IsOther =
        row => row.State != InspectionState.Queued
            && (row.Verdict == null || row.Verdict != InspectionVerdict.OK || row.Review == ReviewedAs.Defect);

    // Later than all pictures, also where the clock was put back since.
    private static readonly DateTime End = new(9999, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    private readonly SteadyClock steady = new(clock);

    /// <summary>Looks through all once.</summary>
    /// <returns>How many pictures went.</returns>
    public async Task<int> RunAsync(CancellationToken cancellation)
    {
        DateTime now = steady.Now();
        if (steady.IsAhead) LogAhead(clock.Now(), now);
        int removed = await RemoveOldAsync(IsPlainlyGood, options.KeepOkDays, now, cancellation)
            + await RemoveOldAsync(IsOther, options.KeepOtherDays, now, cancellation);
        await SweepAsync(cancellation);
        if (options.MostGigabytes <= 0) return removed;
        long most = (long)(options.MostGigabytes * 1e9), size = files.All().Sum(file => file.Length);
        while (size > most)
        {
            (int count, long freed) = await RemoveSomeAsync(IsPlainlyGood, End, size - most, cancellation);
            if (count == 0)
            {
                LogTooFull(options.MostGigabytes, size / 1e9);
                break;
            }
            removed += count;
            size -= freed;
        }
        return removed;
    }

    /// <inheritdoc/>
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => leases.RunAsync("retention", RunAgainAsync, stoppingToken);

    [SuppressMessage("Reliability", "CA1031", Justification = "The next run tries again.")]
    private async Task RunAgainAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(BetweenRuns, clock);
        do
        {
            try
            {
                int removed = await RunAsync(stoppingToken);
                if (removed > 0) LogRemoved(removed);
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                LogFailed(e);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private async Task<int> RemoveOldAsync(
        Expression<Func<InspectionRow, bool>> which, double days, DateTime now, CancellationToken cancellation)
    {
        int removed = 0;
        while (days > 0)
        {
            (int count, _) = await RemoveSomeAsync(which, now.AddDays(-days), long.MaxValue, cancellation);
            if (count == 0) break;
            removed += count;
        }
        return removed;
    }

    /// <summary>Lets the oldest go, not many at once: inspections and trail first, then the files that nothing names any more.</summary>
    private async Task<(int Count, long Freed)> RemoveSomeAsync(
        Expression<Func<InspectionRow, bool>> which, DateTime before, long enough, CancellationToken cancellation)
    {
        List<(long Id, string Hash)> rows = [];
        await using (ServiceContext db = await contexts.CreateDbContextAsync(cancellation))
        {
            long bytes = 0;
            var found = await db.Inspections.AsNoTracking().Where(which).Where(row => row.PictureRemoved == null && row.Received < before)
                .OrderBy(row => row.Id).Take(AtOnce).Select(row => new { row.Id, row.PictureHash }).ToListAsync(cancellation);
            foreach (var row in found)
            {
                if (bytes >= enough) break;
                bytes += files.LengthOf(row.PictureHash);
                rows.Add((row.Id, row.PictureHash));
            }
        }
        if (rows.Count == 0) return (0, 0);
        long[] ids = [.. rows.Select(row => row.Id)];
        await changes.MakeAsync(
            "retention",
            async (db, notes) =>
            {
                DateTime now = clock.Now();
                // Once more: somebody may have reviewed one meanwhile.
                int count = await db.Inspections.Where(which).Where(row => ids.Contains(row.Id))
                    .ExecuteUpdateAsync(set => set.SetProperty(row => row.PictureRemoved, now), cancellation);
                notes.Add("pictures.removed", $"inspections {ids[0]} to {ids[^1]}", new { Pictures = count }, null);
            },
            cancellation);
        long freed = await RemoveUnnamedAsync([.. rows.Select(row => row.Hash).Distinct()], cancellation);
        return (rows.Count, freed);
    }

    /// <summary>Removes files that nothing names and that no row is about to name.</summary>
    private async Task SweepAsync(CancellationToken cancellation)
    {
        foreach (string[] some in files.All().Select(file => file.Hash).Chunk(AtOnce)) await RemoveUnnamedAsync(some, cancellation);
    }

    /// <returns>The bytes that are free now.</returns>
    private async Task<long> RemoveUnnamedAsync(string[] hashes, CancellationToken cancellation)
    {
        await using ServiceContext db = await contexts.CreateDbContextAsync(cancellation);
        HashSet<string> named =
        [
            .. await db.Inspections.Where(row => hashes.Contains(row.PictureHash) && row.PictureRemoved == null)
                .Select(row => row.PictureHash).ToListAsync(cancellation),
            .. await db.Pictures.Where(row => hashes.Contains(row.Hash)).Select(row => row.Hash).ToListAsync(cancellation),
            .. await db.Versions.Where(row => hashes.Contains(row.FileHash)).Select(row => row.FileHash).ToListAsync(cancellation),
        ];
        long since = clock.GetTimestamp(), freed = 0;
        await Parallel.ForEachAsync(
            hashes.Where(hash => !named.Contains(hash)),
            new ParallelOptions { MaxDegreeOfParallelism = RemovedAtOnce, CancellationToken = cancellation },
            (hash, _) =>
            {
                // What was asked of the database grows old, and somebody may name a file meanwhile: the next run has the rest.
                if (clock.GetElapsedTime(since) < LongestBatch) Interlocked.Add(ref freed, files.Remove(hash) ?? 0);
                return ValueTask.CompletedTask;
            });
        return freed;
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "{Count} pictures went because of their age or for want of room")]
    private partial void LogRemoved(int count);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "The files take {Size:F1} GB, more than the {Most} of Service:MostGigabytes; only pictures that must stay are left")]
    private partial void LogTooFull(double most, double size);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "The clock says {Told:u}, but {Expected:u} is expected; pictures go by the latter until the clock has "
            + "stayed so for a day")]
    private partial void LogAhead(DateTime told, DateTime expected);

    [LoggerMessage(Level = LogLevel.Error, Message = "Old pictures cannot be removed now")]
    private partial void LogFailed(Exception exception);
}
