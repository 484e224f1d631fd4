using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.EntityFrameworkCore;
using PromptAD.Client;
using PromptAD.Server.Audit;
using PromptAD.Server.Operations;
using PromptAD.Server.Storage;

namespace PromptAD.Server.Sinks;

/// <summary>
/// Sinks that are set up through the interface: kept in the database, in force at once, their secrets protected and never told. Those of
/// the settings are the settings' alone.
/// </summary>
internal sealed class SinkSetup(
    SinkRunner runner,
    Changes changes,
    IDbContextFactory<ServiceContext> contexts,
    IDataProtectionProvider protection,
    ILogger<SinkSetup> log) : IDisposable
{
    private const int LongestSecret = 1000;
    private const string Unreadable = "Its secret cannot be read with the keys of this data folder; set it again.";

    private readonly Turns turns = new();
    private readonly RowsInForce<SinkRow> inForce = new(row => row.Name, row => $"{row.Revision} {row.Settings} {row.Secret}");
    private readonly IDataProtector protector = protection.CreateProtector("PromptAD.Server.Sinks");

    /// <summary>Puts in force what the database has.</summary>
    public async Task LoadAsync(CancellationToken cancellation)
    {
        await using ServiceContext db = await contexts.CreateDbContextAsync(cancellation);
        foreach (SinkRow row in await db.Sinks.AsNoTracking().ToListAsync(cancellation))
        {
            if (runner.Find(row.Name) is null) await PutInForceAsync(row);
            else SetupLog.Hidden(log, "sink", row.Name);
        }
    }

    /// <summary>Puts in force what other processes have changed.</summary>
    public Task FollowAsync(CancellationToken cancellation) => turns.TakeAsync(
        async () =>
        {
            await using ServiceContext db = await contexts.CreateDbContextAsync(cancellation);
            await inForce.FollowAsync(
                await db.Sinks.AsNoTracking().ToListAsync(cancellation),
                name => runner.Find(name) is { IsFromSettings: true }, PutInForceAsync, runner.RemoveAsync);
            return true;
        },
        cancellation);

    /// <summary>All that were set up through the interface, by name.</summary>
    public async Task<Dictionary<string, SinkSettings>> AllAsync(CancellationToken cancellation)
    {
        await using ServiceContext db = await contexts.CreateDbContextAsync(cancellation);
        return await db.Sinks.AsNoTracking().ToDictionaryAsync(row => row.Name, Describe, cancellation);
    }

    /// <summary>One that was set up through the interface.</summary>
    /// <exception cref="ServiceException">There is none, or the settings have it.</exception>
    public async Task<SinkSettings> FindAsync(string name, CancellationToken cancellation)
    {
        DemandOwn(name);
        await using ServiceContext db = await contexts.CreateDbContextAsync(cancellation);
        return Describe(await FindAsync(db, name, cancellation));
    }

    /// <summary>Adds a sink.</summary>
    /// <exception cref="ServiceException">It cannot be, or the name is taken.</exception>
    public Task<SinkSettings> AddAsync(string actor, SinkSettings wanted, CancellationToken cancellation) => turns.TakeAsync(
        async () =>
        {
            SinkOptions options = Read(wanted, wanted.Name ?? "", wanted.Kind);
            if (runner.Find(options.Name) is not null) throw ServiceException.Conflict($"There is a sink '{options.Name}' already.");
            CheckSecret(wanted.Secret);
            SinkRow added = await changes.MakeAsync(
                actor,
                (db, notes) =>
                {
                    var row = new SinkRow
                    {
                        Name = options.Name,
                        Kind = options.Kind,
                        Settings = Json(options),
                        Secret = string.IsNullOrEmpty(wanted.Secret) ? null : protector.Protect(wanted.Secret),
                    };
                    db.Sinks.Add(row);
                    notes.Add("sink.created", $"sink {row.Name}", null, Noted(row, row.Secret is null ? "none" : "new"));
                    return Task.FromResult(row);
                },
                cancellation);
            await PutInForceAsync(added);
            return Describe(added);
        },
        cancellation);

    /// <summary>Changes a sink. A secret that is not given stays; an empty one goes.</summary>
    /// <exception cref="ServiceException">There is none, the settings have it, it cannot be so, or somebody else was faster.</exception>
    public Task<SinkSettings> ChangeAsync(
        string actor,
        string name,
        HttpRequest request,
        Func<SinkSettings, SinkSettings> change,
        CancellationToken cancellation) => turns.TakeAsync(
        async () =>
        {
            DemandOwn(name);
            SinkRow changed = await changes.MakeAsync(
                actor,
                async (db, notes) =>
                {
                    SinkRow row = await FindAsync(db, name, cancellation);
                    Revision.Demand(request, row.Revision, $"sink '{name}'");
                    SinkSettings wanted = change(Describe(row));
                    if (wanted.Name is { } other && other != name)
                        throw ServiceException.Invalid($"Sink '{name}' stays '{name}': by its name the service knows what waits for it.");
                    if (wanted.Kind != row.Kind)
                        throw ServiceException.Invalid($"Sink '{name}' is a {row.Kind}; remove it and add another one.");
                    CheckSecret(wanted.Secret);
                    object before = Noted(row, row.Secret is null ? "none" : "as before");
                    row.Settings = Json(Read(wanted, name, row.Kind));
                    if (wanted.Secret is not null) row.Secret = wanted.Secret.Length == 0 ? null : protector.Protect(wanted.Secret);
                    row.Revision++;
                    string secret = row.Secret is null ? "none" : wanted.Secret is null ? "as before" : "new";
                    notes.Add("sink.changed", $"sink {name}", before, Noted(row, secret));
                    return row;
                },
                cancellation);
            await PutInForceAsync(changed);
            return Describe(changed);
        },
        cancellation);

    /// <summary>Removes a sink.</summary>
    /// <param name="actor">Who does.</param>
    /// <param name="name">Its name.</param>
    /// <param name="discard">Whether results that wait for it or were set aside are thrown away; otherwise there may be none.</param>
    /// <param name="cancellation">Cancels it.</param>
    /// <exception cref="ServiceException">There is none, the settings have it, or results wait for it.</exception>
    public Task RemoveAsync(string actor, string name, bool discard, CancellationToken cancellation) => turns.TakeAsync(
        async () =>
        {
            DemandOwn(name);
            await changes.MakeAsync(
                actor,
                async (db, notes) =>
                {
                    int left = await db.Outbox.CountAsync(row => row.Sink == name, cancellation);
                    SinkRow? row = await db.Sinks.FirstOrDefaultAsync(one => one.Name == name, cancellation);
                    if (row is null && left == 0) throw ServiceException.Unknown("sink", name);
                    if (left > 0 && !discard)
                    {
                        throw ServiceException.Conflict(
                            $"{left} results wait for sink '{name}' or were set aside. Let them be sent, or throw them away with "
                            + "discard=true.");
                    }
                    await db.Outbox.Where(one => one.Sink == name).ExecuteDeleteAsync(cancellation);
                    if (row is not null) db.Sinks.Remove(row);
                    notes.Add(
                        "sink.removed", $"sink {name}", row is null ? null : Noted(row, row.Secret is null ? "none" : "as before"),
                        new { Discarded = left });
                },
                cancellation);
            await runner.RemoveAsync(name);
            inForce.Remove(name);
            // Results that came until then are not for a later sink of that name.
            await using ServiceContext late = await contexts.CreateDbContextAsync(CancellationToken.None);
            await late.Outbox.Where(one => one.Sink == name).ExecuteDeleteAsync(CancellationToken.None);
            return true;
        },
        cancellation);

    /// <inheritdoc/>
    public void Dispose() => turns.Dispose();

    private void DemandOwn(string name)
    {
        if (runner.Find(name) is { IsFromSettings: true })
            throw ServiceException.Conflict($"Sink '{name}' is in the service's settings; change it there and start the service anew.");
    }

    private static async Task<SinkRow> FindAsync(ServiceContext db, string name, CancellationToken cancellation) =>
        await db.Sinks.FirstOrDefaultAsync(row => row.Name == name, cancellation) ?? throw ServiceException.Unknown("sink", name);

    private async Task PutInForceAsync(SinkRow row)
    {
        SinkOptions options = Options(row);
        string? trouble = null;
        try
        {
            string? secret = row.Secret is null ? null : protector.Unprotect(row.Secret);
            if (options is WebhookOptions webhook) webhook.Secret = secret;
            if (options is MqttOptions broker) broker.Password = secret;
        }
        catch (CryptographicException)
        {
            trouble = Unreadable; // nothing goes out unsigned that was to be signed
        }
        await runner.SetAsync(options, trouble);
        inForce.Set(row);
    }

    private static void CheckSecret(string? secret)
    {
        if (secret?.Length > LongestSecret) throw ServiceException.Invalid($"A secret has at most {LongestSecret} characters.");
    }

    private static SinkOptions Read(SinkSettings wanted, string name, string kind)
    {
        SinkOptions options = kind switch
        {
            WebhookOptions.KindName => new WebhookOptions { Url = wanted.Url ?? "" },
            MqttOptions.KindName => new MqttOptions
            {
                Server = wanted.Server ?? "",
                Port = wanted.Port ?? MqttOptions.UsualPort,
                Tls = wanted.Tls,
                User = wanted.User,
                Topic = wanted.Topic ?? MqttOptions.UsualTopic,
                ClientId = wanted.ClientId,
                Triggers = wanted.Triggers,
            },
            _ => throw ServiceException.Invalid(
                $"The kind of a sink is '{kind}'; it must be {WebhookOptions.KindName} or {MqttOptions.KindName}."),
        };
        (options.Name, options.Enabled, options.Product, options.Station) = (name, wanted.Enabled, wanted.Product, wanted.Station);
        (options.Verdicts, options.TimeoutSeconds) = ([.. wanted.Verdicts ?? []], wanted.TimeoutSeconds);
        options.GiveUpAfterHours = wanted.GiveUpAfterHours ?? options.GiveUpAfterHours;
        options.Check();
        return options;
    }

    private static string Json(SinkOptions options) => JsonSerializer.Serialize(options, options.GetType(), ServiceJson.Options);

    private static SinkOptions Options(SinkRow row) => row.Kind == MqttOptions.KindName
        ? JsonSerializer.Deserialize<MqttOptions>(row.Settings, ServiceJson.Options)!
        : JsonSerializer.Deserialize<WebhookOptions>(row.Settings, ServiceJson.Options)!;

    private static object Noted(SinkRow row, string secret) => new { Settings = JsonElement.Parse(row.Settings), Secret = secret };

    private static SinkSettings Describe(SinkRow row)
    {
        SinkOptions options = Options(row);
        var settings = new SinkSettings
        {
            Name = row.Name,
            Kind = row.Kind,
            Enabled = options.Enabled,
            Product = options.Product,
            Station = options.Station,
            Verdicts = options.Verdicts,
            TimeoutSeconds = options.TimeoutSeconds,
            GiveUpAfterHours = options.GiveUpAfterHours,
            HasSecret = row.Secret is not null,
            Revision = row.Revision,
        };
        return options switch
        {
            WebhookOptions webhook => settings with { Url = webhook.Url },
            MqttOptions broker => settings with
            {
                Server = broker.Server,
                Port = broker.Port,
                Tls = broker.Tls,
                User = broker.User,
                Topic = broker.Topic,
                ClientId = broker.ClientId,
                Triggers = broker.Triggers,
            },
            _ => settings,
        };
    }
}
