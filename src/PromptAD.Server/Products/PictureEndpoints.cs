using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using PromptAD.Client;
using PromptAD.Imaging;
using PromptAD.Server.Audit;
using PromptAD.Server.Judging;
using PromptAD.Server.Operations;
using PromptAD.Server.Security;
using PromptAD.Server.Storage;

namespace PromptAD.Server.Products;

/// <summary>The pictures that products are taught with.</summary>
internal static class PictureEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        RouteGroupBuilder group = routes.MapGroup("/api/products/{product}/pictures").WithTags("Teaching")
            .RequireAuthorization(Policies.Engineer);
        group.MapPost("/", AddAsync).WithSummary("Add a picture to learn from, to calibrate with, or of a defect")
            .WithDescription("Send the bytes of a picture file. The same picture for the same use is kept once.")
            .TakesBytes("image/png", "image/jpeg", "image/tiff", "application/octet-stream")
            .ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status413PayloadTooLarge)
            .ProducesProblem(StatusCodes.Status422UnprocessableEntity)
            .ProducesProblem(StatusCodes.Status507InsufficientStorage);
        group.MapGet("/", ListAsync).WithSummary("The pictures that a product is taught with");
        group.MapGet("/{id:long}", GetAsync).WithSummary("A picture as it was sent").ProducesProblem(StatusCodes.Status404NotFound);
        group.MapDelete("/{id:long}", RemoveAsync).WithSummary("Take a picture out; versions that learned from it stay")
            .ProducesProblem(StatusCodes.Status404NotFound);
    }

    private static async Task<Results<Created<PictureInfo>, Ok<PictureInfo>>> AddAsync(
        string product,
        HttpContext context,
        Changes changes,
        FileStore files,
        ServiceOptions options,
        TimeProvider clock,
        CancellationToken cancellation,
        [FromQuery(Name = "use")] string usedFor = "good",
        [FromQuery] string? name = null)
    {
        PictureUse use = QueryWord.Parse<PictureUse>(usedFor, "use")!.Value;
        PictureMedia media = PictureMedia.Parse(context.Request.ContentType);
        if (media.Frame is not null) throw ServiceException.Invalid("Products are taught with picture files; send PNG, JPEG or TIFF.");
        if (name?.Length > PictureRow.LongestName)
            throw ServiceException.Invalid($"The picture's name has {name.Length} characters; at most {PictureRow.LongestName} are taken.");
        byte[] bytes = await RequestBody.ReadAsync(context.Request, options, cancellation);
        // What is no picture shall be known now, not when it is learned from.
        using (PictureDecoder.Decode(bytes, options.MaxPictureMegapixels * 1_000_000L, default, cancellation))
        {
        }
        string hash = await Task.Run(() => files.Keep(bytes), cancellation);
        (PictureRow row, bool isNew) = await changes.MakeAsync(
            context.User.Actor(),
            async (db, notes) =>
            {
                if (!await db.Products.AnyAsync(one => one.Id == product, cancellation)) throw ServiceException.Unknown("product", product);
                PictureRow? same = await db.Pictures.FirstOrDefaultAsync(
                    one => one.ProductId == product && one.Use == use && one.Hash == hash, cancellation);
                if (same is not null) return (same, false);
                var added = new PictureRow
                {
                    ProductId = product,
                    Use = use,
                    Hash = hash,
                    MediaType = media.Text,
                    Length = bytes.Length,
                    Name = name,
                    AddedBy = context.User.NameOf(),
                    Added = clock.Now(),
                };
                db.Pictures.Add(added);
                notes.Add("picture.added", $"product {product}", null, new { Use = use, Hash = hash, Name = name });
                return (added, true);
            },
            cancellation);
        PictureInfo info = Describe(row);
        return isNew ? TypedResults.Created($"/api/products/{product}/pictures/{row.Id}", info) : TypedResults.Ok(info);
    }

    private static async Task<Ok<List<PictureInfo>>> ListAsync(
        string product,
        IDbContextFactory<ServiceContext> contexts,
        CancellationToken cancellation,
        [FromQuery(Name = "use")] string? usedFor = null)
    {
        PictureUse? use = QueryWord.Parse<PictureUse>(usedFor, "use");
        await using ServiceContext db = await contexts.CreateDbContextAsync(cancellation);
        List<PictureRow> rows = await db.Pictures.AsNoTracking()
            .Where(row => row.ProductId == product && (use == null || row.Use == use)).OrderBy(row => row.Id).ToListAsync(cancellation);
        return TypedResults.Ok(rows.ConvertAll(Describe));
    }

    private static async Task<FileContentHttpResult> GetAsync(
        string product, long id, IDbContextFactory<ServiceContext> contexts, FileStore files, CancellationToken cancellation)
    {
        await using ServiceContext db = await contexts.CreateDbContextAsync(cancellation);
        PictureRow row = await FindAsync(db, product, id, cancellation);
        return TypedResults.File(files.Read(row.Hash), row.MediaType);
    }

    private static async Task<NoContent> RemoveAsync(
        string product, long id, HttpContext context, Changes changes, CancellationToken cancellation)
    {
        await changes.MakeAsync(
            context.User.Actor(),
            async (db, notes) =>
            {
                PictureRow row = await FindAsync(db, product, id, cancellation);
                db.Pictures.Remove(row);
                notes.Add("picture.removed", $"product {product}", new { row.Use, row.Hash, row.Name }, null);
            },
            cancellation);
        return TypedResults.NoContent();
    }

    private static async Task<PictureRow> FindAsync(ServiceContext db, string product, long id, CancellationToken cancellation) =>
        await db.Pictures.FirstOrDefaultAsync(row => row.ProductId == product && row.Id == id, cancellation)
        ?? throw ServiceException.Unknown($"picture of product '{product}'", id);

    private static PictureInfo Describe(PictureRow row) => new()
    {
        Id = row.Id,
        Use = row.Use,
        Name = row.Name,
        Hash = row.Hash,
        MediaType = row.MediaType,
        Length = row.Length,
        AddedBy = row.AddedBy,
        Added = row.Added,
    };
}
