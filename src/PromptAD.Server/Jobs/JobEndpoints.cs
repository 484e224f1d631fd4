using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using PromptAD.Client;
using PromptAD.Server.Audit;
using PromptAD.Server.Operations;
using PromptAD.Server.Security;
using PromptAD.Server.Storage;
using PromptAD.Server.Worker;

namespace PromptAD.Server.Jobs;

/// <summary>Jobs: training, calibration, feedback.</summary>
internal static class JobEndpoints
{
    private const int LargestPage = 500;

    public static void Map(IEndpointRouteBuilder routes)
    {
        RouteGroupBuilder group = routes.MapGroup("/api").WithTags("Teaching").RequireAuthorization(Policies.Operator);
        group.MapPost("/products/{product}/jobs", CreateAsync).WithSummary("Train, calibrate, or learn from reviewed inspections")
            .RequireAuthorization(Policies.Engineer)
            .WithDescription("The job waits for its turn and makes a version. Its state is found under the address in Location.")
            .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status409Conflict);
        group.MapGet("/jobs", ListAsync).WithSummary("Jobs, the latest first");
        group.MapGet("/jobs/{id:long}", GetAsync).WithSummary("One job")
            .ProducesProblem(StatusCodes.Status404NotFound);
        group.MapPost("/jobs/{id:long}/cancel", CancelAsync).WithSummary("Cancel a job").RequireAuthorization(Policies.Engineer)
            .ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status409Conflict);
        group.MapPost("/jobs/{id:long}/retry", RetryAsync).WithSummary("Ask for the same once more").RequireAuthorization(Policies.Engineer)
            .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict);
        group.MapDelete("/jobs/{id:long}", DeleteAsync).WithSummary("Remove a job that has ended").RequireAuthorization(Policies.Engineer)
            .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict);
    }

    private static async Task<Accepted<JobInfo>> CreateAsync(
        string product,
        NewJob wanted,
        HttpContext context,
        Changes changes,
        JobRunner runner,
        TimeProvider clock,
        CancellationToken cancellation)
    {
        _ = DetectorWork.ReadTiles(wanted.Tiles);
        if (wanted.Kind != JobKind.Train && (wanted.Tiles ?? wanted.Region ?? (object?)wanted.Defects) is not null)
            throw ServiceException.Invalid("Tiles, a region and defects in words are for training.");
        CheckRegion(wanted);
        if (wanted.Kind == JobKind.Train && wanted.Version is not null) throw ServiceException.Invalid("Training begins with no version.");
        if (wanted.Kind != JobKind.Feedback && (wanted.Inspections is not null || wanted.Force))
            throw ServiceException.Invalid("Inspections and force are for feedback.");
        Products.VersionEndpoints.Limits(wanted.Limits, new LimitOptions()).Validate();
        return Accept(
            await AddAsync(product, wanted, context.User.Actor(), context.User.NameOf(), changes, clock, cancellation), runner);
    }

    /// <summary>Adds a job that waits until it is its turn.</summary>
    /// <exception cref="ServiceException">There is no such product, or the same job waits already.</exception>
    public static Task<JobRow> AddAsync(
        string product, NewJob wanted, string actor, string by, Changes changes, TimeProvider clock, CancellationToken cancellation) =>
        changes.MakeAsync(
            actor,
            async (db, notes) =>
            {
                if (!await db.Products.AnyAsync(row => row.Id == product, cancellation)) throw ServiceException.UnknownProduct(product);
                string request = JsonSerializer.Serialize(wanted, ServiceJson.Options);
                if (await db.Jobs.AnyAsync(
                    row => row.ProductId == product && row.Request == request && row.State == JobState.Pending, cancellation))
                    throw ServiceException.Conflict($"The same job of product '{product}' waits already.");
                var row = new JobRow
                {
                    ProductId = product,
                    Kind = wanted.Kind,
                    Request = request,
                    State = JobState.Pending,
                    CreatedBy = by,
                    Created = clock.Now(),
                };
                db.Jobs.Add(row);
                await db.SaveChangesAsync(cancellation); // gives it its number
                notes.Add("job.created", $"job {row.Id}", null, new { Product = product, Request = wanted });
                return row;
            },
            cancellation);

    private static void CheckRegion(NewJob wanted)
    {
        if (wanted.Region is not { } region) return;
        if (wanted.Tiles is not null) throw ServiceException.Invalid("A region does not go with tiles; ask for one of them.");
        if (region is { X: >= 0, Y: >= 0, Width: > 0, Height: > 0 }) return;
        throw ServiceException.Invalid(
            $"The region is {region.Width} x {region.Height} pixels at {region.X}, {region.Y}; its sides must be at least 1 and its place "
            + "at least 0.");
    }

    private static Accepted<JobInfo> Accept(JobRow row, JobRunner runner)
    {
        runner.Wake();
        return TypedResults.Accepted($"/api/jobs/{row.Id}", Describe(row, runner));
    }

    private static async Task<Ok<Page<JobInfo>>> ListAsync(
        IDbContextFactory<ServiceContext> contexts,
        JobRunner runner,
        CancellationToken cancellation,
        [FromQuery] string? product = null,
        [FromQuery] long? before = null,
        [FromQuery] int limit = 50)
    {
        if (limit is < 1 or > LargestPage) throw ServiceException.Invalid($"limit is {limit}; it must be from 1 to {LargestPage}.");
        await using ServiceContext db = await contexts.CreateDbContextAsync(cancellation);
        List<JobRow> rows = await db.Jobs.AsNoTracking()
            .Where(row => (product == null || row.ProductId == product) && (before == null || row.Id < before))
            .OrderByDescending(row => row.Id).Take(limit + 1).ToListAsync(cancellation);
        long? next = rows.Count > limit ? rows[limit - 1].Id : null;
        return TypedResults.Ok(new Page<JobInfo>([.. rows.Take(limit).Select(row => Describe(row, runner))], next));
    }

    private static async Task<Ok<JobInfo>> GetAsync(
        long id, IDbContextFactory<ServiceContext> contexts, JobRunner runner, CancellationToken cancellation)
    {
        await using ServiceContext db = await contexts.CreateDbContextAsync(cancellation);
        return TypedResults.Ok(Describe(await FindAsync(db, id, cancellation), runner));
    }

    private static async Task<Accepted<JobInfo>> CancelAsync(
        long id, HttpContext context, Changes changes, JobRunner runner, TimeProvider clock, CancellationToken cancellation)
    {
        JobRow found = await changes.MakeAsync(
            context.User.Actor(),
            async (db, notes) =>
            {
                JobRow row = await FindAsync(db, id, cancellation);
                if (row.State is not (JobState.Pending or JobState.Running))
                    throw ServiceException.Conflict($"Job {id} has ended already.");
                if (row.State == JobState.Pending) (row.State, row.Ended) = (JobState.Canceled, clock.Now());
                notes.Add("job.canceled", $"job {id}", null, null);
                return row;
            },
            cancellation);
        if (found.State == JobState.Running) runner.Stop(id);
        return TypedResults.Accepted($"/api/jobs/{id}", Describe(found, runner));
    }

    private static async Task<Accepted<JobInfo>> RetryAsync(
        long id,
        HttpContext context,
        Changes changes,
        IDbContextFactory<ServiceContext> contexts,
        JobRunner runner,
        TimeProvider clock,
        CancellationToken cancellation)
    {
        await using ServiceContext db = await contexts.CreateDbContextAsync(cancellation);
        JobRow row = await FindAsync(db, id, cancellation);
        if (row.State is JobState.Pending or JobState.Running) throw ServiceException.Conflict($"Job {id} has not ended yet.");
        NewJob wanted = JsonSerializer.Deserialize<NewJob>(row.Request, ServiceJson.Options)!;
        return Accept(
            await AddAsync(row.ProductId, wanted, context.User.Actor(), context.User.NameOf(), changes, clock, cancellation), runner);
    }

    private static async Task<NoContent> DeleteAsync(long id, HttpContext context, Changes changes, CancellationToken cancellation)
    {
        await changes.MakeAsync(
            context.User.Actor(),
            async (db, notes) =>
            {
                JobRow row = await FindAsync(db, id, cancellation);
                if (row.State is JobState.Pending or JobState.Running)
                    throw ServiceException.Conflict($"Job {id} has not ended; cancel it first.");
                db.Jobs.Remove(row);
                notes.Add("job.removed", $"job {id}", new { row.ProductId, row.Kind, row.State }, null);
            },
            cancellation);
        return TypedResults.NoContent();
    }

    private static async Task<JobRow> FindAsync(ServiceContext db, long id, CancellationToken cancellation) =>
        await db.Jobs.FirstOrDefaultAsync(row => row.Id == id, cancellation) ?? throw ServiceException.Unknown("job", id);

    private static JobInfo Describe(JobRow row, JobRunner runner)
    {
        JobProgress? progress = row.State == JobState.Running ? runner.ProgressOf(row.Id) : null;
        return new JobInfo
        {
            Id = row.Id,
            Product = row.ProductId,
            Kind = row.Kind,
            State = row.State,
            Progress = row.State == JobState.Completed ? 1 : progress?.Fraction ?? 0,
            Step = progress?.Step,
            Error = row.Error,
            Warnings = JsonSerializer.Deserialize<List<string>>(row.Warnings, ServiceJson.Options) ?? [],
            Version = row.Version,
            CreatedBy = row.CreatedBy,
            Created = row.Created,
            Started = row.Started,
            Ended = row.Ended,
        };
    }
}
