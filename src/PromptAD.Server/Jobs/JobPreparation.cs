using Microsoft.EntityFrameworkCore;
using PromptAD.Client;
using PromptAD.Server.Inspections;
using PromptAD.Server.Operations;
using PromptAD.Server.Products;
using PromptAD.Server.Storage;
using PromptAD.Server.Worker;

namespace PromptAD.Server.Jobs;

/// <summary>Looks up what a worker needs for a job: pictures, and the version to begin with.</summary>
internal sealed class JobPreparation(
    IDbContextFactory<ServiceContext> contexts, DetectorCatalog catalog, FileStore files, ServiceOptions options)
{
    private const int MostFeedback = 256;

    /// <summary>What the worker is told, and the version that it begins with.</summary>
    /// <param name="job">The job.</param>
    /// <param name="request">What was asked for.</param>
    /// <param name="folder">The job's own folder: the worker writes there, and finds copies there where the store has no files.</param>
    /// <param name="cancellation">Cancels.</param>
    /// <exception cref="ServiceException">There are no pictures, or no version.</exception>
    public async Task<(WorkerJob Job, int? From)> PrepareAsync(JobRow job, NewJob request, string folder, CancellationToken cancellation)
    {
        await using ServiceContext db = await contexts.CreateDbContextAsync(cancellation);
        ProductRow product = await db.Products.AsNoTracking().FirstAsync(row => row.Id == job.ProductId, cancellation);
        var work = new WorkerJob
        {
            Kind = job.Kind,
            ObjectName = product.Name,
            BackboneStore = options.BackboneStore,
            Backbone = options.Backbone,
            Threads = options.Threads,
            TrainingProgram = options.TrainingProgram,
            Limits = request.Limits,
            Tiles = request.Tiles,
            Region = request.Region,
            Words = request.Defects,
            Force = request.Force,
            Output = Path.Combine(folder, "detector.promptad"),
        };
        if (job.Kind == JobKind.Train)
        {
            work = work with
            {
                Good = await PicturesAsync(db, product.Id, PictureUse.Good, "good parts to learn from", folder, cancellation),
            };
            return (work, null);
        }
        VersionRow from = request.Version is { } number
            ? await catalog.FindAsync(product.Id, number, cancellation)
            : await catalog.ActiveAsync(product.Id, cancellation);
        work = work with { Detector = files.PathOf(from.FileHash, folder) };
        if (job.Kind == JobKind.Calibrate)
        {
            work = work with
            {
                Good = await PicturesAsync(
                    db, product.Id, PictureUse.Calibration, "further good parts (use=calibration)", folder, cancellation),
            };
            return (work, from.Number);
        }
        return (await WithReviewedAsync(db, work, product.Id, request, from, folder, cancellation), from.Number);
    }

    private async Task<WorkerJob> WithReviewedAsync(
        ServiceContext db, WorkerJob work, string product, NewJob request, VersionRow from, string folder, CancellationToken cancellation)
    {
        IQueryable<InspectionRow> reviewed = db.Inspections.AsNoTracking()
            .Where(row => row.ProductId == product && row.State == InspectionState.Done && row.Review != null
                && row.PictureRemoved == null);
        reviewed = request.Inspections is { } chosen
            ? reviewed.Where(row => chosen.Contains(row.Id))
            : await SinceLearnedAsync(db, reviewed, from, cancellation);
        InspectionRow[] rows = await reviewed.OrderBy(row => row.Id).ToArrayAsync(cancellation);
        InspectionRow[] pictures =
            [.. rows.Where(row => row.Review == ReviewedAs.Defect || row.Verdict is InspectionVerdict.Review or InspectionVerdict.NG)];
        List<WorkerPicture> defects =
            [.. pictures.Where(row => row.Review == ReviewedAs.Defect).Select(row => Of(row, folder, cancellation))];
        foreach (PictureRow row in await db.Pictures.AsNoTracking()
            .Where(row => row.ProductId == product && row.Use == PictureUse.Defect).ToListAsync(cancellation))
            defects.Add(Of(row, folder, cancellation));
        WorkerPicture[] good = [.. pictures.Where(row => row.Review == ReviewedAs.Good).Select(row => Of(row, folder, cancellation))];
        if (good.Length + defects.Count == 0)
        {
            throw ServiceException.Conflict(
                "There is nothing to learn from: no inspection was reviewed as a defect, or as good though it was not OK, "
                + "since the version was made.");
        }
        if (good.Length + defects.Count > MostFeedback)
            throw ServiceException.Conflict(
                $"{good.Length + defects.Count} pictures are more than the {MostFeedback} that a job takes; choose inspections.");
        return work with { Good = good, Defects = defects };
    }

    /// <summary>
    /// What was reviewed since the version learned: calibrated and moved limits learn nothing, and what was reviewed while a job was
    /// running did not get into it.
    /// </summary>
    private static async Task<IQueryable<InspectionRow>> SinceLearnedAsync(
        ServiceContext db, IQueryable<InspectionRow> reviewed, VersionRow from, CancellationToken cancellation)
    {
        int number = (await VersionLineage.ReadAsync(db, from.ProductId, cancellation)).LearnedBy(from.Number);
        VersionRow learned = await db.Versions.AsNoTracking()
            .FirstAsync(row => row.ProductId == from.ProductId && row.Number == number, cancellation);
        DateTime? started = learned.Job is { } id
            ? await db.Jobs.Where(row => row.Id == id).Select(row => row.Started).FirstOrDefaultAsync(cancellation)
            : null;
        DateTime since = started ?? learned.Created;
        return reviewed.Where(row => row.Reviewed > since);
    }

    private async Task<IReadOnlyList<WorkerPicture>> PicturesAsync(
        ServiceContext db, string product, PictureUse use, string called, string folder, CancellationToken cancellation)
    {
        List<PictureRow> rows = await db.Pictures.AsNoTracking().Where(row => row.ProductId == product && row.Use == use)
            .OrderBy(row => row.Id).ToListAsync(cancellation);
        return rows.Count > 0 ? rows.ConvertAll(row => Of(row, folder, cancellation)) : throw ServiceException.Conflict(
            $"Product '{product}' has no pictures of {called}; add some.");
    }

    private WorkerPicture Of(PictureRow row, string folder, CancellationToken cancellation) =>
        new(PathOf(row.Hash, folder, cancellation), row.Name ?? $"picture {row.Id}", row.MediaType);

    private WorkerPicture Of(InspectionRow row, string folder, CancellationToken cancellation) =>
        new(PathOf(row.PictureHash, folder, cancellation), $"inspection {row.Id}", row.MediaType);

    private string PathOf(string hash, string folder, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested(); // there may be many to copy
        return files.PathOf(hash, folder);
    }
}
