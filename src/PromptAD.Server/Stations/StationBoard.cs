using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Microsoft.EntityFrameworkCore;
using PromptAD.Client;
using PromptAD.Server.Audit;
using PromptAD.Server.Inspections;
using PromptAD.Server.Judging;
using PromptAD.Server.Operations;
using PromptAD.Server.Products;
using PromptAD.Server.Storage;

namespace PromptAD.Server.Stations;

/// <summary>
/// What every station shows. What matters is in the database, so that a restart changes nothing: the recipe asked for, the latest result
/// that was acknowledged, and the inspections themselves, in whose order results are shown.
/// </summary>
internal sealed partial class StationBoard(
    IDbContextFactory<ServiceContext> contexts,
    DetectorCatalog catalog,
    DetectorCache cache,
    Judge judge,
    LiveResults live,
    Changes changes,
    ILogger<StationBoard> log) : IHostedService
{
    private readonly ConcurrentDictionary<string, Station> stations = new(StringComparer.Ordinal);

    /// <summary>All stations, by name.</summary>
    public IEnumerable<StationInfo> All() => stations.Values.OrderBy(one => one.Name, StringComparer.Ordinal).Select(Describe);

    /// <summary>The station of a name; a new one where none has sent anything yet.</summary>
    public Station Of(string name) => stations.GetOrAdd(name, one => new Station(one));

    /// <summary>A station that there is.</summary>
    /// <exception cref="ServiceException">There is none.</exception>
    public Station Find(string name) =>
        stations.TryGetValue(name, out Station? station) ? station : throw ServiceException.Unknown("station", name);

    /// <summary>What a station shows.</summary>
    public StationInfo Describe(Station station) => station.Describe(HasRoom());

    /// <summary>Tells listeners what a station shows.</summary>
    public void Tell(Station station) => station.Tell(live.Tell, HasRoom);

    /// <summary>A result is on the disk: its station shows it, once its turn has come.</summary>
    public async Task ShowAsync(InspectionRow row)
    {
        Station station = Of(row.Station);
        if (station.AwaitsNext) await ShowNextAsync(station);
        else station.Show(row, isNext: false);
        Tell(station);
    }

    /// <summary>Asks for a recipe, and prepares it: its detector is in memory when this is done.</summary>
    /// <exception cref="ServiceException">It cannot be; the station shows the error.</exception>
    public async Task PrepareAsync(string actor, Station station, string? product, CancellationToken cancellation)
    {
        await ChangeAsync(
            actor,
            station.Name,
            (_, row, notes) =>
            {
                notes.Add("station.recipe", $"station {station.Name}", new { row.Recipe }, new { Recipe = product });
                row.Recipe = product;
                return Task.FromResult(true);
            },
            cancellation);
        station.Ask(product);
        Tell(station);
        if (product is not null) await PrepareAgainAsync(station, product, cancellation);
    }

    /// <summary>Prepares the recipe that was asked for.</summary>
    /// <exception cref="ServiceException">It cannot be; the station shows the error.</exception>
    public async Task PrepareAgainAsync(Station station, string product, CancellationToken cancellation)
    {
        try
        {
            VersionRow version = await catalog.ActiveAsync(product, cancellation);
            await Task.Run(() => cache.Lend(version.FileHash).Dispose(), cancellation);
            station.Prepare(product, version.Number, null);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            station.Prepare(product, null, $"Recipe '{product}' cannot be prepared: {ErrorAnswers.Read(e).Detail}");
            throw;
        }
        finally
        {
            Tell(station);
        }
    }

    /// <summary>Takes an error back. A recipe that could not be prepared is tried again.</summary>
    /// <exception cref="ServiceException">It cannot be prepared still.</exception>
    public async Task ResetAsync(Station station, CancellationToken cancellation)
    {
        station.Reset();
        StationInfo info = Describe(station);
        if (info.RecipeAsked is { } product && info.RecipeInForce is null) await PrepareAgainAsync(station, product, cancellation);
        else Tell(station);
    }

    /// <summary>The line has taken a result.</summary>
    /// <exception cref="ServiceException">Another one is shown.</exception>
    public async Task AcknowledgeAsync(Station station, long id, CancellationToken cancellation)
    {
        if (station.Acknowledge(id) is { } refusal) throw ServiceException.Conflict(refusal);
        await KeepAsync(station.Name, row => row.Acknowledged = Math.Max(row.Acknowledged, id), cancellation);
        if (station.AwaitsNext) await ShowNextAsync(station);
        Tell(station);
    }

    /// <summary>Says how results are shown. From now on each one waits, or none does; earlier ones do not come up again.</summary>
    public async Task ChangeAsync(string actor, Station station, bool inTurn, CancellationToken cancellation)
    {
        long from = await ChangeAsync(
            actor,
            station.Name,
            async (db, row, notes) =>
            {
                long latest = inTurn && !row.InTurn
                    ? await db.Inspections.Where(one => one.Station == row.Name).MaxAsync(one => (long?)one.Id, cancellation) ?? 0
                    : 0;
                notes.Add("station.changed", $"station {row.Name}", new { row.InTurn }, new { InTurn = inTurn });
                (row.InTurn, row.Acknowledged) = (inTurn, Math.Max(row.Acknowledged, latest));
                return latest;
            },
            cancellation);
        station.Change(inTurn, from);
        Tell(station);
    }

    /// <inheritdoc/>
    [SuppressMessage("Reliability", "CA1031", Justification = "A recipe that cannot be prepared is shown by its station.")]
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        judge.RoomChanged += TellReady;
        await using ServiceContext db = await contexts.CreateDbContextAsync(cancellationToken);
        List<StationRow> rows = await db.Stations.AsNoTracking().ToListAsync(cancellationToken);
        List<string> senders = await db.Inspections.Select(one => one.Station).Distinct().ToListAsync(cancellationToken);
        // Some only sent pictures.
        rows.AddRange(senders.Except(rows.Select(row => row.Name)).Select(name => new StationRow { Name = name }));
        foreach (StationRow row in rows)
        {
            Station station = Of(row.Name);
            station.Load(row);
            InspectionRow? shown = row.InTurn ? await NextAsync(db, row.Name, row.Acknowledged) : await db.Inspections.AsNoTracking()
                .Where(one => one.Station == row.Name && one.State != InspectionState.Queued).OrderByDescending(one => one.Id)
                .FirstOrDefaultAsync(cancellationToken);
            if (shown is not null) station.Show(shown, isNext: true);
            if (row.Recipe is not { } product) continue;
            try
            {
                // Not its detector yet: many stations shall not hold up the start.
                station.Prepare(product, (await catalog.ActiveAsync(product, cancellationToken)).Number, null);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                station.Prepare(product, null, $"Recipe '{product}' cannot be prepared: {ErrorAnswers.Read(e).Detail}");
                LogNotPrepared(row.Name, product, ErrorAnswers.Read(e).Detail);
            }
        }
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken)
    {
        judge.RoomChanged -= TellReady;
        return Task.CompletedTask;
    }

    private bool HasRoom() => judge.Taken < judge.Places;

    /// <summary>All stations share the queue: pictures of one make another one ready, or not.</summary>
    private void TellReady()
    {
        foreach (Station station in stations.Values) station.Tell(live.Tell, HasRoom, isForReady: true);
    }

    [SuppressMessage("Reliability", "CA1031", Justification = "What is shown must not undo what is kept.")]
    private async Task ShowNextAsync(Station station)
    {
        try
        {
            await using ServiceContext db = await contexts.CreateDbContextAsync();
            if (await NextAsync(db, station.Name, station.Acknowledged) is { } next) station.Show(next, isNext: true);
        }
        catch (Exception e)
        {
            LogNotShown(e, station.Name); // the next result or acknowledgement shows it
        }
    }

    /// <summary>The result whose turn it is; null while its picture waits, even if later ones are judged: none is passed over.</summary>
    private static async Task<InspectionRow?> NextAsync(ServiceContext db, string station, long acknowledged)
    {
        InspectionRow? next = await db.Inspections.AsNoTracking().Where(row => row.Station == station && row.Id > acknowledged)
            .OrderBy(row => row.Id).FirstOrDefaultAsync();
        return next?.State == InspectionState.Queued ? null : next;
    }

    /// <summary>Changes what is kept of a station together with its entry in the audit trail.</summary>
    private Task<T> ChangeAsync<T>(
        string actor, string name, Func<ServiceContext, StationRow, ChangeNotes, Task<T>> change, CancellationToken cancellation) =>
        OnceMoreAsync(() => changes.MakeAsync(
            actor, async (db, notes) => await change(db, await RowAsync(db, name, cancellation), notes), cancellation));

    private Task<int> KeepAsync(string name, Action<StationRow> change, CancellationToken cancellation) => OnceMoreAsync(async () =>
    {
        await using ServiceContext db = await contexts.CreateDbContextAsync(cancellation);
        change(await RowAsync(db, name, cancellation));
        return await db.SaveChangesAsync(cancellation);
    });

    private static async Task<StationRow> RowAsync(ServiceContext db, string name, CancellationToken cancellation)
    {
        StationRow? row = await db.Stations.FirstOrDefaultAsync(one => one.Name == name, cancellation);
        if (row is null) db.Stations.Add(row = new StationRow { Name = name });
        return row;
    }

    private static async Task<T> OnceMoreAsync<T>(Func<Task<T>> change)
    {
        try
        {
            return await change();
        }
        catch (DbUpdateException e) when (!DatabaseAway.Is(e))
        {
            return await change(); // somebody else has made the row meanwhile
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The next result of station {Station} cannot be shown yet")]
    private partial void LogNotShown(Exception exception, string station);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Station {Station} is not ready: recipe {Product} cannot be prepared: {Reason}")]
    private partial void LogNotPrepared(string station, string product, string reason);
}
