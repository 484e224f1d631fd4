namespace PromptAD.Client;

/// <content>Where pictures come from and where results go by themselves.</content>
public sealed partial class InspectionClient
{
    /// <summary>Where pictures come from by themselves, and how that fares. Needs the role of an operator.</summary>
    public Task<IReadOnlyList<SourceInfo>> ListSourcesAsync(CancellationToken cancellation = default) =>
        GetAsync<IReadOnlyList<SourceInfo>>("/api/sources", cancellation);

    /// <summary>Where results go by themselves, and how that fares. Needs the role of an operator.</summary>
    public Task<IReadOnlyList<SinkInfo>> ListSinksAsync(CancellationToken cancellation = default) =>
        GetAsync<IReadOnlyList<SinkInfo>>("/api/sinks", cancellation);

    /// <summary>Results that a sink did not take, the latest first. Needs the role of an operator.</summary>
    /// <param name="sink">The sink.</param>
    /// <param name="before">Those of inspections with a lower number; null for the latest.</param>
    /// <param name="limit">How many at most, 1 to 500.</param>
    /// <param name="cancellation">Cancels the request.</param>
    public Task<Page<SetAsideResult>> ListSetAsideAsync(
        string sink, long? before = null, int limit = 50, CancellationToken cancellation = default) => GetAsync<Page<SetAsideResult>>(
            SinkPath(sink) + Path($"?limit={limit}") + (before is { } id ? Path($"&before={id}") : ""), cancellation);

    /// <summary>Sends what a sink did not take again. Needs the role of an engineer.</summary>
    /// <param name="sink">The sink.</param>
    /// <param name="inspection">One inspection; null for all that were set aside.</param>
    /// <param name="cancellation">Cancels the request.</param>
    /// <exception cref="InspectionServiceException">Nothing was set aside.</exception>
    public Task<SetAsideCount> RetrySetAsideAsync(string sink, long? inspection = null, CancellationToken cancellation = default) =>
        SendAsync<SetAsideCount>(
            HttpMethod.Post, SinkPath(sink) + "/retry" + (inspection is { } id ? Path($"?inspection={id}") : ""), null, cancellation);

    private static string SinkPath(string sink) => $"/api/sinks/{Uri.EscapeDataString(sink)}/set-aside";
}
