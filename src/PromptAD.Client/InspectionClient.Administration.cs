using System.Globalization;

namespace PromptAD.Client;

/// <content>Users, keys, sources, sinks, storage, log and audit trail; needs the role of an administrator.</content>
public sealed partial class InspectionClient
{
    /// <summary>All users.</summary>
    public Task<IReadOnlyList<UserInfo>> ListUsersAsync(CancellationToken cancellation = default) =>
        GetAsync<IReadOnlyList<UserInfo>>("/api/users", cancellation);

    /// <summary>Lets somebody in.</summary>
    /// <exception cref="InspectionServiceException">Name or password cannot be, or the name is taken.</exception>
    public Task<UserInfo> AddUserAsync(NewUser user, CancellationToken cancellation = default) =>
        SendAsync<UserInfo>(HttpMethod.Post, "/api/users", user, cancellation);

    /// <summary>Changes somebody's role or password, or whether they may sign in. Earlier sign-ins and a lock end.</summary>
    /// <exception cref="InspectionServiceException">There is no such user, or no administrator would be left.</exception>
    public Task<UserInfo> ChangeUserAsync(string name, UserChange change, CancellationToken cancellation = default) =>
        SendAsync<UserInfo>(Patch, $"/api/users/{Uri.EscapeDataString(name)}", change, cancellation);

    /// <summary>Removes somebody; what they have done stays in the audit trail.</summary>
    /// <exception cref="InspectionServiceException">There is no such user, or no administrator would be left.</exception>
    public Task RemoveUserAsync(string name, CancellationToken cancellation = default) =>
        DeleteAsync($"/api/users/{Uri.EscapeDataString(name)}", cancellation);

    /// <summary>All keys, without their secrets.</summary>
    public Task<IReadOnlyList<KeyInfo>> ListKeysAsync(CancellationToken cancellation = default) =>
        GetAsync<IReadOnlyList<KeyInfo>>("/api/keys", cancellation);

    /// <summary>Makes a key; its secret is told once.</summary>
    /// <exception cref="InspectionServiceException">Name, role or days cannot be.</exception>
    public Task<CreatedKey> CreateKeyAsync(NewKey key, CancellationToken cancellation = default) =>
        SendAsync<CreatedKey>(HttpMethod.Post, "/api/keys", key, cancellation);

    /// <summary>Revokes a key; from the next request on it is refused.</summary>
    /// <exception cref="InspectionServiceException">There is no such key.</exception>
    public Task RevokeKeyAsync(string id, CancellationToken cancellation = default) =>
        DeleteAsync($"/api/keys/{Uri.EscapeDataString(id)}", cancellation);

    /// <summary>The roots below which folders may be watched.</summary>
    public Task<IReadOnlyList<string>> ListRootsAsync(CancellationToken cancellation = default) =>
        GetAsync<IReadOnlyList<string>>("/api/sources/roots", cancellation);

    /// <summary>Watches a folder below a root.</summary>
    /// <exception cref="InspectionServiceException">It cannot be watched, or the name is taken.</exception>
    public Task<SourceSettings> AddSourceAsync(SourceSettings source, CancellationToken cancellation = default) =>
        SendAsync<SourceSettings>(HttpMethod.Post, "/api/sources", source, cancellation);

    /// <summary>Sets a folder up otherwise, as it was read: <see cref="SourceSettings.Revision"/> says which state that was.</summary>
    /// <exception cref="InspectionServiceException">There is none, it cannot be so, or somebody else was faster.</exception>
    public Task<SourceSettings> ChangeSourceAsync(SourceSettings source, CancellationToken cancellation = default) =>
        SendAsync<SourceSettings>(
            HttpMethod.Put, $"/api/sources/{Uri.EscapeDataString(source.Name ?? "")}", source, cancellation, source.Revision);

    /// <summary>Switches a folder off, so that its files wait, or on again.</summary>
    /// <exception cref="InspectionServiceException">There is none, or the settings have it.</exception>
    public Task<SourceSettings> SwitchSourceAsync(string name, bool enabled, CancellationToken cancellation = default) =>
        SendAsync<SourceSettings>(HttpMethod.Put, $"/api/sources/{Uri.EscapeDataString(name)}/enabled", new Switch(enabled), cancellation);

    /// <summary>Watches a folder no longer; which files were inspected stays known.</summary>
    /// <exception cref="InspectionServiceException">There is none, or the settings have it.</exception>
    public Task RemoveSourceAsync(string name, CancellationToken cancellation = default) =>
        DeleteAsync($"/api/sources/{Uri.EscapeDataString(name)}", cancellation);

    /// <summary>Adds a webhook or a broker; results go to it at once.</summary>
    /// <exception cref="InspectionServiceException">It cannot be so, or the name is taken.</exception>
    public Task<SinkSettings> AddSinkAsync(SinkSettings sink, CancellationToken cancellation = default) =>
        SendAsync<SinkSettings>(HttpMethod.Post, "/api/sinks", sink, cancellation);

    /// <summary>Sets a sink up otherwise, as it was read: <see cref="SinkSettings.Revision"/> says which state that was.</summary>
    /// <exception cref="InspectionServiceException">There is none, it cannot be so, or somebody else was faster.</exception>
    public Task<SinkSettings> ChangeSinkAsync(SinkSettings sink, CancellationToken cancellation = default) =>
        SendAsync<SinkSettings>(
            HttpMethod.Put, $"/api/sinks/{Uri.EscapeDataString(sink.Name ?? "")}", sink, cancellation, sink.Revision);

    /// <summary>Switches a sink off, so that results wait, or on again.</summary>
    /// <exception cref="InspectionServiceException">There is none, or the settings have it.</exception>
    public Task<SinkSettings> SwitchSinkAsync(string name, bool enabled, CancellationToken cancellation = default) =>
        SendAsync<SinkSettings>(HttpMethod.Put, $"/api/sinks/{Uri.EscapeDataString(name)}/enabled", new Switch(enabled), cancellation);

    /// <summary>Removes a sink.</summary>
    /// <param name="name">The sink.</param>
    /// <param name="discard">Whether what waits for it or was set aside is thrown away; else that is an error.</param>
    /// <param name="cancellation">Cancels the request.</param>
    /// <exception cref="InspectionServiceException">There is none, the settings have it, or results wait.</exception>
    public Task RemoveSinkAsync(string name, bool discard = false, CancellationToken cancellation = default) =>
        DeleteAsync($"/api/sinks/{Uri.EscapeDataString(name)}" + (discard ? "?discard=true" : ""), cancellation);

    /// <summary>Throws away what a sink did not take.</summary>
    /// <exception cref="InspectionServiceException">Nothing was set aside.</exception>
    public Task<SetAsideCount> DiscardSetAsideAsync(string sink, CancellationToken cancellation = default) =>
        SendAsync<SetAsideCount>(HttpMethod.Delete, SinkPath(sink), null, cancellation);

    /// <summary>How much room there is, and how long pictures stay.</summary>
    public Task<StorageInfo> GetStorageAsync(CancellationToken cancellation = default) =>
        GetAsync<StorageInfo>("/api/storage", cancellation);

    /// <summary>The latest warnings and errors since the service started, the newest first.</summary>
    public Task<IReadOnlyList<LogLine>> ListLogAsync(CancellationToken cancellation = default) =>
        GetAsync<IReadOnlyList<LogLine>>("/api/log", cancellation);

    /// <summary>Entries of the audit trail, the latest first.</summary>
    /// <param name="filter">Which; null for all. <see cref="Page{T}.Next"/> goes into <see cref="AuditFilter.Before"/>.</param>
    /// <param name="cancellation">Cancels the request.</param>
    public Task<Page<AuditEntry>> ListAuditAsync(AuditFilter? filter = null, CancellationToken cancellation = default) =>
        GetAsync<Page<AuditEntry>>("/api/audit" + QueryOf(filter ?? new AuditFilter()), cancellation);

    /// <summary>Verifies the whole audit trail.</summary>
    public Task<AuditCheck> CheckAuditAsync(CancellationToken cancellation = default) =>
        GetAsync<AuditCheck>("/api/audit/check", cancellation);

    /// <summary>How the scores and the false rejects of a product went. Needs the role of an operator.</summary>
    /// <param name="product">The product.</param>
    /// <param name="station">The station; null for all.</param>
    /// <param name="from">Where the period begins; null for 7 days before its end.</param>
    /// <param name="to">Where it ends; null for now.</param>
    /// <param name="zone">The zone in which days begin, such as "Europe/Berlin"; null for UTC.</param>
    /// <param name="cancellation">Cancels the request.</param>
    /// <exception cref="InspectionServiceException">There is no such product, or none of its versions is in force.</exception>
    public Task<QualityInfo> GetQualityAsync(
        string product,
        string? station = null,
        DateTimeOffset? from = null,
        DateTimeOffset? to = null,
        string? zone = null,
        CancellationToken cancellation = default) => GetAsync<QualityInfo>(
            $"/api/products/{Uri.EscapeDataString(product)}/quality"
            + QueryOf(("station", station), ("from", Text(from)), ("to", Text(to)), ("zone", zone)), cancellation);

    private static string QueryOf(AuditFilter filter) => QueryOf(
        ("who", filter.Who), ("what", filter.What), ("subject", filter.Subject), ("from", Text(filter.From)), ("to", Text(filter.To)),
        ("before", filter.Before?.ToString(CultureInfo.InvariantCulture)), ("limit", filter.Limit?.ToString(CultureInfo.InvariantCulture)));
}
