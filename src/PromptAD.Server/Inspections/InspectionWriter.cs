using System.Threading.Channels;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using PromptAD.Client;
using PromptAD.Server.Sinks;
using PromptAD.Server.Storage;

namespace PromptAD.Server.Inspections;

/// <summary>
/// Writes inspections, all that are waiting in one transaction: what takes the time is bringing a transaction to the disk, and many rows
/// take hardly more than one. Who has written a row waits until it is on the disk.
/// </summary>
internal sealed class InspectionWriter(IDbContextFactory<ServiceContext> contexts, LiveResults live, Outbox outbox) : IAsyncDisposable
{
    private const int MostAtOnce = 64;

    private readonly Channel<Order> orders = Channel.CreateUnbounded<Order>(new UnboundedChannelOptions { SingleReader = true });
    private readonly Lock gate = new();
    private Task? writing;

    /// <summary>Adds a row; when this is done it is on the disk and has its number.</summary>
    /// <exception cref="DbUpdateException">It cannot be written; the row is not there then.</exception>
    public Task AddAsync(InspectionRow row) => PutAsync(row, EntityState.Added);

    /// <summary>Writes what was said of a picture that waited. Where somebody else was faster, theirs stays.</summary>
    /// <exception cref="DbUpdateException">It cannot be written; the row is as it was then.</exception>
    public Task FinishAsync(InspectionRow row) => PutAsync(row, EntityState.Modified);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        orders.Writer.TryComplete();
        if (writing is not null) await writing;
    }

    private Task PutAsync(InspectionRow row, EntityState state)
    {
        var order = new Order(row, state);
        ObjectDisposedException.ThrowIf(!orders.Writer.TryWrite(order), this);
        lock (gate) writing ??= Task.Run(WriteAllAsync);
        return order.Done.Task;
    }

    private async Task WriteAllAsync()
    {
        var batch = new List<Order>();
        while (await orders.Reader.WaitToReadAsync())
        {
            while (batch.Count < MostAtOnce && orders.Reader.TryRead(out Order? order)) batch.Add(order);
            await WriteAsync(batch);
            batch.Clear();
        }
    }

    private async Task WriteAsync(List<Order> batch)
    {
        try
        {
            await using ServiceContext db = await contexts.CreateDbContextAsync();
            // Rows that are only added are one transaction by themselves.
            bool isMixed = batch.Exists(order => order.State == EntityState.Modified);
            await using IDbContextTransaction? transaction = isMixed ? await db.Database.BeginTransactionAsync() : null;
            db.Database.AutoSavepointsEnabled = false; // all or nothing
            foreach (Order order in batch)
            {
                if (order.State == EntityState.Modified && !await FinishAsync(db, order.Row)) continue;
                db.Entry(order.Row).State = order.State == EntityState.Added ? EntityState.Added : EntityState.Unchanged;
                outbox.Add(db, order.Row);
            }
            await db.SaveChangesAsync();
            if (transaction is not null) await transaction.CommitAsync();
        }
        catch (Exception e) when (batch.Count > 1 && !DatabaseAway.Is(e))
        {
            // One of them cannot be written, such as a key that is used twice; the others shall not suffer from it.
            foreach (Order order in batch) await WriteAsync([order]);
            return;
        }
        catch (Exception e)
        {
            foreach (Order order in batch) order.Done.SetException(e);
            return;
        }
        foreach (Order order in batch.Where(order => order.State == EntityState.Added)) live.Expect(order.Row.Id);
        foreach (Order order in batch) order.Done.SetResult();
        outbox.Wake();
    }

    /// <returns>Whether the picture still waited.</returns>
    private static async Task<bool> FinishAsync(ServiceContext db, InspectionRow row) =>
        await db.Inspections.Where(one => one.Id == row.Id && one.State == InspectionState.Queued).ExecuteUpdateAsync(set => set
            .SetProperty(one => one.State, row.State)
            .SetProperty(one => one.Verdict, row.Verdict)
            .SetProperty(one => one.Score, row.Score)
            .SetProperty(one => one.Error, row.Error)
            .SetProperty(one => one.Finding, row.Finding)) == 1;

    private sealed record Order(InspectionRow Row, EntityState State)
    {
        public TaskCompletionSource Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
