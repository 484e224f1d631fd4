using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace PromptAD.Client;

/// <summary>
/// Talks to an inspection service. One for a program is enough: it is safe to use from several threads. Dispose it when done.
/// </summary>
/// <example>
/// <code>
/// using var service = new InspectionClient(new Uri("http://localhost:5190"), key);
/// InspectionResult result = await service.InspectAsync("plate", File.ReadAllBytes("part.png"));
/// bool isGood = result.Verdict == InspectionVerdict.OK;
/// </code>
/// </example>
public sealed partial class InspectionClient : IDisposable
{
    private const int TooManyRequests = 429;
    private static readonly TimeSpan BeforeAnotherTry = TimeSpan.FromMilliseconds(250);
    private static readonly HttpMethod Patch = new("PATCH");

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
    };

    private readonly HttpClient http;
    private readonly InspectionClientOptions options;

    /// <param name="address">Where the service is, such as <c>http://localhost:5190</c>.</param>
    /// <param name="key">A key that an administrator has made; null where <paramref name="handler"/> says who asks.</param>
    /// <param name="options">How it behaves; null for the defaults.</param>
    /// <param name="handler">What sends requests; null for the usual. Disposed with the client.</param>
    public InspectionClient(Uri address, string? key, InspectionClientOptions? options = null, HttpMessageHandler? handler = null)
    {
        this.options = options ?? new InspectionClientOptions();
        http = new HttpClient(handler ?? new HttpClientHandler()) { BaseAddress = address, Timeout = this.options.Timeout };
        if (key is not null) http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
    }

    /// <summary>Has a picture judged. Where the queue is full or the service is away, it is sent again for a while.</summary>
    /// <param name="product">The product's id.</param>
    /// <param name="picture">The bytes of a picture file, or of a raw frame.</param>
    /// <param name="inspection">What goes with it; null for nothing.</param>
    /// <param name="cancellation">Stops waiting. The picture may be inspected all the same.</param>
    /// <returns>The inspection; without a verdict where <see cref="InspectionOptions.Wait"/> is false.</returns>
    /// <exception cref="InspectionServiceException">The service refuses the picture, or the queue stays full.</exception>
    /// <exception cref="HttpRequestException">The service cannot be reached.</exception>
    public Task<InspectionResult> InspectAsync(
        string product, byte[] picture, InspectionOptions? inspection = null, CancellationToken cancellation = default) => InspectByAsync(
            $"/api/products/{Uri.EscapeDataString(product)}/inspections", picture, inspection ?? new InspectionOptions(), cancellation);

    /// <summary>
    /// Has several pictures judged in one request, 64 at most as the service is usually set up. Where the queue is full or the service is
    /// away, the request is sent again for a while; each picture is inspected once.
    /// </summary>
    /// <param name="product">The product's id.</param>
    /// <param name="pictures">The pictures.</param>
    /// <param name="idempotencyKey">A key of its own for each batch, at most 190 characters; null to let the client make one.</param>
    /// <param name="wait">Whether to wait for the verdicts; false returns as soon as the pictures are kept.</param>
    /// <param name="cancellation">Stops waiting. The pictures may be inspected all the same.</param>
    /// <returns>
    /// What became of each picture, in their order: one that cannot be judged does not fail the others. Fewer than were sent where the
    /// service takes fewer; the last one says so.
    /// </returns>
    /// <exception cref="InspectionServiceException">The service refuses the request, or the queue stays full.</exception>
    /// <exception cref="HttpRequestException">The service cannot be reached.</exception>
    public Task<IReadOnlyList<BatchResult>> InspectBatchAsync(
        string product,
        IReadOnlyList<BatchPicture> pictures,
        string? idempotencyKey = null,
        bool wait = true,
        CancellationToken cancellation = default) => SendPatientlyAsync<IReadOnlyList<BatchResult>>(
            $"/api/products/{Uri.EscapeDataString(product)}/inspections/batch?wait={(wait ? "true" : "false")}", () => Form(pictures),
            idempotencyKey, cancellation);

    /// <summary>An inspection by its number.</summary>
    /// <exception cref="InspectionServiceException">There is none.</exception>
    public Task<InspectionResult> GetInspectionAsync(long id, CancellationToken cancellation = default) =>
        GetAsync<InspectionResult>(Path($"/api/inspections/{id}"), cancellation);

    /// <summary>Inspections, the newest first.</summary>
    /// <param name="filter">Which; null for all. <see cref="Page{T}.Next"/> goes into <see cref="InspectionFilter.Before"/>.</param>
    /// <param name="cancellation">Cancels the request.</param>
    public Task<Page<InspectionResult>> ListInspectionsAsync(InspectionFilter? filter = null, CancellationToken cancellation = default) =>
        GetAsync<Page<InspectionResult>>("/api/inspections" + QueryOf(filter ?? new InspectionFilter()), cancellation);

    /// <summary>How many inspections there are of each kind.</summary>
    /// <param name="filter">Which; null for all. Its page (<see cref="InspectionFilter.Limit"/>) says nothing here.</param>
    /// <param name="cancellation">Cancels the request.</param>
    public Task<InspectionCounts> CountInspectionsAsync(InspectionFilter? filter = null, CancellationToken cancellation = default) =>
        GetAsync<InspectionCounts>("/api/inspections/counts" + QueryOf(filter ?? new InspectionFilter()), cancellation);

    /// <summary>The picture of an inspection, as it was sent.</summary>
    /// <exception cref="InspectionServiceException">There is none.</exception>
    public Task<byte[]> GetPictureAsync(long id, CancellationToken cancellation = default) =>
        GetBytesAsync(Path($"/api/inspections/{id}/picture"), cancellation);

    /// <summary>The picture of an inspection with its heat map, as JPEG.</summary>
    /// <exception cref="InspectionServiceException">There is none.</exception>
    public Task<byte[]> GetOverlayAsync(long id, CancellationToken cancellation = default) =>
        GetBytesAsync(Path($"/api/inspections/{id}/overlay"), cancellation);

    /// <summary>Who is signed in.</summary>
    public Task<UserInfo> GetAccountAsync(CancellationToken cancellation = default) =>
        GetAsync<UserInfo>("/api/account", cancellation);

    /// <summary>Says whether a part is good. Needs the role of an operator.</summary>
    /// <param name="id">The inspection.</param>
    /// <param name="reviewed">Good or defect; null takes an earlier review back.</param>
    /// <param name="cancellation">Cancels the request.</param>
    public Task<InspectionResult> ReviewAsync(long id, ReviewedAs? reviewed, CancellationToken cancellation = default) =>
        ReviewAsync(id, reviewed, [], cancellation);

    /// <summary>Says that a part has defects, and where. Needs the role of an operator.</summary>
    /// <param name="id">The inspection.</param>
    /// <param name="reviewed">A defect; where nothing is marked, as above.</param>
    /// <param name="where">Where, in pixels of the picture and within it, at most <see cref="MarkedPlace.Most"/>.</param>
    /// <param name="cancellation">Cancels the request.</param>
    public Task<InspectionResult> ReviewAsync(
        long id, ReviewedAs? reviewed, IReadOnlyList<MarkedPlace> where, CancellationToken cancellation = default) =>
        SendAsync<InspectionResult>(
            HttpMethod.Put, Path($"/api/inspections/{id}/review"), new ReviewRequest(reviewed, where), cancellation);

    /// <inheritdoc/>
    public void Dispose() => http.Dispose();

    private Task<InspectionResult> InspectByAsync(
        string address, byte[] picture, InspectionOptions inspection, CancellationToken cancellation)
    {
        string query = $"?wait={(inspection.Wait ? "true" : "false")}";
        if (inspection.Part is not null) query += $"&part={Uri.EscapeDataString(inspection.Part)}";
        return SendPatientlyAsync<InspectionResult>(
            address + query, () => Bytes(picture, inspection.MediaType), inspection.IdempotencyKey, cancellation);
    }

    /// <summary>Sends the same again where the queue is full or the service is away; the key makes sure that it is done once.</summary>
    private async Task<T> SendPatientlyAsync<T>(string path, Func<HttpContent> make, string? key, CancellationToken cancellation)
    {
        key ??= Guid.NewGuid().ToString("N");
        DateTime until = DateTime.UtcNow + options.Patience;
        while (true)
        {
            TimeSpan pause = BeforeAnotherTry;
            try
            {
                using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = make() };
                request.Headers.Add("Idempotency-Key", key);
                using HttpResponseMessage response = await http.SendAsync(request, cancellation).ConfigureAwait(false);
                bool isBusy = (int)response.StatusCode == TooManyRequests || response.StatusCode == HttpStatusCode.ServiceUnavailable;
                if (!isBusy || DateTime.UtcNow >= until) return await ReadAsync<T>(response).ConfigureAwait(false);
                if (response.Headers.RetryAfter?.Delta is { } asked) pause = asked < until - DateTime.UtcNow ? asked : BeforeAnotherTry;
            }
            catch (HttpRequestException) when (DateTime.UtcNow < until)
            {
                // The service may be starting again.
            }
            await Task.Delay(pause, cancellation).ConfigureAwait(false);
        }
    }

    private Task<T> GetAsync<T>(string path, CancellationToken cancellation) => SendAsync<T>(HttpMethod.Get, path, null, cancellation);

    private async Task<T> SendAsync<T>(
        HttpMethod method, string path, object? body, CancellationToken cancellation, int? revision = null)
    {
        using var request = new HttpRequestMessage(method, path);
        if (revision is { } read) request.Headers.Add("If-Match", Path($"\"{read}\""));
        if (body is HttpContent content) request.Content = content;
        else if (body is not null)
            request.Content = new StringContent(JsonSerializer.Serialize(body, Json), Encoding.UTF8, "application/json");
        using HttpResponseMessage response = await http.SendAsync(request, cancellation).ConfigureAwait(false);
        return await ReadAsync<T>(response).ConfigureAwait(false);
    }

    private async Task DeleteAsync(string path, CancellationToken cancellation)
    {
        using HttpResponseMessage response = await http.DeleteAsync(path, cancellation).ConfigureAwait(false);
        await ThrowWhereRefusedAsync(response).ConfigureAwait(false);
    }

    private async Task<byte[]> GetBytesAsync(string path, CancellationToken cancellation)
    {
        using HttpResponseMessage response = await http.GetAsync(path, cancellation).ConfigureAwait(false);
        await ThrowWhereRefusedAsync(response).ConfigureAwait(false);
        return await response.Content.ReadAsByteArrayAsync().ConfigureAwait(false);
    }

    private static async Task<T> ReadAsync<T>(HttpResponseMessage response)
    {
        await ThrowWhereRefusedAsync(response).ConfigureAwait(false);
        string text = await response.Content.ReadAsStringAsync().ConfigureAwait(false);
        return JsonSerializer.Deserialize<T>(text, Json) ?? throw new JsonException("The service has answered nothing.");
    }

    private static async Task ThrowWhereRefusedAsync(HttpResponseMessage response)
    {
        if (response.IsSuccessStatusCode) return;
        string text = await response.Content.ReadAsStringAsync().ConfigureAwait(false);
        (string? detail, long? inspection, string? kind) = (null, null, null);
        try
        {
            using var problem = JsonDocument.Parse(text);
            if (problem.RootElement.TryGetProperty("detail", out JsonElement said)) detail = said.GetString();
            if (problem.RootElement.TryGetProperty("inspection", out JsonElement id)) inspection = id.GetInt64();
            if (problem.RootElement.TryGetProperty("problem", out JsonElement told)) kind = told.GetString();
        }
        catch (JsonException)
        {
            // Something between client and service has answered.
        }
        string status = ((int)response.StatusCode).ToString(CultureInfo.InvariantCulture);
        throw new InspectionServiceException(response.StatusCode, detail ?? $"The service has answered {status}.", inspection, kind);
    }

    private static ByteArrayContent Bytes(byte[] picture, string? mediaType)
    {
        var content = new ByteArrayContent(picture);
        content.Headers.ContentType = MediaTypeHeaderValue.Parse(mediaType ?? "application/octet-stream");
        return content;
    }

    private static MultipartFormDataContent Form(IEnumerable<BatchPicture> pictures)
    {
        var form = new MultipartFormDataContent();
        foreach (BatchPicture picture in pictures)
        {
            if (picture.Part is not null) form.Add(new StringContent(picture.Part), "part");
            form.Add(Bytes(picture.Bytes, picture.MediaType), "picture");
        }
        return form;
    }

    private static string QueryOf(InspectionFilter filter) => QueryOf(
        ("product", filter.Product),
        ("station", filter.Station),
        ("part", filter.Part),
        ("verdict", filter.Verdicts.Count > 0 ? string.Join(",", filter.Verdicts) : null),
        ("state", filter.State?.ToString()),
        ("reviewed", filter.Reviewed is { } reviewed ? (reviewed ? "true" : "false") : null),
        ("lowest", filter.Lowest?.ToString("R", CultureInfo.InvariantCulture)),
        ("highest", filter.Highest?.ToString("R", CultureInfo.InvariantCulture)),
        ("from", Text(filter.From)),
        ("to", Text(filter.To)),
        ("before", filter.Before?.ToString(CultureInfo.InvariantCulture)),
        ("limit", filter.Limit?.ToString(CultureInfo.InvariantCulture)));

    /// <summary>What follows an address: the values that are not null; nothing where all are.</summary>
    private static string QueryOf(params (string Name, string? Value)[] values)
    {
        string query = string.Join(
            "&", values.Where(one => one.Value is not null).Select(one => $"{one.Name}={Uri.EscapeDataString(one.Value!)}"));
        return query.Length == 0 ? "" : "?" + query;
    }

    private static string? Text(DateTimeOffset? time) => time?.ToString("O", CultureInfo.InvariantCulture);

    private static string Path(FormattableString path) => FormattableString.Invariant(path);
}
