using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using PromptAD.Client;
using PromptAD.Server.Judging;
using PromptAD.Server.Operations;
using PromptAD.Server.Products;
using PromptAD.Server.Security;
using PromptAD.Server.Storage;

namespace PromptAD.Server.Inspections;

/// <summary>
/// Heat map and map of an inspection. They are computed again when they are asked for, by the version that judged, which never changes:
/// nothing is kept for pictures that nobody looks at. One at a time, so that the line is not held up.
/// </summary>
internal sealed class OverlayEndpoints(DetectorCatalog catalog, DetectorCache cache, FileStore files) : IDisposable
{
    private const int LargestSide = 4096;

    private readonly SemaphoreSlim turn = new(1, 1);

    public static void Map(IEndpointRouteBuilder routes)
    {
        RouteGroupBuilder group = routes.MapGroup("/api/inspections/{id:long}").WithTags("Inspections")
            .RequireAuthorization(Policies.Station);
        group.MapGet("/overlay", OverlayAsync)
            .WithSummary("The picture with its heat map, the outlines of regions and of what a reviewer has marked, as PNG or JPEG")
            .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict);
        group.MapGet("/map", MapAsync).WithSummary("The map's values as a PNG of 16 bits")
            .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict);
    }

    /// <inheritdoc/>
    public void Dispose() => turn.Dispose();

    private static async Task<FileContentHttpResult> OverlayAsync(
        long id,
        OverlayEndpoints overlays,
        IDbContextFactory<ServiceContext> contexts,
        CancellationToken cancellation,
        [FromQuery] string format = "jpeg",
        [FromQuery] int side = 0,
        [FromQuery] bool regions = true)
    {
        if (format is not ("png" or "jpeg")) throw ServiceException.Invalid($"format is '{format}'; it must be png or jpeg.");
        if (side is < 0 or > LargestSide)
            throw ServiceException.Invalid($"side is {side}; it must be from 0, for as it is, to {LargestSide}.");
        InspectionRow row = await InspectionEndpoints.FindAsync(id, contexts, cancellation);
        var options = new OverlayOptions { ShowRegions = regions };
        if (regions) options = options with { Marks = [.. MarkedPlaces.Read(row).Select(place => place.Corners())] };
        if (side > 0) options = options with { MaxSide = side };
        OverlayFormat kind = format == "png" ? OverlayFormat.Png : OverlayFormat.Jpeg;
        byte[] drawn = await overlays.AgainAsync(
            row,
            (prediction, picture, media, stream) =>
            {
                if (media.Frame is { } shape) prediction.SaveOverlay(stream, kind, shape.Of(picture), options);
                else prediction.SaveOverlay(stream, kind, new MemoryStream(picture, writable: false), options);
            },
            cancellation);
        return TypedResults.File(drawn, $"image/{format}");
    }

    private static async Task<FileContentHttpResult> MapAsync(
        long id, OverlayEndpoints overlays, IDbContextFactory<ServiceContext> contexts, CancellationToken cancellation)
    {
        InspectionRow row = await InspectionEndpoints.FindAsync(id, contexts, cancellation);
        return TypedResults.File(
            await overlays.AgainAsync(row, (prediction, _, _, stream) => prediction.Map.SavePng16(stream), cancellation), "image/png");
    }

    private async Task<byte[]> AgainAsync(
        InspectionRow row, Action<Prediction, byte[], PictureMedia, Stream> write, CancellationToken cancellation)
    {
        if (row.State != InspectionState.Done)
            throw ServiceException.Conflict($"Inspection {row.Id} has no map: it is {row.State.ToString().ToLowerInvariant()}.");
        InspectionEndpoints.DemandPicture(row);
        VersionRow version = await catalog.FindAsync(row.ProductId, row.Version, cancellation);
        await turn.WaitAsync(cancellation);
        try
        {
            return await Task.Run(
                () =>
                {
                    byte[] picture = files.Read(row.PictureHash);
                    PictureMedia media = PictureMedia.Parse(row.MediaType);
                    using DetectorCache.Loan loan = cache.Lend(version.FileHash);
                    using var stream = new MemoryStream();
                    write(Judge.Predict(loan.Detector, picture, media), picture, media, stream);
                    return stream.ToArray();
                },
                cancellation);
        }
        finally
        {
            turn.Release();
        }
    }
}
