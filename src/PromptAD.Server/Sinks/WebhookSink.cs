using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using PromptAD.Client;
using PromptAD.Server.Inspections;
using PromptAD.Server.Operations;
using PromptAD.Server.Storage;

namespace PromptAD.Server.Sinks;

/// <summary>
/// Posts results to an address, signed as Standard Webhooks has it: <c>webhook-id</c>, the same for each attempt,
/// <c>webhook-timestamp</c>, and <c>webhook-signature</c>, "v1," and the HMAC-SHA256 of "id.timestamp.body" in Base64.
/// </summary>
internal sealed class WebhookSink : ISink, IDisposable
{
    private readonly WebhookOptions options;
    private readonly TimeProvider clock;
    private readonly Uri address;
    private readonly HttpClient http = new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false, // what is signed for one receiver is not for another
        UseCookies = false,
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
    })
    {
        Timeout = System.Threading.Timeout.InfiniteTimeSpan, // the runner's
    };

    /// <exception cref="PromptADException">Its address is none.</exception>
    public WebhookSink(WebhookOptions options, TimeProvider clock)
    {
        (this.options, this.clock) = (options, clock);
        address = Uri.TryCreate(options.Url, UriKind.Absolute, out Uri? url) && url.Scheme is "http" or "https"
            ? url!
            : throw new PromptADException(
                Problem.InvalidArgument,
                $"The Url of webhook '{options.Name}' is '{options.Url}'; it must begin with http:// or https://.");
    }

    /// <inheritdoc/>
    public string Name => options.Name;

    /// <inheritdoc/>
    public string Kind => "webhook";

    /// <inheritdoc/>
    public TimeSpan Timeout => TimeSpan.FromSeconds(options.TimeoutSeconds);

    /// <inheritdoc/>
    public bool Takes(InspectionRow row) => options.Takes(row);

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
        if (!response.IsSuccessStatusCode)
            throw new HttpRequestException($"It has answered {(int)response.StatusCode} to inspection {result.Id}.");
    }

    /// <inheritdoc/>
    public Task RunAsync(Action<string> tellTrouble, CancellationToken cancellation) => Task.CompletedTask;

    /// <inheritdoc/>
    public void Dispose() => http.Dispose();

    /// <summary>The signature of what is sent.</summary>
    public static string Sign(string secret, string id, string time, byte[] body)
    {
        byte[] signed = [.. Encoding.UTF8.GetBytes($"{id}.{time}."), .. body];
        return $"v1,{Convert.ToBase64String(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), signed))}";
    }
}
