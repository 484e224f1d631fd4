using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using PromptAD.Client;
using PromptAD.Server.Judging;
using PromptAD.Server.Operations;
using PromptAD.Server.Security;
using PromptAD.Server.Storage;

namespace PromptAD.Server.Inspections;

/// <summary>What a line sends and asks.</summary>
internal static class InspectionEndpoints
{
    private const int UsualPage = 50, LargestPage = 500;

    public static void Map(IEndpointRouteBuilder routes)
    {
        RouteGroupBuilder group = routes.MapGroup("/api").WithTags("Inspections").RequireAuthorization(Policies.Station);
        group.MapPost("/products/{product}/inspections", InspectAsync)
            .WithSummary("Judge a picture")
            .WithDescription(
                "Send the bytes of a picture. The answer comes when picture and verdict are on the disk. With wait=false it comes when the "
                + "picture is, and the verdict is found under the address in Location. The same Idempotency-Key gives the same inspection "
                + "again. A full queue answers 429: send it again after Retry-After.")
            .TakesBytes("image/png", "image/jpeg", "image/tiff", "application/octet-stream", PictureMedia.RawFrame)
            .Produces<InspectionResult>(StatusCodes.Status202Accepted)
            .ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status409Conflict)
            .ProducesProblem(StatusCodes.Status413PayloadTooLarge)
            .ProducesProblem(StatusCodes.Status415UnsupportedMediaType)
            .ProducesProblem(StatusCodes.Status422UnprocessableEntity)
            .ProducesProblem(StatusCodes.Status429TooManyRequests)
            .ProducesProblem(StatusCodes.Status507InsufficientStorage);
        group.MapGet("/inspections", ListAsync).WithSummary("List inspections, the newest first");
        group.MapGet("/inspections/counts", CountAsync).WithSummary("How many inspections there are of each kind, with the same filters");
        group.MapGet("/inspections.csv", CsvAsync).WithSummary("Export inspections as CSV, the oldest first")
            .Produces(StatusCodes.Status200OK, contentType: "text/csv");
        group.MapGet("/inspections/{id:long}", GetAsync).WithSummary("One inspection").ProducesProblem(StatusCodes.Status404NotFound);
        group.MapGet("/inspections/{id:long}/picture", PictureAsync)
            .WithSummary("The picture as it was sent; with side= upright as JPEG, no side longer, for browsers")
            .ProducesProblem(StatusCodes.Status404NotFound);
        group.MapPut("/inspections/{id:long}/review", ReviewEndpoint.ReviewAsync)
            .WithSummary("Say whether the part is good, and where defects are")
            .WithDescription(
                "Rectangles in 'where' are in pixels of the upright picture, lie within it, and go with a defect alone; 50 at most. "
                + "Each review says the whole: without 'where', nothing is marked.")
            .RequireAuthorization(Policies.Operator).ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict);
    }

    private static async Task<Results<Ok<InspectionResult>, Accepted<InspectionResult>, ProblemHttpResult>> InspectAsync(
        string product,
        HttpRequest request,
        PictureIntake intake,
        ServiceOptions options,
        CancellationToken cancellation,
        [FromQuery] bool wait = true,
        [FromQuery] string? part = null,
        [FromHeader(Name = "Idempotency-Key")] string? key = null)
    {
        var arrival = new PictureArrival(
            product, request.HttpContext.User.NameOf(), PictureMedia.Parse(request.ContentType), part, key, wait);
        return Answer(await intake.TakeAsync(arrival, token => RequestBody.ReadAsync(request, options, token), cancellation));
    }

    /// <summary>The status that says how far an inspection is.</summary>
    public static int StatusOf(InspectionRow row) => row.State switch
    {
        InspectionState.Queued => StatusCodes.Status202Accepted,
        InspectionState.Failed => StatusCodes.Status422UnprocessableEntity,
        _ => StatusCodes.Status200OK,
    };

    /// <summary>What is answered to who has sent a picture.</summary>
    public static Results<Ok<InspectionResult>, Accepted<InspectionResult>, ProblemHttpResult> Answer(InspectionRow row)
    {
        InspectionResult result = Finding.Read(row);
        return row.State switch
        {
            InspectionState.Queued => TypedResults.Accepted($"/api/inspections/{row.Id}", result),
            InspectionState.Failed => TypedResults.Problem(
                row.Error, statusCode: StatusOf(row),
                extensions: new Dictionary<string, object?> { ["inspection"] = row.Id }),
            _ => TypedResults.Ok(result),
        };
    }

    private static async Task<Ok<Page<InspectionResult>>> ListAsync(
        [AsParameters] InspectionQuery query, IDbContextFactory<ServiceContext> contexts, CancellationToken cancellation)
    {
        int limit = query.Limit ?? UsualPage;
        if (limit is < 1 or > LargestPage) throw ServiceException.Invalid($"limit is {limit}; it must be from 1 to {LargestPage}.");
        await using ServiceContext db = await contexts.CreateDbContextAsync(cancellation);
        List<InspectionRow> rows = await query.Of(db.Inspections.AsNoTracking()).OrderByDescending(row => row.Id).Take(limit + 1)
            .ToListAsync(cancellation);
        long? next = rows.Count > limit ? rows[limit - 1].Id : null;
        return TypedResults.Ok(new Page<InspectionResult>([.. rows.Take(limit).Select(Finding.Read)], next));
    }

    private static async Task<Ok<InspectionCounts>> CountAsync(
        [AsParameters] InspectionQuery query, IDbContextFactory<ServiceContext> contexts, CancellationToken cancellation)
    {
        await using ServiceContext db = await contexts.CreateDbContextAsync(cancellation);
        var kinds = await query.Of(db.Inspections.AsNoTracking()).GroupBy(row => new { row.State, row.Verdict })
            .Select(kind => new { kind.Key.State, kind.Key.Verdict, Count = kind.LongCount() }).ToListAsync(cancellation);
        return TypedResults.Ok(new InspectionCounts(
            Judged(InspectionVerdict.OK), Judged(InspectionVerdict.Review), Judged(InspectionVerdict.NG), Judged(null),
            Of(InspectionState.Failed), Of(InspectionState.Queued)));

        long Judged(InspectionVerdict? verdict) =>
            kinds.Where(kind => kind.State == InspectionState.Done && kind.Verdict == verdict).Sum(kind => kind.Count);

        long Of(InspectionState state) => kinds.Where(kind => kind.State == state).Sum(kind => kind.Count);
    }

    private static async Task CsvAsync(
        [AsParameters] InspectionQuery query,
        HttpResponse response,
        IDbContextFactory<ServiceContext> contexts,
        CancellationToken cancellation)
    {
        await using ServiceContext db = await contexts.CreateDbContextAsync(cancellation);
        response.ContentType = "text/csv; charset=utf-8";
        response.Headers.ContentDisposition = "attachment; filename=\"inspections.csv\"";
        await InspectionCsv.WriteAsync(
            response.Body, query.Of(db.Inspections.AsNoTracking()).OrderBy(row => row.Id).AsAsyncEnumerable(), cancellation);
    }

    private static async Task<Ok<InspectionResult>> GetAsync(
        long id, IDbContextFactory<ServiceContext> contexts, CancellationToken cancellation) =>
        TypedResults.Ok(Finding.Read(await FindAsync(id, contexts, cancellation)));

    private static async Task<FileContentHttpResult> PictureAsync(
        long id,
        IDbContextFactory<ServiceContext> contexts,
        FileStore files,
        ServiceOptions options,
        CancellationToken cancellation,
        [FromQuery] int? side = null)
    {
        InspectionRow row = await FindAsync(id, contexts, cancellation);
        DemandPicture(row);
        return await Preview.AnswerAsync(files.Read(row.PictureHash), row.MediaType, side, options, cancellation);
    }

    /// <summary>Whether the picture of an inspection is still kept.</summary>
    /// <exception cref="ServiceException">It is not.</exception>
    public static void DemandPicture(InspectionRow row)
    {
        if (row.PictureRemoved is { } when)
        {
            throw new ServiceException(
                StatusCodes.Status410Gone, $"The picture of inspection {row.Id} went at {when:u}; its result is kept.");
        }
    }

    /// <summary>A row by its number.</summary>
    /// <exception cref="ServiceException">There is none.</exception>
    public static async Task<InspectionRow> FindAsync(long id, IDbContextFactory<ServiceContext> contexts, CancellationToken cancellation)
    {
        await using ServiceContext db = await contexts.CreateDbContextAsync(cancellation);
        return await db.Inspections.AsNoTracking().FirstOrDefaultAsync(row => row.Id == id, cancellation)
            ?? throw ServiceException.Unknown("inspection", id);
    }
}

/// <summary>Which inspections are asked for.</summary>
internal sealed record InspectionQuery(
    [FromQuery] string? Product,
    [FromQuery] string? Station,
    [FromQuery] string? Part,
    [FromQuery] string? Verdict,
    [FromQuery] string? State,
    [FromQuery] bool? Reviewed,
    [FromQuery] DateTimeOffset? From,
    [FromQuery] DateTimeOffset? To,
    [FromQuery] double? Lowest,
    [FromQuery] double? Highest,
    [FromQuery] long? Before,
    [FromQuery] int? Limit)
{
    /// <summary>The rows that fit.</summary>
    /// <exception cref="ServiceException">A verdict or a state is none.</exception>
    public IQueryable<InspectionRow> Of(IQueryable<InspectionRow> rows)
    {
        if (Product is not null) rows = rows.Where(row => row.ProductId == Product);
        if (Station is not null) rows = rows.Where(row => row.Station == Station);
        if (Part is not null) rows = rows.Where(row => row.Part == Part);
        if (Verdict is not null)
        {
            InspectionVerdict?[] verdicts = [.. Verdict.Split(',').Select(word => QueryWord.Parse<InspectionVerdict>(word, "verdict"))];
            rows = rows.Where(row => verdicts.Contains(row.Verdict));
        }
        if (QueryWord.Parse<InspectionState>(State, "state") is { } state) rows = rows.Where(row => row.State == state);
        if (Reviewed is { } reviewed) rows = rows.Where(row => (row.Review != null) == reviewed);
        if (From is { } from)
        {
            DateTime earliest = from.UtcDateTime;
            rows = rows.Where(row => row.Received >= earliest);
        }
        if (To is { } to)
        {
            DateTime latest = to.UtcDateTime;
            rows = rows.Where(row => row.Received < latest);
        }
        if (Lowest is { } lowest) rows = rows.Where(row => row.Score >= (float)lowest);
        if (Highest is { } highest) rows = rows.Where(row => row.Score <= (float)highest);
        return Before is { } before ? rows.Where(row => row.Id < before) : rows;
    }
}
