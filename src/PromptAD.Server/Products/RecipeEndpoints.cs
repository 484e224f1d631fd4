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

/// <summary>Products from one service to another.</summary>
internal static class RecipeEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        RouteGroupBuilder group = routes.MapGroup("/api").WithTags("Recipes").RequireAuthorization(Policies.Engineer);
        group.MapGet("/products/{product}/recipe", ExportAsync).WithSummary("A version as one file; the one in force unless told")
            .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict);
        group.MapPost("/recipes", ImportAsync).WithSummary("Take a recipe as a new version; the product is made where there is none")
            .TakesBytes(RecipeFile.MediaType, "application/octet-stream")
            .ProducesProblem(StatusCodes.Status413PayloadTooLarge).ProducesProblem(StatusCodes.Status422UnprocessableEntity);
    }

    private static async Task<FileContentHttpResult> ExportAsync(
        string product,
        HttpContext context,
        DetectorCatalog catalog,
        FileStore files,
        Changes changes,
        CancellationToken cancellation,
        [FromQuery] int? version = null)
    {
        VersionRow row = version is { } number
            ? await catalog.FindAsync(product, number, cancellation)
            : await catalog.ActiveAsync(product, cancellation);
        byte[] detector = files.Read(row.FileHash);
        byte[] recipe = await changes.MakeAsync(
            context.User.Actor(),
            async (db, notes) =>
            {
                ProductRow exported = await db.Products.AsNoTracking().FirstAsync(one => one.Id == product, cancellation);
                notes.Add("recipe.exported", $"product {product} version {row.Number}", null, new { row.FileHash });
                return RecipeFile.Write(exported, row, detector);
            },
            cancellation);
        return TypedResults.File(recipe, RecipeFile.MediaType, $"{product}-{row.Number}.recipe");
    }

    private static async Task<Created<VersionInfo>> ImportAsync(
        HttpContext context,
        DetectorCatalog catalog,
        FileStore files,
        Changes changes,
        ServiceOptions options,
        TimeProvider clock,
        CancellationToken cancellation,
        [FromQuery] string? product = null,
        [FromQuery] bool? activate = null)
    {
        byte[] recipe = await RequestBody.ReadAsync(context.Request, options, cancellation);
        (RecipeFile.Header header, byte[] bytes) = RecipeFile.Read(recipe);
        DetectorDescription detector = DetectorDescription.Read(bytes); // what is no detector ends here
        await Task.Run(() => files.Keep(bytes), cancellation);
        string id = product ?? header.Product;
        VersionInfo made = await changes.MakeAsync(
            context.User.Actor(),
            async (db, notes) =>
            {
                ProductRow row = await db.Products.FirstOrDefaultAsync(one => one.Id == id, cancellation)
                    ?? await ProductEndpoints.NewAsync(db, notes, id, header.Name, clock, cancellation);
                VersionRow version = await catalog.AddAsync(
                    db, notes, row, detector, VersionOrigin.Imported, from: null, job: null, context.User.NameOf(), activate);
                return DetectorCatalog.Describe(version, row.ActiveVersion);
            },
            cancellation);
        return TypedResults.Created($"/api/products/{id}/versions/{made.Number}", made);
    }
}
