using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using PromptAD.Client;
using PromptAD.Server.Inspections;
using PromptAD.Server.Judging;
using PromptAD.Server.Operations;
using PromptAD.Server.Security;

namespace PromptAD.Server.Stations;

/// <summary>What stations show, and the handshake with their lines.</summary>
internal static class StationEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        RouteGroupBuilder group = routes.MapGroup("/api/stations").WithTags("Stations").RequireAuthorization(Policies.Station);
        group.MapGet("/", AllAsync).WithSummary("What all stations show");
        group.MapGet("/{station}", FindAsync)
            .WithSummary("What a station shows: ready, busy, acquisition done, result ready, error, and its recipe")
            .ProducesProblem(StatusCodes.Status404NotFound);
        group.MapPut("/{station}", ChangeAsync)
            .WithSummary("Show results one after the other, each once the one before is acknowledged, or the latest alone");
        group.MapPut("/{station}/recipe", PrepareAsync).WithSummary("Ask for a recipe; the answer comes when it is in force")
            .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict);
        group.MapPut("/{station}/acknowledged", AcknowledgeAsync).WithSummary("Take the result that is shown")
            .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict);
        group.MapPut("/{station}/reset", ResetAsync).WithSummary("Take an error back; a recipe that could not be prepared is tried again")
            .ProducesProblem(StatusCodes.Status404NotFound);
        group.MapPost("/{station}/inspections", InspectAsync).WithSummary("Judge a picture by the station's recipe")
            .TakesBytes("image/png", "image/jpeg", "image/tiff", "application/octet-stream", PictureMedia.RawFrame)
            .Produces<InspectionResult>(StatusCodes.Status202Accepted)
            .ProducesProblem(StatusCodes.Status409Conflict)
            .ProducesProblem(StatusCodes.Status422UnprocessableEntity)
            .ProducesProblem(StatusCodes.Status429TooManyRequests);
    }

    private static async Task<Ok<List<StationInfo>>> AllAsync(IStationBoard board, CancellationToken cancellation) =>
        TypedResults.Ok(await board.AllAsync(cancellation));

    private static async Task<Ok<StationInfo>> FindAsync(string station, IStationBoard board, CancellationToken cancellation) =>
        TypedResults.Ok(await board.FindAsync(station, cancellation));

    private static async Task<Ok<StationInfo>> ChangeAsync(
        string station, StationSettings settings, ClaimsPrincipal who, IStationBoard board, CancellationToken cancellation)
    {
        Demand(who, station);
        return TypedResults.Ok(await board.ChangeAsync(who.Actor(), station, settings.InTurn, cancellation));
    }

    private static async Task<Ok<StationInfo>> PrepareAsync(
        string station, RecipeRequest wanted, ClaimsPrincipal who, IStationBoard board, CancellationToken cancellation)
    {
        Demand(who, station);
        return TypedResults.Ok(await board.PrepareAsync(who.Actor(), station, wanted.Product, cancellation));
    }

    private static async Task<Ok<StationInfo>> AcknowledgeAsync(
        string station, Acknowledgement taken, ClaimsPrincipal who, IStationBoard board, CancellationToken cancellation)
    {
        Demand(who, station);
        await board.FindAsync(station, cancellation);
        return TypedResults.Ok(await board.AcknowledgeAsync(station, taken.ResultId, cancellation));
    }

    private static async Task<Ok<StationInfo>> ResetAsync(
        string station, ClaimsPrincipal who, IStationBoard board, CancellationToken cancellation)
    {
        Demand(who, station);
        await board.FindAsync(station, cancellation);
        return TypedResults.Ok(await board.ResetAsync(station, cancellation));
    }

    private static async Task<Results<Ok<InspectionResult>, Accepted<InspectionResult>, ProblemHttpResult>> InspectAsync(
        string station,
        HttpRequest request,
        PictureIntake intake,
        IStationBoard board,
        ServiceOptions options,
        CancellationToken cancellation,
        [FromQuery] bool wait = true,
        [FromQuery] string? part = null,
        [FromHeader(Name = "Idempotency-Key")] string? key = null)
    {
        Demand(request.HttpContext.User, station);
        var arrival = new PictureArrival(
            RecipeOf(await board.OfAsync(station, cancellation)), station, ReadMedia(request, board, station), part, key, wait);
        return InspectionEndpoints.Answer(
            await intake.TakeAsync(arrival, token => RequestBody.ReadAsync(request, options, token), cancellation));
    }

    private static PictureMedia ReadMedia(HttpRequest request, IStationBoard board, string station)
    {
        try
        {
            return PictureMedia.Parse(request.ContentType);
        }
        catch (ServiceException e)
        {
            board.Note(station, StationNews.Failed(e.Message)); // the line sees no answers
            throw;
        }
    }

    /// <summary>The product that a station judges.</summary>
    /// <exception cref="ServiceException">It has no recipe, or the one asked for could not be prepared.</exception>
    public static string RecipeOf(StationInfo info)
    {
        if (info.RecipeAsked is null)
        {
            throw ServiceException.Conflict(
                $"Station '{info.Name}' has no recipe; ask for one with PUT /api/stations/{info.Name}/recipe.");
        }
        return info.RecipeInForce ?? throw ServiceException.Conflict(info.Error ?? $"Recipe '{info.RecipeAsked}' is not prepared yet.");
    }

    /// <summary>Whether a station may be called so.</summary>
    /// <exception cref="ServiceException">It may not.</exception>
    public static void CheckName(string name)
    {
        if (!IsName(name))
            throw ServiceException.Invalid($"A station's name has letters, digits and -_.@, at most {StationRow.LongestName}.");
    }

    /// <summary>Whether a station may be called so: the name is a part of addresses and topics.</summary>
    public static bool IsName(string name) => name.Length is > 0 and <= StationRow.LongestName
        && name.All(sign => char.IsAsciiLetterOrDigit(sign) || "-_.@".Contains(sign));

    /// <summary>A station speaks for itself; who may review may speak for all.</summary>
    private static void Demand(ClaimsPrincipal who, string station)
    {
        CheckName(station);
        if (who.NameOf() == station || who.RoleOf() >= Role.Operator) return;
        throw new ServiceException(
            StatusCodes.Status403Forbidden,
            $"{who.Actor()} may not speak for station '{station}'; that needs its key or the role operator.");
    }
}
