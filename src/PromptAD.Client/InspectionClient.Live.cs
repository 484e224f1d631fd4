using System.Net;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;

namespace PromptAD.Client;

/// <content>Results as they come.</content>
public sealed partial class InspectionClient
{
    private const string InspectionEvent = "inspection", StationEvent = "station", ReadyEvent = "ready", ReviewEvent = "review",
        VersionEvent = "version";

    /// <summary>
    /// Results and what stations show, as they come. Where the connection is lost it comes back by itself, and no result is passed over; a
    /// result may come twice then, and has the same number.
    /// </summary>
    /// <param name="station">Of one station; null for all.</param>
    /// <param name="product">Of one product; null for all.</param>
    /// <param name="after">Begins with what was judged behind that number; null for what comes from now on.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="InspectionServiceException">Nobody is signed in, or may not listen.</exception>
    public async IAsyncEnumerable<LiveEvent> ListenAsync(
        string? station = null,
        string? product = null,
        long? after = null,
        [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        string? last = after is { } number ? Path($"{number}") : null;
        string path = "/api/live" + QueryOf(("station", station), ("product", product));
        while (true)
        {
            using (HttpResponseMessage? response = await OpenAsync(path, last, cancellation).ConfigureAwait(false))
            {
                if (response is not null)
                {
                    using Stream stream = await response.Content.ReadAsStreamAsync().ConfigureAwait(false);
                    IAsyncEnumerator<SseItem<LiveEvent?>> each = SseParser.Create(stream, Read).EnumerateAsync(cancellation)
                        .GetAsyncEnumerator(cancellation);
                    await using ConfiguredAsyncDisposable owned = each.ConfigureAwait(false);
                    while (await NextAsync(each).ConfigureAwait(false))
                    {
                        last = each.Current.EventId ?? last;
                        if (each.Current.Data is { } told) yield return told;
                    }
                }
            }
            yield return LiveEvent.Lost;
            await Task.Delay(BeforeAnotherTry, cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>Asks for the stream; null where the service is away or has no room for another listener.</summary>
    private async Task<HttpResponseMessage?> OpenAsync(string path, string? last, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (last is not null) request.Headers.Add("Last-Event-ID", last);
        try
        {
            HttpResponseMessage response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation)
                .ConfigureAwait(false);
            if (response.IsSuccessStatusCode) return response;
            using (response)
            {
                bool isAway = (int)response.StatusCode >= (int)HttpStatusCode.InternalServerError
                    || (int)response.StatusCode == TooManyRequests;
                if (!isAway) await ThrowWhereRefusedAsync(response).ConfigureAwait(false);
                return null;
            }
        }
        catch (HttpRequestException)
        {
            return null;
        }
    }

    private static async Task<bool> NextAsync(IAsyncEnumerator<SseItem<LiveEvent?>> each)
    {
        try
        {
            return await each.MoveNextAsync().ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or HttpRequestException)
        {
            return false;
        }
    }

    private static LiveEvent? Read(string type, ReadOnlySpan<byte> data) => type switch
    {
        ReadyEvent => LiveEvent.Ready,
        InspectionEvent => new LiveEvent { Inspection = JsonSerializer.Deserialize<InspectionResult>(data, Json) },
        StationEvent => new LiveEvent { Station = JsonSerializer.Deserialize<StationInfo>(data, Json) },
        ReviewEvent => new LiveEvent { Reviewed = JsonSerializer.Deserialize<InspectionResult>(data, Json) },
        VersionEvent => new LiveEvent { InForce = JsonSerializer.Deserialize<VersionInForce>(data, Json) },
        _ => null,
    };
}
