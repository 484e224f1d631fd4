using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using PromptAD.Client;
using PromptAD.Server.Audit;
using PromptAD.Server.Operations;
using PromptAD.Server.Storage;

namespace PromptAD.Server.Sources;

/// <summary>
/// Watched folders that are set up through the interface: kept in the database and in force at once. They lie below roots that the settings
/// name, so that no path from a request reaches the file system freely.
/// </summary>
internal sealed class SourceSetup(
    SourceRunner runner,
    Changes changes,
    IDbContextFactory<ServiceContext> contexts,
    ServiceOptions options,
    ILogger<SourceSetup> log) : IDisposable
{
    private readonly Turns turns = new();
    private readonly RowsInForce<SourceRow> inForce = new(row => row.Name, row => $"{row.Revision} {row.Settings}");

    /// <summary>Puts in force what the database has.</summary>
    public async Task LoadAsync(CancellationToken cancellation)
    {
        await using ServiceContext db = await contexts.CreateDbContextAsync(cancellation);
        foreach (SourceRow row in await db.Sources.AsNoTracking().ToListAsync(cancellation))
        {
            if (runner.Find(row.Name) is null) await PutInForceAsync(row);
            else SetupLog.Hidden(log, "source", row.Name);
        }
    }

    /// <summary>Puts in force what other processes have changed.</summary>
    public Task FollowAsync(CancellationToken cancellation) => turns.TakeAsync(
        async () =>
        {
            await using ServiceContext db = await contexts.CreateDbContextAsync(cancellation);
            await inForce.FollowAsync(
                await db.Sources.AsNoTracking().ToListAsync(cancellation),
                name => runner.Find(name) is { IsFromSettings: true }, PutInForceAsync, runner.RemoveAsync);
            return true;
        },
        cancellation);

    /// <summary>All that were set up through the interface, by name.</summary>
    public async Task<Dictionary<string, SourceSettings>> AllAsync(CancellationToken cancellation)
    {
        await using ServiceContext db = await contexts.CreateDbContextAsync(cancellation);
        return await db.Sources.AsNoTracking().ToDictionaryAsync(row => row.Name, Describe, cancellation);
    }

    /// <summary>One that was set up through the interface.</summary>
    /// <exception cref="ServiceException">There is none, or the settings have it.</exception>
    public async Task<SourceSettings> FindAsync(string name, CancellationToken cancellation)
    {
        DemandOwn(name);
        await using ServiceContext db = await contexts.CreateDbContextAsync(cancellation);
        return Describe(await FindAsync(db, name, cancellation));
    }

    /// <summary>Adds a folder.</summary>
    /// <exception cref="ServiceException">It cannot be watched, or the name is taken.</exception>
    public Task<SourceSettings> AddAsync(string actor, SourceSettings wanted, CancellationToken cancellation) => turns.TakeAsync(
        async () =>
        {
            string name = wanted.Name ?? "";
            Read(wanted, name);
            if (runner.Find(name) is not null) throw ServiceException.Conflict($"There is a source '{name}' already.");
            SourceRow added = await changes.MakeAsync(
                actor,
                (db, notes) =>
                {
                    var row = new SourceRow { Name = name, Settings = Json(wanted, name) };
                    db.Sources.Add(row);
                    notes.Add("source.created", $"source {name}", null, JsonElement.Parse(row.Settings));
                    return Task.FromResult(row);
                },
                cancellation);
            await PutInForceAsync(added);
            return Describe(added);
        },
        cancellation);

    /// <summary>Changes a folder.</summary>
    /// <exception cref="ServiceException">There is none, the settings have it, it cannot be so, or somebody else was faster.</exception>
    public Task<SourceSettings> ChangeAsync(
        string actor, string name, HttpRequest request, Func<SourceSettings, SourceSettings> change, CancellationToken cancellation) =>
        turns.TakeAsync(
            async () =>
            {
                DemandOwn(name);
                SourceRow changed = await changes.MakeAsync(
                    actor,
                    async (db, notes) =>
                    {
                        SourceRow row = await FindAsync(db, name, cancellation);
                        Revision.Demand(request, row.Revision, $"source '{name}'");
                        SourceSettings wanted = change(Describe(row));
                        if (wanted.Name is { } other && other != name)
                        {
                            throw ServiceException.Invalid(
                                $"Source '{name}' stays '{name}': by its name the service knows which files it has inspected.");
                        }
                        // One whose root left the settings can be switched off still.
                        SourceSettings off = Describe(row) with { Enabled = false, Name = name };
                        if (wanted with { Name = name } != off) Read(wanted, name);
                        string before = row.Settings;
                        (row.Settings, row.Revision) = (Json(wanted, name), row.Revision + 1);
                        notes.Add("source.changed", $"source {name}", JsonElement.Parse(before), JsonElement.Parse(row.Settings));
                        return row;
                    },
                    cancellation);
                await PutInForceAsync(changed);
                return Describe(changed);
            },
            cancellation);

    /// <summary>Removes a folder. Which files were inspected stays known.</summary>
    /// <exception cref="ServiceException">There is none, or the settings have it.</exception>
    public Task RemoveAsync(string actor, string name, CancellationToken cancellation) => turns.TakeAsync(
        async () =>
        {
            DemandOwn(name);
            await changes.MakeAsync(
                actor,
                async (db, notes) =>
                {
                    SourceRow row = await FindAsync(db, name, cancellation);
                    db.Sources.Remove(row);
                    notes.Add("source.removed", $"source {name}", JsonElement.Parse(row.Settings), null);
                },
                cancellation);
            await runner.RemoveAsync(name);
            inForce.Remove(name);
            return true;
        },
        cancellation);

    /// <inheritdoc/>
    public void Dispose() => turns.Dispose();

    private void DemandOwn(string name)
    {
        if (runner.Find(name) is { IsFromSettings: true })
            throw ServiceException.Conflict($"Source '{name}' is in the service's settings; change it there and start the service anew.");
    }

    private static async Task<SourceRow> FindAsync(ServiceContext db, string name, CancellationToken cancellation) =>
        await db.Sources.FirstOrDefaultAsync(row => row.Name == name, cancellation) ?? throw ServiceException.Unknown("source", name);

    private async Task PutInForceAsync(SourceRow row)
    {
        SourceSettings settings = Describe(row);
        // A root that the settings do not name any more is told as an error of the source.
        FolderRoot root = options.FolderRoots.Find(one => one.Name == settings.Root) ?? FolderRoot.Missing(settings.Root ?? "");
        await runner.SetAsync(Options(settings, row.Name, root), settings.Enabled);
        inForce.Set(row);
    }

    /// <summary>Whether a folder can be watched.</summary>
    private void Read(SourceSettings wanted, string name)
    {
        if (options.FolderRoots.Count == 0)
        {
            throw ServiceException.Conflict(
                "No folder may be watched by a request, since the setting Service:FolderRoots names none. Set Service:FolderRoots:0:Name "
                + "and Service:FolderRoots:0:Path, or set the folder up by Service:Folders.");
        }
        FolderRoot root = options.FolderRoots.Find(one => one.Name == wanted.Root) ?? throw ServiceException.Invalid(
            $"The root is '{wanted.Root}'; it must be one of {string.Join(", ", options.FolderRoots.Select(one => one.Name))}.");
        FolderOptions folder = Options(wanted, name, root);
        folder.Check();
        try
        {
            folder.Find(); // one that is not there yet may come
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw ServiceException.Invalid(FolderTrouble.LineOf(e));
        }
    }

    private static FolderOptions Options(SourceSettings settings, string name, FolderRoot root) => new()
    {
        Name = name,
        Root = root,
        Folder = settings.Folder ?? "",
        Station = settings.Station,
        Product = settings.Product,
        Subfolders = settings.Subfolders,
        PollSeconds = settings.PollSeconds,
        SettleSeconds = settings.SettleSeconds,
    };

    private static string Json(SourceSettings settings, string name) =>
        JsonSerializer.Serialize(settings with { Name = name, Revision = 0 }, ServiceJson.Options);

    private static SourceSettings Describe(SourceRow row) =>
        JsonSerializer.Deserialize<SourceSettings>(row.Settings, ServiceJson.Options)! with { Revision = row.Revision };
}
