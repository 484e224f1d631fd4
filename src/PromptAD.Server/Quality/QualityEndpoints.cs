using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using PromptAD.Client;
using PromptAD.Server.Operations;
using PromptAD.Server.Security;

namespace PromptAD.Server.Quality;

/// <summary>How scores and false rejects of a product went.</summary>
internal static class QualityEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        RouteGroupBuilder group = routes.MapGroup("/api/products/{product}/quality").WithTags("Quality")
            .RequireAuthorization(Policies.Operator);
        group.MapGet("/", GetAsync)
            .WithSummary("A control chart of scores, false rejects by day, and whether the product drifts")
            .WithDescription(
                "A point of the chart is the median of some inspections, one after the other, with scores of the version in force or of "
                + "one that has only other limits; at most 400 points. The period is the last 7 days where from and to say nothing else, "
                + "366 days at most. Days begin in the zone, such as Europe/Berlin, else UTC. Drift is told of the latest inspections, "
                + "whatever the period is.")
            .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status409Conflict);
        group.MapGet("/report", QualityReport.AnswerAsync)
            .WithSummary("The same as one file of HTML to be kept or sent, in language en, de or zh")
            .Produces(StatusCodes.Status200OK, contentType: "text/html")
            .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status409Conflict);
    }

    private static async Task<Ok<QualityInfo>> GetAsync(
        string product, [AsParameters] QualityQuery query, QualityReader reader, TimeProvider clock, CancellationToken cancellation)
    {
        (DateTime from, DateTime to) = query.Period(clock.GetUtcNow());
        return TypedResults.Ok(await reader.ReadAsync(product, query.Station, from, to, query.ZoneFound(), cancellation));
    }
}

/// <summary>Which period is asked for.</summary>
internal sealed record QualityQuery(
    [FromQuery] string? Station, [FromQuery] DateTimeOffset? From, [FromQuery] DateTimeOffset? To, [FromQuery] string? Zone)
{
    private const int UsualDays = 7, MostDays = 366;

    /// <summary>Begin and end, UTC.</summary>
    /// <exception cref="ServiceException">It has no length, or too much of it.</exception>
    public (DateTime From, DateTime To) Period(DateTimeOffset now)
    {
        DateTimeOffset to = To ?? now, from = From ?? to.AddDays(-UsualDays);
        if (from >= to) throw ServiceException.Invalid($"from is {from:u} and to is {to:u}; from must be earlier.");
        if (to - from > TimeSpan.FromDays(MostDays))
        {
            throw ServiceException.Invalid(
                $"The period has {(to - from).TotalDays:F0} days; it must have at most {MostDays}. Choose a later from or an earlier to.");
        }
        return (from.UtcDateTime, to.UtcDateTime);
    }

    /// <summary>The zone in which days begin.</summary>
    /// <exception cref="ServiceException">There is none of that name.</exception>
    public TimeZoneInfo ZoneFound() => Zone is null ? TimeZoneInfo.Utc
        : TimeZoneInfo.TryFindSystemTimeZoneById(Zone, out TimeZoneInfo? known) ? known
        : throw ServiceException.Invalid($"zone is '{Zone}'; it must be a time zone that this computer knows, such as Europe/Berlin.");
}
