using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using PromptAD.Client;
using PromptAD.Server.Operations;
using PromptAD.Server.Storage;

namespace PromptAD.Server.Sinks;

/// <summary>
/// Posts results to an address, signed as Standard Webhooks has it: <c>webhook-id</c>, the same for each attempt,
/// <c>webhook-timestamp</c>, and <c>webhook-signature</c>, "v1," and the HMAC-SHA256 of "id.timestamp.body" in Base64.
/// </summary>
internal sealed class WebhookSink(WebhookOptions options, TimeProvider clock) : ISink, IDisposable
{
    private readonly Uri address = new(options.Url);
    private readonly HttpClient http = new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false, // what is signed for one receiver is not for another
        UseCookies = false,
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
    })
    {
        Timeout = System.Threading.Timeout.InfiniteTimeSpan, // the runner's
    };

    /// <inheritdoc/>
    public async Task SendAsync(InspectionResult result, CancellationToken cancellation)
    {
        byte[] body = JsonSerializer.SerializeToUtf8Bytes(result, ServiceJson.Options);
        string id = $"inspection-{result.Id}";
        string time = new DateTimeOffset(clock.Now()).ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        using var request = new HttpRequestMessage(HttpMethod.Post, address) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        request.Headers.Add("webhook-id", id);
        request.Headers.Add("webhook-timestamp", time);
        if (options.Secret is { Length: > 0 } secret) request.Headers.Add("webhook-signature", Sign(secret, id, time, body));
        using HttpResponseMessage response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation);
        if (response.IsSuccessStatusCode) return;
        string line = $"It has answered {(int)response.StatusCode} to inspection {result.Id}.";
        throw IsFinal(response.StatusCode) ? new RefusedException($"Refused: {line}") : new HttpRequestException(line);
    }

    /// <inheritdoc/>
    public Task RunAsync(Action<string> tellTrouble, CancellationToken cancellation) => Task.CompletedTask;

    /// <inheritdoc/>
    public void Dispose() => http.Dispose();

    /// <summary>Whether the same result would get the same answer: the receiver says that the fault lies in what was sent.</summary>
    private static bool IsFinal(HttpStatusCode status) => (int)status is >= 400 and < 500
        && status is not (HttpStatusCode.RequestTimeout or (HttpStatusCode)425 or HttpStatusCode.TooManyRequests);

    /// <summary>The signature of what is sent.</summary>
    public static string Sign(string secret, string id, string time, byte[] body)
    {
        byte[] signed = [.. Encoding.UTF8.GetBytes($"{id}.{time}."), .. body];
        return $"v1,{Convert.ToBase64String(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), signed))}";
    }
}
