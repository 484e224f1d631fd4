using System.Diagnostics.CodeAnalysis;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using PromptAD.Client;
using PromptAD.Server.Audit;
using PromptAD.Server.Inspections;
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
        RouteGroupBuilder readers = routes.MapGroup("/api/products/{product}/pictures").WithTags("Teaching")
            .RequireAuthorization(Policies.Operator);
        RouteGroupBuilder group = readers.MapGroup("").RequireAuthorization(Policies.Engineer);
        group.MapPost("/", AddAsync).WithSummary("Add a picture to learn from, to calibrate with, or of a defect")
            .WithDescription("Send the bytes of a picture. The same picture for the same use is kept once.")
            .TakesBytes("image/png", "image/jpeg", "image/tiff", "application/octet-stream", PictureMedia.RawFrame)
            .ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status413PayloadTooLarge)
            .ProducesProblem(StatusCodes.Status422UnprocessableEntity)
            .ProducesProblem(StatusCodes.Status507InsufficientStorage);
        group.MapPost("/batch", AddManyAsync).WithSummary("Add several pictures; the answer has a result for each")
            .WithDescription(
                "Send a form with a file for each picture. One that cannot be used does not fail the others; those that are there already "
                + "are kept once, so that the same form may be sent again.")
            .TakesBytes("multipart/form-data")
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status413PayloadTooLarge)
            .ProducesProblem(StatusCodes.Status415UnsupportedMediaType);
        readers.MapGet("/", ListAsync).WithSummary("The pictures that a product is taught with");
        readers.MapGet("/{id:long}", GetAsync)
            .WithSummary("A picture as it was sent; with side=800 upright and as JPEG").ProducesProblem(StatusCodes.Status404NotFound);
        group.MapDelete("/{id:long}", RemoveAsync).WithSummary("Take a picture out; versions that learned from it stay")
            .ProducesProblem(StatusCodes.Status404NotFound);
    }

    private static async Task<Results<Created<PictureInfo>, Ok<PictureInfo>>> AddAsync(
        string product,
        HttpContext context,
        PictureKeeping keeping,
        ServiceOptions options,
        CancellationToken cancellation,
        [FromQuery(Name = "use")] string usedFor = "good",
        [FromQuery] string? name = null)
    {
        PictureUse use = QueryWord.Parse<PictureUse>(usedFor, "use")!.Value;
        PictureMedia media = PictureMedia.Parse(context.Request.ContentType);
        PictureKeeping.CheckName(name);
        byte[] bytes = await RequestBody.ReadAsync(context.Request, options, cancellation);
        (PictureRow row, bool isNew) = await keeping.KeepAsync(context.User, product, use, name, media, bytes, cancellation);
        PictureInfo info = Describe(row);
        return isNew ? TypedResults.Created($"/api/products/{product}/pictures/{row.Id}", info) : TypedResults.Ok(info);
    }

    [SuppressMessage("Reliability", "CA1031", Justification = "A picture that fails does not fail the others.")]
    private static async Task<Ok<List<AddedPicture>>> AddManyAsync(
        string product,
        HttpContext context,
        PictureKeeping keeping,
        ServiceOptions options,
        CancellationToken cancellation,
        [FromQuery(Name = "use")] string usedFor = "good")
    {
        PictureUse use = QueryWord.Parse<PictureUse>(usedFor, "use")!.Value;
        await keeping.DemandProductAsync(product, cancellation);
        List<AddedPicture> results = [];
        await using IAsyncEnumerator<PicturePart> parts =
            MultipartPictures.ReadAsync(context.Request, options, cancellation).GetAsyncEnumerator(cancellation);
        while (true)
        {
            PicturePart? part = null;
            try
            {
                if (!await parts.MoveNextAsync()) break;
                part = parts.Current;
                if (part.Position > options.MaxBatchPictures)
                {
                    throw new ServiceException(
                        StatusCodes.Status413PayloadTooLarge,
                        $"One request takes at most {options.MaxBatchPictures} pictures; this one and those behind it were not kept.");
                }
                PictureMedia media = PictureMedia.Parse(part.ContentType);
                PictureKeeping.CheckName(part.File);
                byte[] bytes = await RequestBody.ReadAsync(part, options, cancellation);
                (PictureRow row, bool isNew) = await keeping.KeepAsync(
                    context.User, product, use, part.File, media, bytes, cancellation);
                results.Add(new AddedPicture
                {
                    Position = part.Position,
                    Name = part.File,
                    Status = isNew ? StatusCodes.Status201Created : StatusCodes.Status200OK,
                    Picture = Describe(row),
                });
            }
            catch (Exception e) when (!cancellation.IsCancellationRequested && (part is not null || results.Count > 0))
            {
                (int status, string detail) = ErrorAnswers.Read(e);
                results.Add(new AddedPicture
                {
                    Position = results.Count + 1,
                    Name = part?.File,
                    Status = status,
                    Detail = detail,
                });
                if (part is null || part.Position > options.MaxBatchPictures) break;
            }
        }
        if (results.Count == 0) throw ServiceException.Invalid("The form has no pictures; send a file for each, as curl -F does.");
        return TypedResults.Ok(results);
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
        string product,
        long id,
        IDbContextFactory<ServiceContext> contexts,
        FileStore files,
        ServiceOptions options,
        CancellationToken cancellation,
        [FromQuery] int? side = null)
    {
        await using ServiceContext db = await contexts.CreateDbContextAsync(cancellation);
        PictureRow row = await FindAsync(db, product, id, cancellation);
        return await Preview.AnswerAsync(files.Read(row.Hash), row.MediaType, side, options, cancellation);
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

    /// <summary>A picture of a product.</summary>
    /// <exception cref="ServiceException">There is none.</exception>
    public static async Task<PictureRow> FindAsync(ServiceContext db, string product, long id, CancellationToken cancellation) =>
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
