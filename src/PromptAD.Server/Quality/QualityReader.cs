using System.Collections.Concurrent;
using Microsoft.EntityFrameworkCore;
using PromptAD.Client;
using PromptAD.Server.Inspections;
using PromptAD.Server.Products;
using PromptAD.Server.Storage;

namespace PromptAD.Server.Quality;

/// <summary>Reads how scores and false rejects went, and whether a product drifts.</summary>
internal sealed class QualityReader(DetectorCatalog catalog, FileStore files, IDbContextFactory<ServiceContext> contexts)
{
    /// <summary>The least parts of a group; drift is always told by groups of so many.</summary>
    public const int LeastGroup = 10;

    private const int MostPoints = 400, DriftGroups = 100, LeastDriftGroups = 5;
    private const int LeastCalibration = 20, FirstScores = 200, LeastFirstScores = 50;

    private readonly ConcurrentDictionary<string, QualityBaseline?> calibrations = new();

    /// <summary>All of a period.</summary>
    /// <exception cref="Operations.ServiceException">There is no such product, or none of its versions is in force.</exception>
    public async Task<QualityInfo> ReadAsync(
        string product, string? station, DateTime from, DateTime to, TimeZoneInfo zone, CancellationToken cancellation)
    {
        VersionRow version = await catalog.ActiveAsync(product, cancellation);
        await using ServiceContext db = await contexts.CreateDbContextAsync(cancellation);
        ScoreRange range = await RangeAsync(db, version, station, cancellation);
        QualityBaseline? baseline = await BaselineAsync(db, version, range, cancellation);
        ScoreRange period = range with { From = from, To = to };
        int scores = await GroupedScores.CountAsync(db, period, cancellation);
        int size = Math.Max(LeastGroup, (scores + MostPoints - 1) / MostPoints);
        List<ScoreGroup> groups = baseline is null ? [] : await GroupedScores.ReadAsync(db, period, size, cancellation);
        List<Tally> tallies = await TallyAsync(db, product, station, from, to, cancellation);
        (List<QualityDay> days, double? share) = DaysOf(tallies, zone);
        return new QualityInfo
        {
            Product = product,
            Version = version.Number,
            Station = station,
            From = from,
            To = to,
            Counts = CountsOf(tallies),
            Limits = DetectorCatalog.Describe(version, active: null).Limits,
            Baseline = baseline,
            Drift = await DriftAsync(db, range, baseline, cancellation),
            GroupSize = size,
            Points = baseline is null ? [] : Chart(groups, baseline),
            Days = days,
            FalseRejectShare = share,
        };
    }

    /// <summary>Whether a product drifts, at all stations together; null where none of its versions is in force.</summary>
    /// <returns>How far the mean is from its centre, 1 at its limit; null where that is not known.</returns>
    public async Task<double?> DistanceAsync(string product, CancellationToken cancellation)
    {
        VersionRow version = await catalog.ActiveAsync(product, cancellation);
        await using ServiceContext db = await contexts.CreateDbContextAsync(cancellation);
        ScoreRange range = await RangeAsync(db, version, station: null, cancellation);
        QualityBaseline? baseline = await BaselineAsync(db, version, range, cancellation);
        DriftInfo drift = await DriftAsync(db, range, baseline, cancellation);
        return drift is { Smoothed: { } smoothed, Upper: { } upper } ? (smoothed - baseline!.Centre) / (upper - baseline.Centre) : null;
    }

    /// <summary>The points of a control chart.</summary>
    public static List<QualityPoint> Chart(IEnumerable<ScoreGroup> groups, QualityBaseline baseline)
    {
        var average = new Ewma(baseline.Centre, baseline.Spread);
        return
        [
            .. groups.Select(group =>
            {
                EwmaPoint point = average.Next(group.Median);
                DateTime time = DateTime.SpecifyKind(group.Time, DateTimeKind.Utc);
                return new QualityPoint(
                    group.First, group.Last, time, group.Median, point.Smoothed, point.Lower, point.Upper, point.IsOut);
            }),
        ];
    }

    /// <summary>What the end of a chart says.</summary>
    public static DriftInfo DriftOf(IReadOnlyList<QualityPoint> points, int groupSize)
    {
        if (points.Count < LeastDriftGroups) return new DriftInfo { Inspections = points.Count * groupSize };
        QualityPoint last = points[^1];
        QualityPoint? since = points.Reverse().TakeWhile(one => one.IsOut).LastOrDefault();
        return new DriftInfo
        {
            State = !last.IsOut ? DriftState.Steady : last.Smoothed > last.Upper ? DriftState.Higher : DriftState.Lower,
            Inspections = points.Count * groupSize,
            Smoothed = last.Smoothed,
            Lower = last.Lower,
            Upper = last.Upper,
            Since = since?.First,
            SinceTime = since?.Time,
        };
    }

    /// <summary>The days of a period in a zone, and the share of false rejects of all together.</summary>
    public static (List<QualityDay> Days, double? Share) DaysOf(IReadOnlyCollection<Tally> tallies, TimeZoneInfo zone)
    {
        double? mean = ShareChart.Mean(tallies.Sum(one => one.FalseRejects), tallies.Sum(one => one.ReviewedRejects));
        return ([.. tallies.GroupBy(one => one.DayIn(zone)).OrderBy(one => one.Key).Select(Day)], mean);

        QualityDay Day(IGrouping<DateTimeOffset, Tally> day)
        {
            InspectionCounts counts = CountsOf(day);
            (long reviewed, long good) = (day.Sum(one => one.ReviewedRejects), day.Sum(one => one.FalseRejects));
            double? share = ShareChart.Mean(good, reviewed), upper = share is null ? null : ShareChart.Upper(mean!.Value, reviewed);
            return new QualityDay
            {
                Day = day.Key,
                OK = counts.OK,
                Review = counts.Review,
                NG = counts.NG,
                Failed = counts.Failed,
                Reviewed = reviewed,
                FalseRejects = good,
                Share = share,
                Upper = upper,
                IsOut = share > upper,
            };
        }
    }

    private static async Task<ScoreRange> RangeAsync(
        ServiceContext db, VersionRow version, string? station, CancellationToken cancellation) => new(
            version.ProductId, (await VersionLineage.ReadAsync(db, version.ProductId, cancellation)).AlikeOf(version.Number), station);

    private static async Task<DriftInfo> DriftAsync(
        ServiceContext db, ScoreRange range, QualityBaseline? baseline, CancellationToken cancellation) => baseline is null
            ? new DriftInfo()
            : DriftOf(
                Chart(await GroupedScores.LatestAsync(db, range, LeastGroup, DriftGroups, cancellation), baseline), LeastGroup);

    private async Task<QualityBaseline?> BaselineAsync(
        ServiceContext db, VersionRow version, ScoreRange range, CancellationToken cancellation)
    {
        if (calibrations.GetOrAdd(version.FileHash, CalibrationOf) is { } calibrated) return calibrated;
        List<double> first = await GroupedScores.FirstAsync(db, range, FirstScores, cancellation);
        return Make(BaselineOrigin.FirstInspections, first, LeastFirstScores);
    }

    private QualityBaseline? CalibrationOf(string hash)
    {
        using var stream = new MemoryStream(files.Read(hash), writable: false);
        Decisions.GoodScores good = Detector.Load(stream).GoodScores;
        // After a feedback was undone they lie elsewhere.
        return good.IsOutdated
            ? null
            : Make(BaselineOrigin.Calibration, [.. good.Further.Select(one => (double)one.Score)], LeastCalibration);
    }

    private static QualityBaseline? Make(BaselineOrigin from, List<double> scores, int least)
    {
        if (scores.Count < least) return null;
        (double centre, double spread) = RobustScale.Of(scores);
        return spread > 0 ? new QualityBaseline(from, scores.Count, centre, spread) : null;
    }

    private static async Task<List<Tally>> TallyAsync(
        ServiceContext db, string product, string? station, DateTime from, DateTime to, CancellationToken cancellation)
    {
        IQueryable<InspectionRow> rows = db.Inspections.AsNoTracking()
            .Where(row => row.ProductId == product && row.Received >= from && row.Received < to);
        if (station is not null) rows = rows.Where(row => row.Station == station);
        // Days of all zones begin at a quarter of an hour.
        return await rows.GroupBy(row => new
        {
            row.Received.Year,
            row.Received.Month,
            row.Received.Day,
            row.Received.Hour,
            Quarter = row.Received.Minute / 15,
            row.State,
            row.Verdict,
            row.Review,
        }).Select(group => new Tally(
            group.Key.Year, group.Key.Month, group.Key.Day, group.Key.Hour, group.Key.Quarter, group.Key.State, group.Key.Verdict,
            group.Key.Review, group.LongCount())).ToListAsync(cancellation);
    }

    private static InspectionCounts CountsOf(IEnumerable<Tally> tallies)
    {
        long Sum(Func<Tally, bool> which) => tallies.Where(which).Sum(one => one.Count);
        long Judged(InspectionVerdict? verdict) => Sum(one => one.State == InspectionState.Done && one.Verdict == verdict);
        return new InspectionCounts(
            Judged(InspectionVerdict.OK), Judged(InspectionVerdict.Review), Judged(InspectionVerdict.NG), Judged(null),
            Sum(one => one.State == InspectionState.Failed), Sum(one => one.State == InspectionState.Queued));
    }
}

/// <summary>How many inspections of one kind a quarter of an hour has, UTC.</summary>
internal sealed record Tally(
    int Year,
    int Month,
    int Day,
    int Hour,
    int Quarter,
    InspectionState State,
    InspectionVerdict? Verdict,
    ReviewedAs? Review,
    long Count)
{
    private bool IsReject => State == InspectionState.Done && Verdict is InspectionVerdict.Review or InspectionVerdict.NG;

    /// <summary>Those that were rejected and that a person has looked at.</summary>
    public long ReviewedRejects => IsReject && Review is not null ? Count : 0;

    /// <summary>Those of them that are good.</summary>
    public long FalseRejects => IsReject && Review == ReviewedAs.Good ? Count : 0;

    /// <summary>When the day begins that it belongs to.</summary>
    public DateTimeOffset DayIn(TimeZoneInfo zone)
    {
        var moment = new DateTimeOffset(Year, Month, Day, Hour, Quarter * 15, 0, TimeSpan.Zero);
        DateTime day = TimeZoneInfo.ConvertTime(moment, zone).Date;
        while (zone.IsInvalidTime(day)) day = day.AddMinutes(30);
        return new DateTimeOffset(day, zone.GetUtcOffset(day));
    }
}
