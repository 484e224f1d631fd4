using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using PromptAD.Client;
using PromptAD.Server.Audit;
using PromptAD.Server.Operations;
using PromptAD.Server.Security;
using PromptAD.Server.Storage;

namespace PromptAD.Server.Products;

/// <summary>Products, and which version of each is in force.</summary>
internal static class ProductEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        RouteGroupBuilder group = routes.MapGroup("/api/products").WithTags("Products").RequireAuthorization(Policies.Station);
        group.MapGet("/", ListAsync).WithSummary("All products");
        group.MapGet("/{product}", GetAsync).WithSummary("One product; its ETag is its revision")
            .ProducesProblem(StatusCodes.Status404NotFound);
        group.MapPost("/", CreateAsync).WithSummary("Make a product").RequireAuthorization(Policies.Engineer)
            .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status409Conflict);
        group.MapPatch("/{product}", ChangeAsync).WithSummary("Rename a product; If-Match has the ETag that was read")
            .RequireAuthorization(Policies.Engineer).ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status412PreconditionFailed).ProducesProblem(StatusCodes.Status428PreconditionRequired);
        group.MapPost("/{product}/activate", ActivateAsync)
            .WithSummary("Put a version in force, or an earlier one again; If-Match is heeded where it is sent")
            .RequireAuthorization(Policies.Engineer).ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status412PreconditionFailed);
    }

    private static async Task<Ok<List<ProductInfo>>> ListAsync(IDbContextFactory<ServiceContext> contexts, CancellationToken cancellation)
    {
        await using ServiceContext db = await contexts.CreateDbContextAsync(cancellation);
        return TypedResults.Ok(await Describe(db, db.Products.OrderBy(row => row.Id)).ToListAsync(cancellation));
    }

    private static async Task<Ok<ProductInfo>> GetAsync(
        string product, HttpResponse response, IDbContextFactory<ServiceContext> contexts, CancellationToken cancellation)
    {
        await using ServiceContext db = await contexts.CreateDbContextAsync(cancellation);
        return TypedResults.Ok(Tagged(response, await FindAsync(db, product, cancellation)));
    }

    private static async Task<Created<ProductInfo>> CreateAsync(
        NewProduct wanted, HttpContext context, Changes changes, TimeProvider clock, CancellationToken cancellation)
    {
        ProductInfo made = await changes.MakeAsync(
            context.User.Actor(),
            async (db, notes) =>
            {
                await NewAsync(db, notes, wanted.Id, wanted.Name ?? wanted.Id, clock, cancellation);
                await db.SaveChangesAsync(cancellation);
                return await FindAsync(db, wanted.Id, cancellation);
            },
            cancellation);
        return TypedResults.Created($"/api/products/{made.Id}", Tagged(context.Response, made));
    }

    /// <summary>Makes a product, as part of a change.</summary>
    /// <exception cref="ServiceException">Its id or name cannot be, or the id is taken.</exception>
    public static async Task<ProductRow> NewAsync(
        ServiceContext db, ChangeNotes notes, string id, string name, TimeProvider clock, CancellationToken cancellation)
    {
        bool isPlain = id is { Length: > 0 and <= ProductRow.LongestId } && char.IsAsciiLetterOrDigit(id[0])
            && id.All(sign => char.IsAsciiLetterLower(sign) || char.IsAsciiDigit(sign) || sign == '-');
        if (!isPlain)
        {
            throw ServiceException.Invalid(
                $"A product's id has lower-case letters, digits and '-', at most {ProductRow.LongestId}, such as 'chequer-plate'.");
        }
        CheckName(name);
        if (await db.Products.AnyAsync(row => row.Id == id, cancellation))
        {
            throw new ServiceException(StatusCodes.Status409Conflict, $"There is a product '{id}' already.") { Problem = Problems.Taken };
        }
        var product = new ProductRow { Id = id, Name = name.Trim(), Created = clock.Now() };
        db.Products.Add(product);
        notes.Add("product.created", $"product {id}", null, new { product.Name });
        return product;
    }

    private static async Task<Ok<ProductInfo>> ChangeAsync(
        string product, ProductChange change, HttpContext context, Changes changes, CancellationToken cancellation)
    {
        CheckName(change.Name);
        if (context.Request.Headers.IfMatch.Count == 0)
        {
            throw new ServiceException(
                StatusCodes.Status428PreconditionRequired,
                "Send If-Match with the ETag that was read, so that no change of somebody else is lost.");
        }
        ProductInfo changed = await changes.MakeAsync(
            context.User.Actor(),
            async (db, notes) =>
            {
                ProductRow row = await FindToChangeAsync(db, product, context.Request, cancellation);
                notes.Add("product.changed", $"product {product}", new { row.Name }, new { Name = change.Name.Trim() });
                (row.Name, row.Revision) = (change.Name.Trim(), row.Revision + 1);
                await db.SaveChangesAsync(cancellation);
                return await FindAsync(db, product, cancellation);
            },
            cancellation);
        return TypedResults.Ok(Tagged(context.Response, changed));
    }

    private static async Task<Ok<ProductInfo>> ActivateAsync(
        string product, Activation activation, HttpContext context, Changes changes, CancellationToken cancellation)
    {
        ProductInfo changed = await changes.MakeAsync(
            context.User.Actor(),
            async (db, notes) =>
            {
                ProductRow row = await FindToChangeAsync(db, product, context.Request, cancellation);
                if (!await db.Versions.AnyAsync(one => one.ProductId == product && one.Number == activation.Version, cancellation))
                    throw DetectorCatalog.Unknown(product, activation.Version);
                if (row.ActiveVersion != activation.Version) DetectorCatalog.Activate(notes, row, activation.Version);
                await db.SaveChangesAsync(cancellation);
                return await FindAsync(db, product, cancellation);
            },
            cancellation);
        return TypedResults.Ok(Tagged(context.Response, changed));
    }

    /// <summary>A product that is to be changed as it was read.</summary>
    /// <exception cref="ServiceException">There is none, or somebody else has changed it since.</exception>
    public static async Task<ProductRow> FindToChangeAsync(
        ServiceContext db, string product, HttpRequest request, CancellationToken cancellation)
    {
        ProductRow row = await db.Products.FirstOrDefaultAsync(one => one.Id == product, cancellation)
            ?? throw ServiceException.UnknownProduct(product);
        Revision.Demand(request, row.Revision, $"product '{product}'");
        return row;
    }

    private static async Task<ProductInfo> FindAsync(ServiceContext db, string product, CancellationToken cancellation) =>
        await Describe(db, db.Products.Where(row => row.Id == product)).FirstOrDefaultAsync(cancellation)
        ?? throw ServiceException.UnknownProduct(product);

    private static IQueryable<ProductInfo> Describe(ServiceContext db, IQueryable<ProductRow> rows) => rows.Select(row => new ProductInfo
    {
        Id = row.Id,
        Name = row.Name,
        ActiveVersion = row.ActiveVersion,
        Versions = db.Versions.Count(one => one.ProductId == row.Id),
        GoodPictures = db.Pictures.Count(one => one.ProductId == row.Id && one.Use == PictureUse.Good),
        CalibrationPictures = db.Pictures.Count(one => one.ProductId == row.Id && one.Use == PictureUse.Calibration),
        DefectPictures = db.Pictures.Count(one => one.ProductId == row.Id && one.Use == PictureUse.Defect),
        Revision = row.Revision,
        Created = row.Created,
    });

    private static ProductInfo Tagged(HttpResponse response, ProductInfo product)
    {
        response.Headers.ETag = Revision.Tag(product.Revision);
        return product;
    }

    private static void CheckName(string name)
    {
        if (string.IsNullOrWhiteSpace(name) || name.Length > ProductRow.LongestName)
            throw ServiceException.Invalid($"A product's name has 1 to {ProductRow.LongestName} characters.");
    }
}
