using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using PromptAD.Client;
using PromptAD.Server.Inspections;
using PromptAD.Server.Operations;
using PromptAD.Server.Storage;

namespace PromptAD.Server.Audit;

/// <summary>
/// The one way to change what is audited: change and entry are written in one transaction, one change after the other, or not at all.
/// </summary>
internal sealed class Changes(IDbContextFactory<ServiceContext> contexts, LiveResults live, TimeProvider clock) : IDisposable
{
    private const long PostgresLock = 0x50726F6D70744144; // a number that nobody else in the database is likely to lock

    private readonly SemaphoreSlim turn = new(1, 1);

    /// <summary>Told of each change that was made by this process: actions and their subjects.</summary>
    public event Action<IReadOnlyList<Change>>? Made;

    /// <summary>Makes a change.</summary>
    /// <param name="actor">Who makes it.</param>
    /// <param name="change">Changes rows and notes what it has changed; it may save on the way to learn numbers.</param>
    /// <param name="cancellation">Cancels waiting and changing.</param>
    /// <returns>What the change returns.</returns>
    public async Task<T> MakeAsync<T>(
        string actor, Func<ServiceContext, ChangeNotes, Task<T>> change, CancellationToken cancellation = default)
    {
        await turn.WaitAsync(cancellation);
        try
        {
            await using ServiceContext db = await contexts.CreateDbContextAsync(cancellation);
            await using IDbContextTransaction transaction = await db.Database.BeginTransactionAsync(cancellation);
            // Other processes of a cluster make changes, too, and the chain has no branches.
            if (db.Database.IsNpgsql()) await db.Database.ExecuteSqlAsync($"SELECT pg_advisory_xact_lock({PostgresLock})", cancellation);
            var notes = new ChangeNotes();
            T result = await change(db, notes);
            AuditRow? last = await AuditChain.LastAsync(db, cancellation);
            foreach ((string action, string subject, string? before, string? after) in notes.All)
            {
                last = AuditChain.Next(last, clock.Now(), actor, action, subject, before, after);
                db.Audit.Add(last);
            }
            await db.SaveChangesAsync(cancellation);
            await transaction.CommitAsync(cancellation);
            foreach (VersionInForce version in notes.InForce) live.Tell(version);
            if (notes.All.Count > 0) Made?.Invoke([.. notes.All.Select(one => new Change(one.Action, one.Subject))]);
            return result;
        }
        finally
        {
            turn.Release();
        }
    }

    /// <summary>The same without a result.</summary>
    public Task MakeAsync(string actor, Func<ServiceContext, ChangeNotes, Task> change, CancellationToken cancellation = default) =>
        MakeAsync(
            actor,
            async (db, notes) =>
            {
                await change(db, notes);
                return true;
            },
            cancellation);

    /// <inheritdoc/>
    public void Dispose() => turn.Dispose();
}

/// <summary>A change that was made.</summary>
/// <param name="Action">What was done, such as "product.created".</param>
/// <param name="Subject">To what, such as "product plate".</param>
internal sealed record Change(string Action, string Subject);

/// <summary>What a change notes for the audit trail.</summary>
internal sealed class ChangeNotes
{
    private readonly List<(string Action, string Subject, string? Before, string? After)> all = [];

    public IReadOnlyList<(string Action, string Subject, string? Before, string? After)> All => all;

    /// <summary>Versions that the change puts in force; whoever listens is told once it is made.</summary>
    public List<VersionInForce> InForce { get; } = [];

    /// <summary>Notes one change.</summary>
    /// <param name="action">What was done, such as "product.created".</param>
    /// <param name="subject">To what, such as "product plate".</param>
    /// <param name="before">What it was, which becomes JSON; null for nothing. No secrets.</param>
    /// <param name="after">What it is, which becomes JSON; null for nothing. No secrets.</param>
    public void Add(string action, string subject, object? before, object? after) => all.Add((action, subject, Json(before), Json(after)));

    private static string? Json(object? value) => value is null ? null : JsonSerializer.Serialize(value, ServiceJson.Options);
}
