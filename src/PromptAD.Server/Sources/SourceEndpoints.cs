using Microsoft.AspNetCore.Http.HttpResults;
using PromptAD.Client;
using PromptAD.Server.Operations;
using PromptAD.Server.Security;

namespace PromptAD.Server.Sources;

/// <summary>How the sources fare, and how watched folders are set up.</summary>
internal static class SourceEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        RouteGroupBuilder group = routes.MapGroup("/api/sources").WithTags("Sources").RequireAuthorization(Policies.Operator);
        group.MapGet("/", ListAsync)
            .WithSummary("Where pictures come from by themselves, and how many came and failed since the service started")
            .WithDescription("How those that were not set up by settings are set up is told to administrators alone.");
        group.MapGet("/roots", (ServiceOptions options) => TypedResults.Ok(options.FolderRoots.ConvertAll(one => one.Name)))
            .WithSummary("The roots below which folders may be watched").RequireAuthorization(Policies.Administrator);
        group.MapPost("/", AddAsync).WithSummary("Watch a folder below a root; its pictures are inspected at once")
            .RequireAuthorization(Policies.Administrator)
            .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status409Conflict);
        group.MapGet("/{name}", GetAsync).WithSummary("How a folder is set up")
            .RequireAuthorization(Policies.Administrator)
            .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict);
        group.MapPut("/{name}", ChangeAsync).WithSummary("Set a folder up otherwise; If-Match is heeded where it is sent")
            .RequireAuthorization(Policies.Administrator)
            .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status409Conflict).ProducesProblem(StatusCodes.Status412PreconditionFailed);
        group.MapPut("/{name}/enabled", SwitchAsync).WithSummary("Switch a folder off, so that its files wait, or on again")
            .RequireAuthorization(Policies.Administrator)
            .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict);
        group.MapDelete("/{name}", RemoveAsync).WithSummary("Watch a folder no longer; which files were inspected stays known")
            .RequireAuthorization(Policies.Administrator)
            .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict);
    }

    private static async Task<Ok<List<SourceInfo>>> ListAsync(
        HttpContext context, SourceRunner runner, SourceSetup setup, CancellationToken cancellation)
    {
        List<SourceInfo> all = runner.All();
        if (context.User.RoleOf() < Role.Administrator) return TypedResults.Ok(all);
        Dictionary<string, SourceSettings> own = await setup.AllAsync(cancellation);
        return TypedResults.Ok(
            all.ConvertAll(one => one.From == "interface" ? one with { Settings = own.GetValueOrDefault(one.Name) } : one));
    }

    private static async Task<Created<SourceSettings>> AddAsync(
        SourceSettings wanted, HttpContext context, SourceSetup setup, CancellationToken cancellation)
    {
        SourceSettings made = await setup.AddAsync(context.User.Actor(), wanted, cancellation);
        return TypedResults.Created($"/api/sources/{made.Name}", Tagged(context.Response, made));
    }

    private static async Task<Ok<SourceSettings>> GetAsync(
        string name, HttpResponse response, SourceSetup setup, CancellationToken cancellation) =>
        TypedResults.Ok(Tagged(response, await setup.FindAsync(name, cancellation)));

    private static async Task<Ok<SourceSettings>> ChangeAsync(
        string name, SourceSettings wanted, HttpContext context, SourceSetup setup, CancellationToken cancellation) =>
        TypedResults.Ok(Tagged(
            context.Response, await setup.ChangeAsync(context.User.Actor(), name, context.Request, _ => wanted, cancellation)));

    private static async Task<Ok<SourceSettings>> SwitchAsync(
        string name, Switch wanted, HttpContext context, SourceSetup setup, CancellationToken cancellation) => TypedResults.Ok(Tagged(
            context.Response,
            await setup.ChangeAsync(
                context.User.Actor(), name, context.Request, before => before with { Enabled = wanted.Enabled }, cancellation)));

    private static async Task<NoContent> RemoveAsync(
        string name, HttpContext context, SourceSetup setup, CancellationToken cancellation)
    {
        await setup.RemoveAsync(context.User.Actor(), name, cancellation);
        return TypedResults.NoContent();
    }

    private static SourceSettings Tagged(HttpResponse response, SourceSettings source)
    {
        response.Headers.ETag = Revision.Tag(source.Revision);
        return source;
    }
}
