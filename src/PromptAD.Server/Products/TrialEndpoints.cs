using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using PromptAD.Client;
using PromptAD.Imaging;
using PromptAD.Server.Judging;
using PromptAD.Server.Operations;
using PromptAD.Server.Security;
using PromptAD.Server.Storage;

namespace PromptAD.Server.Products;

/// <summary>
/// What a version says of a picture that a product is taught with: to find those of another product before training, and to try a version
/// before it is in force. Nothing is kept. One at a time, so that the line is not held up.
/// </summary>
internal sealed class TrialEndpoints(DetectorCache cache, FileStore files, ServiceOptions options) : IDisposable
{
    private readonly SemaphoreSlim turn = new(1, 1);

    public static void Map(IEndpointRouteBuilder routes) => routes.MapGet("/api/products/{product}/pictures/{id:long}/trial", TryAsync)
        .WithTags("Teaching").RequireAuthorization(Policies.Operator)
        .WithSummary("What a version says of a picture that is kept; nothing is changed")
        .WithDescription(
            "The version in force where none is named. Where none is in force, only what the picture itself says is told: its size, and "
            + "whether it has colours.")
        .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict);

    /// <inheritdoc/>
    public void Dispose() => turn.Dispose();

    private static async Task<Ok<PictureTrial>> TryAsync(
        string product,
        long id,
        TrialEndpoints trials,
        DetectorCatalog catalog,
        IDbContextFactory<ServiceContext> contexts,
        CancellationToken cancellation,
        [FromQuery] int? version = null)
    {
        await using ServiceContext db = await contexts.CreateDbContextAsync(cancellation);
        PictureRow picture = await PictureEndpoints.FindAsync(db, product, id, cancellation);
        int? number = version
            ?? await db.Products.Where(row => row.Id == product).Select(row => row.ActiveVersion).FirstOrDefaultAsync(cancellation);
        VersionRow? judging = number is { } one ? await catalog.FindAsync(product, one, cancellation) : null;
        return TypedResults.Ok(await trials.AskAsync(picture, judging, cancellation));
    }

    private async Task<PictureTrial> AskAsync(PictureRow row, VersionRow? version, CancellationToken cancellation)
    {
        await turn.WaitAsync(cancellation);
        try
        {
            return await Task.Run(() => Try(row, version), cancellation);
        }
        finally
        {
            turn.Release();
        }
    }

    private PictureTrial Try(PictureRow row, VersionRow? version)
    {
        byte[] bytes = files.Read(row.Hash);
        PictureMedia media = PictureMedia.Parse(row.MediaType);
        PictureTrial trial = Measure(bytes, media) with { Picture = row.Id, Use = row.Use };
        if (version is null) return trial;
        using DetectorCache.Loan loan = cache.Lend(version.FileHash);
        Prediction prediction = Judge.Predict(loan.Detector, bytes, media);
        return trial with
        {
            Version = version.Number,
            Score = prediction.Score,
            Verdict = prediction.HasVerdict ? (InspectionVerdict)prediction.Verdict : null,
            Unfamiliar = prediction.IsUnfamiliar,
        };
    }

    private PictureTrial Measure(byte[] bytes, PictureMedia media)
    {
        if (media.Frame is { } shape)
        {
            bool isGray = shape.Format is PixelFormat.Gray8 or PixelFormat.Gray16
                or PixelFormat.Mono10p or PixelFormat.Mono12p or PixelFormat.Mono12Packed;
            return new PictureTrial { Width = shape.Width, Height = shape.Height, Gray = isGray };
        }
        using Picture picture = PictureDecoder.Decode(bytes, options.MaxPictureMegapixels * 1_000_000L);
        return new PictureTrial { Width = picture.Width, Height = picture.Height, Gray = picture.IsGray };
    }
}
