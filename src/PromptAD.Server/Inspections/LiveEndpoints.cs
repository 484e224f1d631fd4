using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using PromptAD.Client;
using PromptAD.Server.Operations;
using PromptAD.Server.Security;
using PromptAD.Server.Storage;

namespace PromptAD.Server.Inspections;

/// <summary>Results and states of stations as they come, as server-sent events.</summary>
internal static class LiveEndpoints
{
    private const int PageSize = 200;

    public static void Map(IEndpointRouteBuilder routes) => routes.MapGet("/api/live", Live).WithTags("Inspections")
        .RequireAuthorization(Policies.Station)
        .WithSummary("Results, what stations show, reviews, and versions put in force, as they come, as server-sent events")
        .WithDescription(
            "Events: ready, inspection, station, review for an inspection whose review has changed, and version for a product that another "
            + "version judges from now on. No result is passed over: who was away sends Last-Event-ID, as browsers do by themselves, "
            + "or after=, and gets what came since; a result may come twice then, and has the same id.")
        .Produces(StatusCodes.Status200OK, contentType: "text/event-stream").ProducesProblem(StatusCodes.Status503ServiceUnavailable);

    private static ServerSentEventsResult<object?> Live(
        LiveResults live,
        IDbContextFactory<ServiceContext> contexts,
        IHostApplicationLifetime lifetime,
        CancellationToken cancellation,
        [FromHeader(Name = "Last-Event-ID")] long? last = null,
        [FromQuery] long? after = null,
        [FromQuery] string? product = null,
        [FromQuery] string? station = null)
    {
        if (live.IsFull)
            throw new ServiceException(StatusCodes.Status503ServiceUnavailable, "Too many listen already.") { RetryAfter = 60 };
        return TypedResults.ServerSentEvents(Filter());

        // The place is taken and given back in here: what is never enumerated takes none.
        async IAsyncEnumerable<SseItem<object?>> Filter()
        {
            using LiveResults.Subscription? place = live.Listen();
            if (place is null) yield break;
            // Listeners do not hold up the end of the service.
            using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellation, lifetime.ApplicationStopping);
            yield return new SseItem<object?>(null, "ready"); // from here on nothing is missed
            if ((last ?? after) is { } since)
            {
                await foreach (InspectionResult earlier in ReplayAsync(contexts, since, both.Token))
                {
                    // The number that was sent stays until live results come: older pictures may still wait.
                    if (Fits(earlier.Product, earlier.Station)) yield return Item(earlier, since);
                }
            }
            while (await NextAsync(place.Told, both.Token) is { } told)
            {
                (InspectionResult? result, StationInfo? shown, long number) = told;
                if (told.Reviewed is { } reviewed && Fits(reviewed.Product, reviewed.Station))
                    yield return new SseItem<object?>(reviewed, "review");
                if (told.InForce is { } version && (product is null || version.Product == product))
                    yield return new SseItem<object?>(version, "version");
                if (result is not null && Fits(result.Product, result.Station)) yield return Item(result, number);
                if (shown is not null && Fits(null, shown.Name)) yield return new SseItem<object?>(shown, "station");
            }
        }

        bool Fits(string? ofProduct, string ofStation) =>
            (product is null || ofProduct is null || ofProduct == product) && (station is null || ofStation == station);

        static SseItem<object?> Item(InspectionResult result, long number) => new(result, "inspection") { EventId = $"{number}" };
    }

    /// <summary>What was judged behind a number.</summary>
    private static async IAsyncEnumerable<InspectionResult> ReplayAsync(
        IDbContextFactory<ServiceContext> contexts, long since, [EnumeratorCancellation] CancellationToken cancellation)
    {
        while (true)
        {
            await using ServiceContext db = await contexts.CreateDbContextAsync(cancellation);
            List<InspectionRow> page = await db.Inspections.AsNoTracking()
                .Where(row => row.Id > since && row.State != InspectionState.Queued).OrderBy(row => row.Id).Take(PageSize)
                .ToListAsync(cancellation);
            foreach (InspectionRow row in page) yield return Finding.Read(row);
            if (page.Count < PageSize) yield break;
            since = page[^1].Id;
        }
    }

    /// <summary>What comes next; null where nothing comes any more.</summary>
    private static async Task<LiveItem?> NextAsync(ChannelReader<LiveItem> told, CancellationToken cancellation)
    {
        try
        {
            return await told.ReadAsync(cancellation);
        }
        catch (Exception e) when (e is OperationCanceledException or ChannelClosedException)
        {
            return null;
        }
    }
}
