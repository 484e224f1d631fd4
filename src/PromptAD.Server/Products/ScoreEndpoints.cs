using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using PromptAD.Client;
using PromptAD.Server.Inspections;
using PromptAD.Server.Operations;
using PromptAD.Server.Security;
using PromptAD.Server.Storage;

namespace PromptAD.Server.Products;

/// <summary>Stored scores: how they are spread, and what other limits would have said of them.</summary>
internal static class ScoreEndpoints
{
    private const int Usual = 1000, Most = 100_000, MostChanges = 200, UsualBins = 50, MostBins = 500;

    public static void Map(IEndpointRouteBuilder routes)
    {
        RouteGroupBuilder group = routes.MapGroup("/api/products/{product}").WithTags("Versions").RequireAuthorization(Policies.Operator);
        group.MapPost("/versions/{number:int}/limits/preview", PreviewAsync)
            .WithSummary("What moved limits would have said of the latest inspections; nothing is changed")
            .WithDescription(
                "The body is that of moving the limits. Looked at are the latest inspections, 1000 where last says nothing else, with "
                + "scores of this version or of one that has only other limits: their verdicts by the limits of this version and by the "
                + "moved ones, also of those that were reviewed, and which inspections would change.")
            .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status409Conflict);
        group.MapGet("/scores", HistogramAsync).WithSummary("How stored scores are spread, in bins")
            .WithDescription(
                "Of the latest inspections, 1000 where limit says nothing else, with scores of a version, the one in force where none is "
                + "named, or of one that has only other limits.")
            .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict);
    }

    private static async Task<Ok<LimitPreview>> PreviewAsync(
        string product,
        int number,
        LimitRates rates,
        DetectorCatalog catalog,
        FileStore files,
        IDbContextFactory<ServiceContext> contexts,
        CancellationToken cancellation,
        [FromQuery] int last = Usual)
    {
        CheckCount("last", last);
        VersionRow version = await catalog.FindAsync(product, number, cancellation);
        using var stream = new MemoryStream(files.Read(version.FileHash), writable: false);
        Detector detector = Detector.Load(stream);
        Limits? now = detector.Limits;
        Limits then = detector.WithLimits(VersionEndpoints.Limits(rates, LimitOptions.Of(now))).Limits!;
        await using ServiceContext db = await contexts.CreateDbContextAsync(cancellation);
        List<Scored> scored = await (await ScoresAsync(db, version, cancellation)).Take(last).ToListAsync(cancellation);

        var verdicts = scored.ConvertAll(
            one => (One: one, Now: (InspectionVerdict?)now?.Judge(one.Score), Then: (InspectionVerdict)then.Judge(one.Score)));
        var changed = verdicts.FindAll(one => one.Now != one.Then);
        return TypedResults.Ok(new LimitPreview
        {
            Inspections = scored.Count,
            LimitsNow = Finding.Scores(now),
            LimitsThen = Finding.Scores(then)!,
            All = Count(_ => true),
            ReviewedGood = Count(one => one.Review == ReviewedAs.Good),
            ReviewedDefect = Count(one => one.Review == ReviewedAs.Defect),
            Changed = changed.Count,
            Changes =
            [
                .. changed.Take(MostChanges)
                    .Select(one => new ChangedVerdict(one.One.Id, one.One.Score, one.Now, one.Then, one.One.Review)),
            ],
        });

        VerdictChange Count(Func<Scored, bool> which)
        {
            var chosen = verdicts.FindAll(one => which(one.One));
            return new VerdictChange(CountOf(chosen.Select(one => one.Now)), CountOf(chosen.Select(one => (InspectionVerdict?)one.Then)));
        }
    }

    private static async Task<Ok<ScoreHistogram>> HistogramAsync(
        string product,
        DetectorCatalog catalog,
        IDbContextFactory<ServiceContext> contexts,
        CancellationToken cancellation,
        [FromQuery] int? version = null,
        [FromQuery] DateTimeOffset? from = null,
        [FromQuery] DateTimeOffset? to = null,
        [FromQuery] int limit = Usual,
        [FromQuery] int bins = UsualBins)
    {
        CheckCount("limit", limit);
        if (bins is < 1 or > MostBins) throw ServiceException.Invalid($"bins is {bins}; it must be from 1 to {MostBins}.");
        VersionRow row = version is { } number
            ? await catalog.FindAsync(product, number, cancellation)
            : await catalog.ActiveAsync(product, cancellation);
        await using ServiceContext db = await contexts.CreateDbContextAsync(cancellation);
        List<Scored> scored = await (await ScoresAsync(db, row, cancellation, from, to)).Take(limit).ToListAsync(cancellation);
        return TypedResults.Ok(Histogram(scored, bins) with
        {
            Version = row.Number,
            Limits = DetectorCatalog.Describe(row, active: null).Limits,
        });
    }

    /// <summary>Scores in bins of one width.</summary>
    public static ScoreHistogram Histogram(IReadOnlyList<Scored> scored, int bins)
    {
        if (scored.Count == 0) return new ScoreHistogram();
        (float lowest, float highest) = (scored.Min(one => one.Score), scored.Max(one => one.Score));
        double width = ((double)highest - lowest) / bins;
        if (width == 0) (bins, width) = (1, 0); // all scores are one
        int[,] counts = new int[bins, 3];
        foreach (Scored one in scored)
        {
            int bin = width == 0 ? 0 : Math.Min(bins - 1, (int)((one.Score - (double)lowest) / width));
            counts[bin, one.Review switch { null => 0, ReviewedAs.Good => 1, _ => 2 }]++;
        }
        return new ScoreHistogram
        {
            Inspections = scored.Count,
            Lowest = lowest,
            Highest = highest,
            Bins =
            [
                .. Enumerable.Range(0, bins).Select(i => new ScoreBin(
                    lowest + (i * width), i == bins - 1 ? highest : lowest + ((i + 1) * width), counts[i, 0], counts[i, 1], counts[i, 2])),
            ],
        };
    }

    /// <summary>The scores of a version and of those that have only other limits, the latest first.</summary>
    private static async Task<IQueryable<Scored>> ScoresAsync(
        ServiceContext db, VersionRow version, CancellationToken cancellation, DateTimeOffset? from = null, DateTimeOffset? to = null)
    {
        int[] alike = (await VersionLineage.ReadAsync(db, version.ProductId, cancellation)).AlikeOf(version.Number);
        IQueryable<InspectionRow> rows = db.Inspections.AsNoTracking().Where(row =>
            row.ProductId == version.ProductId && alike.Contains(row.Version) && row.State == InspectionState.Done && row.Score != null);
        if (from is { } earliest)
        {
            DateTime time = earliest.UtcDateTime;
            rows = rows.Where(row => row.Received >= time);
        }
        if (to is { } latest)
        {
            DateTime time = latest.UtcDateTime;
            rows = rows.Where(row => row.Received < time);
        }
        return rows.OrderByDescending(row => row.Id).Select(row => new Scored(row.Id, row.Score!.Value, row.Review));
    }

    private static void CheckCount(string name, int count)
    {
        if (count is < 1 or > Most) throw ServiceException.Invalid($"{name} is {count}; it must be from 1 to {Most}.");
    }

    private static VerdictCounts CountOf(IEnumerable<InspectionVerdict?> verdicts)
    {
        ILookup<InspectionVerdict?, InspectionVerdict?> by = verdicts.ToLookup(one => one);
        return new VerdictCounts(
            by[InspectionVerdict.OK].Count(), by[InspectionVerdict.Review].Count(), by[InspectionVerdict.NG].Count(), by[null].Count());
    }

    /// <summary>An inspection's score, and what a person has said.</summary>
    internal sealed record Scored(long Id, float Score, ReviewedAs? Review);
}
