using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using PromptAD.Client;
using PromptAD.Server.Audit;
using PromptAD.Server.Operations;
using PromptAD.Server.Security;
using PromptAD.Server.Storage;

namespace PromptAD.Server.Sinks;

/// <summary>How the sinks fare, how they are set up, and what they did not take.</summary>
internal static class SinkEndpoints
{
    private const int LargestPage = 500;

    public static void Map(IEndpointRouteBuilder routes)
    {
        RouteGroupBuilder group = routes.MapGroup("/api/sinks").WithTags("Sinks").RequireAuthorization(Policies.Operator);
        group.MapGet("/", ListAsync)
            .WithSummary("Where results go by themselves, how many wait, were taken, failed and were set aside")
            .WithDescription("How those that were not set up by settings are set up is told to administrators alone.");
        group.MapPost("/", AddAsync).WithSummary("Add a webhook or a broker; results go to it at once")
            .RequireAuthorization(Policies.Administrator)
            .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status409Conflict);
        group.MapGet("/{name}", GetAsync).WithSummary("How a sink is set up; its secret is never told")
            .RequireAuthorization(Policies.Administrator)
            .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict);
        group.MapPut("/{name}", ChangeAsync)
            .WithSummary("Set a sink up otherwise; a secret that is not sent stays, an empty one goes. If-Match is heeded where it is sent")
            .RequireAuthorization(Policies.Administrator)
            .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status409Conflict).ProducesProblem(StatusCodes.Status412PreconditionFailed);
        group.MapPut("/{name}/enabled", SwitchAsync).WithSummary("Switch a sink off, so that results wait, or on again")
            .RequireAuthorization(Policies.Administrator)
            .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict);
        group.MapDelete("/{name}", RemoveAsync)
            .WithSummary("Remove a sink; discard=true throws away what waits for it or was set aside")
            .RequireAuthorization(Policies.Administrator)
            .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict);
        group.MapGet("/{name}/set-aside", ListAsideAsync).WithSummary("Results that a sink did not take, the latest first");
        group.MapPost("/{name}/set-aside/retry", RetryAsync).WithSummary("Send what was set aside again, all of it or one inspection")
            .RequireAuthorization(Policies.Engineer).ProducesProblem(StatusCodes.Status404NotFound);
        group.MapDelete("/{name}/set-aside", DiscardAsync).WithSummary("Throw away what was set aside, all of it or one inspection")
            .RequireAuthorization(Policies.Administrator).ProducesProblem(StatusCodes.Status404NotFound);
    }

    private static async Task<Ok<List<SinkInfo>>> ListAsync(
        HttpContext context, SinkRunner runner, SinkSetup setup, CancellationToken cancellation)
    {
        List<SinkInfo> all = await runner.DescribeAsync(cancellation);
        if (context.User.RoleOf() < Role.Administrator) return TypedResults.Ok(all);
        Dictionary<string, SinkSettings> own = await setup.AllAsync(cancellation);
        return TypedResults.Ok(
            all.ConvertAll(one => one.From == "interface" ? one with { Settings = own.GetValueOrDefault(one.Name) } : one));
    }

    private static async Task<Created<SinkSettings>> AddAsync(
        SinkSettings wanted, HttpContext context, SinkSetup setup, CancellationToken cancellation)
    {
        SinkSettings made = await setup.AddAsync(context.User.Actor(), wanted, cancellation);
        return TypedResults.Created($"/api/sinks/{made.Name}", Tagged(context.Response, made));
    }

    private static async Task<Ok<SinkSettings>> GetAsync(
        string name, HttpResponse response, SinkSetup setup, CancellationToken cancellation) =>
        TypedResults.Ok(Tagged(response, await setup.FindAsync(name, cancellation)));

    private static async Task<Ok<SinkSettings>> ChangeAsync(
        string name, SinkSettings wanted, HttpContext context, SinkSetup setup, CancellationToken cancellation) =>
        TypedResults.Ok(Tagged(
            context.Response, await setup.ChangeAsync(context.User.Actor(), name, context.Request, _ => wanted, cancellation)));

    private static async Task<Ok<SinkSettings>> SwitchAsync(
        string name, Switch wanted, HttpContext context, SinkSetup setup, CancellationToken cancellation) => TypedResults.Ok(Tagged(
            context.Response,
            await setup.ChangeAsync(
                context.User.Actor(), name, context.Request, before => before with { Enabled = wanted.Enabled }, cancellation)));

    private static async Task<NoContent> RemoveAsync(
        string name, HttpContext context, SinkSetup setup, CancellationToken cancellation, [FromQuery] bool discard = false)
    {
        await setup.RemoveAsync(context.User.Actor(), name, discard, cancellation);
        return TypedResults.NoContent();
    }

    private static async Task<Ok<Page<SetAsideResult>>> ListAsideAsync(
        string name,
        IDbContextFactory<ServiceContext> contexts,
        CancellationToken cancellation,
        [FromQuery] long? before = null,
        [FromQuery] int limit = 50)
    {
        if (limit is < 1 or > LargestPage) throw ServiceException.Invalid($"limit is {limit}; it must be from 1 to {LargestPage}.");
        await using ServiceContext db = await contexts.CreateDbContextAsync(cancellation);
        List<OutboxRow> rows = await Aside(db, name, null).AsNoTracking().Where(row => before == null || row.InspectionId < before)
            .OrderByDescending(row => row.InspectionId).Take(limit + 1).ToListAsync(cancellation);
        long? next = rows.Count > limit ? rows[limit - 1].InspectionId : null;
        return TypedResults.Ok(new Page<SetAsideResult>([.. rows.Take(limit).Select(Describe)], next));
    }

    private static async Task<Ok<SetAsideCount>> RetryAsync(
        string name,
        HttpContext context,
        Changes changes,
        Outbox outbox,
        TimeProvider clock,
        CancellationToken cancellation,
        [FromQuery] long? inspection = null)
    {
        int count = await changes.MakeAsync(
            context.User.Actor(),
            async (db, notes) =>
            {
                DateTime? now = clock.Now(), never = null;
                int changed = await Aside(db, name, inspection).ExecuteUpdateAsync(
                    set => set.SetProperty(row => row.SetAside, never).SetProperty(row => row.Since, now)
                        .SetProperty(row => row.Reason, (string?)null),
                    cancellation);
                if (changed == 0) throw Nothing(name, inspection);
                notes.Add("sink.retried", $"sink {name}", null, new { Results = changed, Inspection = inspection });
                return changed;
            },
            cancellation);
        outbox.Wake(name);
        return TypedResults.Ok(new SetAsideCount(count));
    }

    private static async Task<Ok<SetAsideCount>> DiscardAsync(
        string name, HttpContext context, Changes changes, CancellationToken cancellation, [FromQuery] long? inspection = null) =>
        TypedResults.Ok(new SetAsideCount(await changes.MakeAsync(
            context.User.Actor(),
            async (db, notes) =>
            {
                int removed = await Aside(db, name, inspection).ExecuteDeleteAsync(cancellation);
                if (removed == 0) throw Nothing(name, inspection);
                notes.Add("sink.discarded", $"sink {name}", new { Results = removed, Inspection = inspection }, null);
                return removed;
            },
            cancellation)));

    private static IQueryable<OutboxRow> Aside(ServiceContext db, string name, long? inspection) => db.Outbox
        .Where(row => row.Sink == name && row.SetAside != null && (inspection == null || row.InspectionId == inspection));

    private static ServiceException Nothing(string name, long? inspection) => new(
        StatusCodes.Status404NotFound,
        inspection is null ? $"Nothing of sink '{name}' was set aside." : $"Inspection {inspection} was not set aside by sink '{name}'.");

    private static SetAsideResult Describe(OutboxRow row) => new()
    {
        Inspection = row.InspectionId,
        Since = row.Since,
        SetAside = row.SetAside!.Value,
        Reason = row.Reason ?? "",
    };

    private static SinkSettings Tagged(HttpResponse response, SinkSettings sink)
    {
        response.Headers.ETag = Revision.Tag(sink.Revision);
        return sink;
    }
}
