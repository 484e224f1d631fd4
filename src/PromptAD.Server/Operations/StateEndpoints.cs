using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using PromptAD.Client;
using PromptAD.Server.Security;
using PromptAD.Server.Storage;

namespace PromptAD.Server.Operations;

/// <summary>What administrators see of the service itself: its room on the disk and its log.</summary>
internal static class StateEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        RouteGroupBuilder group = routes.MapGroup("/api").WithTags("Service").RequireAuthorization(Policies.Administrator);
        group.MapGet("/storage", StorageAsync).WithSummary("How much room there is and is taken, and how long pictures stay");
        group.MapGet("/log", (RecentLog log) => TypedResults.Ok(log.All()))
            .WithSummary("The latest warnings and errors since the service started, at most 500, the newest first");
    }

    private static async Task<Ok<StorageInfo>> StorageAsync(
        ServiceOptions options,
        DiskSpace space,
        FileStore files,
        IDbContextFactory<ServiceContext> contexts,
        CancellationToken cancellation)
    {
        (long bytes, long count) = await Task.Run(
            () => files.All().Aggregate((Bytes: 0L, Count: 0L), (sum, file) => (sum.Bytes + file.Length, sum.Count + 1)),
            cancellation);
        await using ServiceContext db = await contexts.CreateDbContextAsync(cancellation);
        return TypedResults.Ok(new StorageInfo
        {
            Folder = options.DataFolder,
            Bucket = options.Bucket.Name,
            Free = space.Free,
            Reserve = space.Reserve,
            Disk = space.Size,
            Files = bytes,
            FileCount = count,
            Database = await DatabaseSetup.SizeAsync(db, options, cancellation),
            DatabaseKind = db.Database.IsSqlite() ? "SQLite" : "PostgreSQL",
            Inspections = await db.Inspections.LongCountAsync(cancellation),
            Pictures = await db.Inspections.LongCountAsync(row => row.PictureRemoved == null, cancellation),
            TeachingPictures = await db.Pictures.LongCountAsync(cancellation),
            Oldest = await db.Inspections.Where(row => row.PictureRemoved == null).OrderBy(row => row.Id)
                .Select(row => (DateTime?)row.Received).FirstOrDefaultAsync(cancellation),
            KeepOkDays = options.KeepOkDays,
            KeepOtherDays = options.KeepOtherDays,
            MostGigabytes = options.MostGigabytes,
        });
    }
}
