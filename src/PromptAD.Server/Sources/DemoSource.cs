using System.Runtime.CompilerServices;
using Microsoft.EntityFrameworkCore;
using PromptAD.Client;
using PromptAD.Imaging;
using PromptAD.Pictures;
using PromptAD.Server.Audit;
using PromptAD.Server.Inspections;
using PromptAD.Server.Jobs;
using PromptAD.Server.Judging;
using PromptAD.Server.Operations;
using PromptAD.Server.Products;
using PromptAD.Server.Storage;

namespace PromptAD.Server.Sources;

/// <summary>
/// A line of drawn parts, for who wants to see the service at work: teaches a product as a person would, with jobs, and then brings a
/// picture a second, now and then of a part with a defect.
/// </summary>
internal sealed class DemoSource(
    ServiceOptions options,
    IDbContextFactory<ServiceContext> contexts,
    Changes changes,
    FileStore files,
    JobRunner jobs,
    TimeProvider clock) : IPictureSource
{
    public const string ProductId = "demo", Kind = "chequer-plate";
    private const string Actor = "demo";
    private const int Size = 256, GoodPictures = 4, CalibrationPictures = 20, DefectEvery = 8;
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(200);

    private readonly Product drawn = new(ProductKind.Find(Kind)!, 0, Difficulty: 0, InFixture: true);
    private ulong next = (ulong)Random.Shared.NextInt64(1_000_000, long.MaxValue); // not those that were learned from

    /// <inheritdoc/>
    public string Name => "demo";

    /// <inheritdoc/>
    public string Station => "demo";

    /// <inheritdoc/>
    public string? Product => ProductId;

    /// <inheritdoc/>
    public async IAsyncEnumerable<SourcePicture> ReadAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        using var generator = new PictureGenerator(Size);
        await TeachAsync(generator, cancellation);
        while (true)
        {
            ulong seed = next++;
            bool hasDefect = seed % DefectEvery == 0;
            byte[] bytes = Png(hasDefect ? generator.DrawPair(drawn, seed).Defective : generator.DrawClean(drawn, seed));
            string part = $"{(hasDefect ? "defect" : "good")}-{seed}";
            yield return new SourcePicture(bytes, PictureMedia.Parse("image/png"), part, $"demo {seed}", part);
            await Task.Delay(TimeSpan.FromSeconds(options.DemoSeconds), clock, cancellation);
        }
    }

    /// <inheritdoc/>
    public Task DoneAsync(SourcePicture picture, InspectionRow? row, CancellationToken cancellation) => Task.CompletedTask;

    private async Task TeachAsync(PictureGenerator generator, CancellationToken cancellation)
    {
        List<PictureRow> pictures = [];
        for (int i = 0; i < GoodPictures + CalibrationPictures; i++)
        {
            byte[] bytes = Png(generator.DrawClean(drawn, (ulong)i));
            pictures.Add(new PictureRow
            {
                ProductId = ProductId,
                Use = i < GoodPictures ? PictureUse.Good : PictureUse.Calibration,
                Hash = await Task.Run(() => files.Keep(bytes), cancellation),
                MediaType = "image/png",
                Length = bytes.Length,
                Name = $"drawn-{i}.png",
                AddedBy = Actor,
                Added = clock.Now(),
            });
        }
        await changes.MakeAsync(
            Actor,
            async (db, notes) =>
            {
                if (await db.Products.AnyAsync(row => row.Id == ProductId, cancellation)) return;
                await ProductEndpoints.NewAsync(db, notes, ProductId, "drawn chequer plate", clock, cancellation);
                db.Pictures.AddRange(pictures);
                notes.Add("picture.added", $"product {ProductId}", null, new { Drawn = GoodPictures + CalibrationPictures });
            },
            cancellation);
        if (await IsTaughtAsync(VersionOrigin.Calibrated, cancellation)) return;
        if (!await IsTaughtAsync(VersionOrigin.Trained, cancellation))
            await DoAsync(new NewJob { Kind = JobKind.Train, Activate = true }, cancellation);
        await DoAsync(new NewJob { Kind = JobKind.Calibrate, Activate = true }, cancellation);
    }

    private async Task<bool> IsTaughtAsync(VersionOrigin origin, CancellationToken cancellation)
    {
        await using ServiceContext db = await contexts.CreateDbContextAsync(cancellation);
        return await db.Versions.AnyAsync(row => row.ProductId == ProductId && row.Origin == origin, cancellation);
    }

    private async Task DoAsync(NewJob wanted, CancellationToken cancellation)
    {
        JobRow job = await JobEndpoints.AddAsync(ProductId, wanted, Actor, Actor, changes, clock, cancellation);
        jobs.Wake();
        while (job.State is JobState.Pending or JobState.Running)
        {
            await Task.Delay(BetweenLooks, clock, cancellation);
            await using ServiceContext db = await contexts.CreateDbContextAsync(cancellation);
            job = await db.Jobs.AsNoTracking().FirstAsync(row => row.Id == job.Id, cancellation);
        }
        if (job.State != JobState.Completed) throw ServiceException.Conflict($"Job {job.Id} has not taught the demo: {job.Error}");
    }

    private static byte[] Png(DrawnPicture picture)
    {
        string folder = Directory.CreateTempSubdirectory("promptad-demo-").FullName, file = Path.Combine(folder, "picture.png");
        try
        {
            PictureEncoder.Save(new CameraFrame(picture.Rgb, picture.Size, picture.Size, PixelFormat.Rgb24), file);
            return File.ReadAllBytes(file);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
