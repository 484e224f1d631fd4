using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using PromptAD.Client;
using PromptAD.Results;
using PromptAD.Server.Audit;
using PromptAD.Server.Operations;
using PromptAD.Server.Security;
using PromptAD.Server.Storage;

namespace PromptAD.Server.Products;

/// <summary>The versions of a product's detector.</summary>
internal static class VersionEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        RouteGroupBuilder group = routes.MapGroup("/api/products/{product}/versions").WithTags("Versions")
            .RequireAuthorization(Policies.Operator);
        group.MapGet("/", ListAsync).WithSummary("All versions, the latest first").ProducesProblem(StatusCodes.Status404NotFound);
        group.MapGet("/{number:int}", GetAsync).WithSummary("One version").ProducesProblem(StatusCodes.Status404NotFound);
        group.MapGet("/{number:int}/differences", CompareAsync).WithSummary("What differs from another version")
            .ProducesProblem(StatusCodes.Status404NotFound);
        group.MapGet("/{number:int}/detector", DownloadAsync).WithSummary("The detector's file").RequireAuthorization(Policies.Engineer)
            .ProducesProblem(StatusCodes.Status404NotFound);
        group.MapPost("/{number:int}/limits", MoveLimitsAsync).WithSummary("Move the limits; this makes a new version")
            .WithDescription("The limits move from the scores of good pictures that the version keeps: no picture and no job is needed.")
            .RequireAuthorization(Policies.Engineer).ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict);
    }

    private static async Task<Ok<List<VersionInfo>>> ListAsync(
        string product, IDbContextFactory<ServiceContext> contexts, CancellationToken cancellation)
    {
        await using ServiceContext db = await contexts.CreateDbContextAsync(cancellation);
        int? active = await ActiveOfAsync(db, product, cancellation);
        List<VersionRow> rows = await db.Versions.AsNoTracking().Where(row => row.ProductId == product)
            .OrderByDescending(row => row.Number).ToListAsync(cancellation);
        return TypedResults.Ok(rows.ConvertAll(row => DetectorCatalog.Describe(row, active)));
    }

    private static async Task<Ok<VersionInfo>> GetAsync(
        string product, int number, DetectorCatalog catalog, IDbContextFactory<ServiceContext> contexts, CancellationToken cancellation)
    {
        await using ServiceContext db = await contexts.CreateDbContextAsync(cancellation);
        VersionRow row = await catalog.FindAsync(product, number, cancellation);
        return TypedResults.Ok(DetectorCatalog.Describe(row, await ActiveOfAsync(db, product, cancellation)));
    }

    private static async Task<Ok<List<VersionDifference>>> CompareAsync(
        string product, int number, [FromQuery] int with, DetectorCatalog catalog, CancellationToken cancellation)
    {
        VersionRow before = await catalog.FindAsync(product, with, cancellation);
        VersionRow after = await catalog.FindAsync(product, number, cancellation);
        return TypedResults.Ok(Differences(before.Description, after.Description));
    }

    /// <summary>The values that differ between two descriptions.</summary>
    public static List<VersionDifference> Differences(string before, string after)
    {
        Dictionary<string, string> first = Flat(before), second = Flat(after);
        return
        [
            .. from name in first.Keys.Union(second.Keys)
               let pair = (Before: first.GetValueOrDefault(name), After: second.GetValueOrDefault(name))
               where pair.Before != pair.After
               select new VersionDifference(name, pair.Before, pair.After),
        ];
    }

    private static async Task<FileContentHttpResult> DownloadAsync(
        string product, int number, DetectorCatalog catalog, FileStore files, CancellationToken cancellation)
    {
        VersionRow row = await catalog.FindAsync(product, number, cancellation);
        return TypedResults.File(files.Read(row.FileHash), "application/octet-stream", $"{product}-{number}.promptad");
    }

    private static async Task<Created<VersionInfo>> MoveLimitsAsync(
        string product,
        int number,
        LimitRates rates,
        HttpContext context,
        Changes changes,
        DetectorCatalog catalog,
        FileStore files,
        CancellationToken cancellation,
        [FromQuery] bool? activate = null)
    {
        VersionRow from = await catalog.FindAsync(product, number, cancellation);
        using var stream = new MemoryStream(files.Read(from.FileHash), writable: false);
        Detector detector = Detector.Load(stream);
        Detector moved = detector.WithLimits(Limits(rates, LimitOptions.Of(detector.Limits)));
        using var written = new MemoryStream();
        moved.Save(written);
        byte[] bytes = written.ToArray();
        DetectorDescription description = DetectorDescription.Read(bytes);
        await Task.Run(() => files.Keep(bytes), cancellation);
        VersionInfo made = await changes.MakeAsync(
            context.User.Actor(),
            async (db, notes) =>
            {
                ProductRow row = await ProductEndpoints.FindToChangeAsync(db, product, context.Request, cancellation);
                VersionRow version = await catalog.AddAsync(
                    db, notes, row, description, VersionOrigin.Limits, number, job: null, context.User.NameOf(), activate);
                return DetectorCatalog.Describe(version, row.ActiveVersion);
            },
            cancellation);
        return TypedResults.Created($"/api/products/{product}/versions/{made.Number}", made);
    }

    /// <summary>Where limits are to lie, from what they are and what is asked for.</summary>
    public static LimitOptions Limits(LimitRates? rates, LimitOptions before) => rates is null ? before : before with
    {
        ReviewRate = rates.ReviewRate ?? before.ReviewRate,
        NGRate = rates.NGRate ?? before.NGRate,
        PixelRate = rates.PixelRate ?? before.PixelRate,
        ReviewScore = rates.ReviewScore ?? (rates.ReviewRate is null ? before.ReviewScore : null),
        NGScore = rates.NGScore ?? (rates.NGRate is null ? before.NGScore : null),
        PixelScore = rates.PixelScore ?? (rates.PixelRate is null ? before.PixelScore : null),
        MinimumArea = rates.MinimumArea ?? before.MinimumArea,
    };

    private static async Task<int?> ActiveOfAsync(ServiceContext db, string product, CancellationToken cancellation)
    {
        var row = await db.Products.AsNoTracking().Where(one => one.Id == product).Select(one => new { one.ActiveVersion })
            .FirstOrDefaultAsync(cancellation) ?? throw ServiceException.UnknownProduct(product);
        return row.ActiveVersion;
    }

    private static Dictionary<string, string> Flat(string json)
    {
        var values = new Dictionary<string, string>();
        Add("", JsonElement.Parse(json));
        return values;

        void Add(string name, JsonElement element)
        {
            if (element.ValueKind != JsonValueKind.Object)
            {
                values[name] = element.GetRawText();
                return;
            }
            foreach (JsonProperty one in element.EnumerateObject()) Add(name.Length == 0 ? one.Name : $"{name}.{one.Name}", one.Value);
        }
    }
}
