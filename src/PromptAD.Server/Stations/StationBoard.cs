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
    IPictureJudge pictures,
    Judge judge,
    LiveResults live,
    Changes changes,
    ServiceOptions options,
    ILogger<StationBoard> log) : IStationBoard, IHostedService
{
    private readonly ConcurrentDictionary<string, Station> stations = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    public Task<List<StationInfo>> AllAsync(CancellationToken cancellation) =>
        Task.FromResult(stations.Values.OrderBy(one => one.Name, StringComparer.Ordinal).Select(Describe).ToList());

    /// <inheritdoc/>
    public Task<StationInfo> FindAsync(string name, CancellationToken cancellation) => stations.TryGetValue(name, out Station? station)
        ? Task.FromResult(Describe(station))
        : throw ServiceException.Unknown("station", name);

    /// <inheritdoc/>
    public Task<StationInfo> OfAsync(string name, CancellationToken cancellation) => Task.FromResult(Describe(Of(name)));

    /// <inheritdoc/>
    public void Note(string name, StationNews news)
    {
        Station station = Of(name);
        station.Note(news);
        Tell(station);
    }

    /// <inheritdoc/>
    public async Task ShowAsync(InspectionResult result)
    {
        Station station = Of(result.Station);
        if (station.AwaitsNext) await ShowNextAsync(station);
        else station.Show(result, isNext: false);
        Tell(station);
    }

    /// <inheritdoc/>
    public async Task<StationInfo> PrepareAsync(string actor, string name, string? product, CancellationToken cancellation)
    {
        Station station = Of(name);
        await ChangeAsync(
            actor,
            name,
            (_, row, notes) =>
            {
                notes.Add("station.recipe", $"station {name}", new { row.Recipe }, new { Recipe = product });
                row.Recipe = product;
                return Task.FromResult(true);
            },
            cancellation);
        station.Ask(product);
        Tell(station);
        if (product is not null) await PrepareAgainAsync(station, product, cancellation);
        return Describe(station);
    }

    /// <inheritdoc/>
    public async Task<StationInfo> ResetAsync(string name, CancellationToken cancellation)
    {
        Station station = Of(name);
        station.Reset();
        StationInfo info = Describe(station);
        if (info.RecipeAsked is { } product && info.RecipeInForce is null) await PrepareAgainAsync(station, product, cancellation);
        else Tell(station);
        return Describe(station);
    }

    /// <inheritdoc/>
    public async Task<StationInfo> AcknowledgeAsync(string name, long id, CancellationToken cancellation)
    {
        Station station = Of(name);
        if (station.Acknowledge(id) is { } refusal) throw ServiceException.Conflict(refusal);
        await KeepAsync(name, row => row.Acknowledged = Math.Max(row.Acknowledged, id), cancellation);
        if (station.AwaitsNext) await ShowNextAsync(station);
        Tell(station);
        return Describe(station);
    }

    /// <inheritdoc/>
    public async Task<StationInfo> ChangeAsync(string actor, string name, bool inTurn, CancellationToken cancellation)
    {
        Station station = Of(name);
        long from = await ChangeAsync(
            actor,
            name,
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
        return Describe(station);
    }

    /// <summary>The names of all stations that have a recipe or have sent anything.</summary>
    public async Task<HashSet<string>> NamesAsync(CancellationToken cancellation)
    {
        await using ServiceContext db = await contexts.CreateDbContextAsync(cancellation);
        return
        [
            .. await db.Stations.Select(row => row.Name).ToListAsync(cancellation),
            .. await db.Inspections.Select(row => row.Station).Distinct().ToListAsync(cancellation), // some only sent pictures
        ];
    }

    /// <summary>Takes over what is kept of a station.</summary>
    /// <returns>Whether anything is.</returns>
    public async Task<bool> LoadAsync(string name, CancellationToken cancellation)
    {
        await using ServiceContext db = await contexts.CreateDbContextAsync(cancellation);
        StationRow? row = await db.Stations.AsNoTracking().FirstOrDefaultAsync(one => one.Name == name, cancellation);
        bool hasSent = await db.Inspections.AnyAsync(one => one.Station == name, cancellation);
        if (row is null && !hasSent) return false;
        await LoadAsync(db, row ?? new StationRow { Name = name }, cancellation);
        return true;
    }

    /// <summary>A station is looked after by another node from now on.</summary>
    public void Leave(string name) => stations.TryRemove(name, out _);

    /// <summary>A node is gone, and the pictures that it had with it.</summary>
    public void Forget(string node)
    {
        foreach (Station station in stations.Values.Where(one => one.Forget(node))) Tell(station);
    }

    /// <inheritdoc/>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        judge.RoomChanged += TellReady;
        if (options.Cluster.Enabled) return; // stations are loaded where they are looked after
        HashSet<string> names = await NamesAsync(cancellationToken);
        await using ServiceContext db = await contexts.CreateDbContextAsync(cancellationToken);
        Dictionary<string, StationRow> rows = await db.Stations.AsNoTracking().ToDictionaryAsync(row => row.Name, cancellationToken);
        foreach (string name in names)
            await LoadAsync(db, rows.GetValueOrDefault(name) ?? new StationRow { Name = name }, cancellationToken);
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken)
    {
        judge.RoomChanged -= TellReady;
        return Task.CompletedTask;
    }

    [SuppressMessage("Reliability", "CA1031", Justification = "A recipe that cannot be prepared is shown by its station.")]
    private async Task LoadAsync(ServiceContext db, StationRow row, CancellationToken cancellation)
    {
        Station station = Of(row.Name);
        station.Load(row);
        InspectionRow? shown = row.InTurn ? await NextAsync(db, row.Name, row.Acknowledged) : await db.Inspections.AsNoTracking()
            .Where(one => one.Station == row.Name && one.State != InspectionState.Queued).OrderByDescending(one => one.Id)
            .FirstOrDefaultAsync(cancellation);
        if (shown is not null) station.Show(Finding.Read(shown), isNext: true);
        if (row.Recipe is not { } product) return;
        try
        {
            // Not its detector yet: many stations shall not hold up the start.
            station.Prepare(product, (await catalog.ActiveAsync(product, cancellation)).Number, null);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            station.Prepare(product, null, $"Recipe '{product}' cannot be prepared: {ErrorAnswers.Read(e).Detail}");
            LogNotPrepared(row.Name, product, ErrorAnswers.Read(e).Detail);
        }
    }

    /// <summary>The station of a name; a new one where none has sent anything yet.</summary>
    private Station Of(string name) => stations.GetOrAdd(name, one => new Station(one));

    private StationInfo Describe(Station station) => station.Describe(HasRoom());

    /// <summary>Tells listeners what a station shows.</summary>
    private void Tell(Station station) => station.Tell(live.Tell, HasRoom);

    private async Task PrepareAgainAsync(Station station, string product, CancellationToken cancellation)
    {
        try
        {
            VersionRow version = await catalog.ActiveAsync(product, cancellation);
            await pictures.PrepareAsync(product, version.FileHash, cancellation);
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
            if (await NextAsync(db, station.Name, station.Acknowledged) is { } next) station.Show(Finding.Read(next), isNext: true);
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
