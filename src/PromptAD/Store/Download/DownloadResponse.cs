using System.Net;
using System.Net.Http.Headers;

namespace PromptAD.Store.Download;

/// <summary>Decides what a server's answer means for the bytes that are already there, and trusts none of it.</summary>
internal static class DownloadResponse
{
    /// <summary>Makes the part ready for the answer's body: empty where that is the whole file, untouched where it is the rest.</summary>
    /// <exception cref="TransferInterruption">The server is busy, or its answer does not fit the question.</exception>
    /// <exception cref="PromptADException">Another try would get the same answer.</exception>
    public static void Apply(HttpResponseMessage response, PartialFile part, DateTimeOffset now)
    {
        Uri address = part.State.Address;
        int status = (int)response.StatusCode;
        string answer = $"the server answered {status} ({response.StatusCode})";
        if (response.IsSuccessStatusCode && response.Content.Headers.ContentType?.MediaType == "text/html")
        {
            throw new PromptADException(
                Problem.Damaged,
                $"'{address}' gives a web page instead of a file. Open it in a browser: a login or a proxy may be in the way.");
        }
        switch (response.StatusCode)
        {
            case HttpStatusCode.OK:
                part.Restart(StateOf(response, address));
                break;
            case HttpStatusCode.PartialContent:
                Continue(response, part);
                break;
            case HttpStatusCode.RequestedRangeNotSatisfiable:
                EndOrRestart(response, part, answer);
                break;
            case HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests or >= HttpStatusCode.InternalServerError:
                throw new TransferInterruption(answer, PauseOf(response.Headers.RetryAfter, now));
            case HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden or HttpStatusCode.ProxyAuthenticationRequired:
                throw new PromptADException(
                    Problem.Network,
                    $"Cannot download '{address}': {answer}. It needs a login or is blocked here; give an address that does not.");
            case >= HttpStatusCode.Ambiguous and < HttpStatusCode.BadRequest:
                throw new PromptADException(
                    Problem.Network,
                    $"Cannot download '{address}': it redirects too often, or from https to http. Give the final address.");
            default:
                throw new PromptADException(Problem.Network, $"Cannot download '{address}': {answer}. Check the address.");
        }
    }

    private static void Continue(HttpResponseMessage response, PartialFile part)
    {
        ContentRangeHeaderValue? range = response.Content.Headers.ContentRange;
        PartialState known = part.State, told = StateOf(response, known.Address);
        bool asked = range is { Unit: "bytes" } && range.From == part.Length;
        bool sameTag = told.EntityTag is null || told.EntityTag == known.EntityTag;
        bool sameSize = range?.Length is null || known.Total is null || range.Length == known.Total;
        if (!asked || !sameTag || !sameSize)
        {
            part.Restart();
            throw new TransferInterruption("the server sent another part or another version than it was asked for");
        }
        if (known.Total is null && range!.Length is { } total) part.Remember(known with { Total = total });
    }

    private static void EndOrRestart(HttpResponseMessage response, PartialFile part, string answer)
    {
        if (part.Length > 0 && response.Content.Headers.ContentRange?.Length == part.Length)
        {
            part.Remember(part.State with { Total = part.Length });
            return;
        }
        part.Restart();
        throw new TransferInterruption(answer);
    }

    private static PartialState StateOf(HttpResponseMessage response, Uri address) => new(
        address,
        response.Headers.ETag is { IsWeak: false } tag ? tag.Tag : null,
        response.Content.Headers.LastModified,
        response.Content.Headers.ContentLength);

    private static TimeSpan? PauseOf(RetryConditionHeaderValue? header, DateTimeOffset now) => header?.Delta ?? header?.Date - now;
}
