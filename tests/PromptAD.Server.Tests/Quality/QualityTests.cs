using System.Net;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using PromptAD.Client;
using PromptAD.Server.Quality;
using PromptAD.Server.Tests.Fixtures;
using static PromptAD.Server.Tests.Fixtures.InsertedInspections;
using static PromptAD.Server.Tests.Fixtures.ServiceUnderTest;

namespace PromptAD.Server.Tests.Quality;

/// <summary>What the service says of scores and false rejects in a period.</summary>
public sealed class QualityTests(TinyBackbone backbone, PostgresCluster cluster) : TemporaryFolder
{
    private static readonly DateTime Begin = new(2026, 3, 2, 0, 0, 0, DateTimeKind.Utc);

    private const string Period = "from=2026-03-02T00:00:00Z&to=2026-03-12T00:00:00Z";

    [Theory]
    [InlineData("SQLite")]
    [InlineData("PostgreSQL")]
    public async Task Ten_thousand_inspections_are_a_chart_of_some_hundred_points(string kind)
    {
        await using ServiceUnderTest service = await StartAsync(kind);
        InspectionResult judged = await JudgeAsync(service.Administrator, "plate", TestPictures.Good(1));
        // A minute each, in two lines; the second half has drifted. Some are defects that a person has found; they do not count.
        List<Inserted> all = [.. Enumerable.Range(0, 10_000).Select(i => new Inserted(
            Begin.AddMinutes(i), i % 50 == 7 ? 9 : Scatter(i, i < 5000 ? 0.4 : 0.55), i % 50 == 7 ? InspectionVerdict.NG : InspectionVerdict.OK,
            i % 50 == 7 ? ReviewedAs.Defect : null, $"line-{i % 2}"))];
        await AddAsync(service, judged, all);

        QualityInfo told = await GetAsync<QualityInfo>(service.Administrator, $"/api/products/plate/quality?{Period}");

        // 9800 scores without defects make 400 points of 25 at most.
        Assert.Equal((25, 392), (told.GroupSize, told.Points.Count));
        float[][] groups = [.. all.Where(one => one.Review is null).Select(one => one.Score).Chunk(25)];
        for (int i = 0; i < groups.Length; i++) Assert.Equal(groups[i].Order().ElementAt(12), told.Points[i].Score, 6);
        QualityBaseline baseline = told.Baseline!;
        (double centre, double spread) = RobustScale.Of([(double)judged.Score!.Value, .. all.Where(one => one.Review is null).Take(199).Select(one => (double)one.Score)]);
        Assert.Equal((BaselineOrigin.FirstInspections, 200), (baseline.From, baseline.Scores));
        Assert.Equal((centre, spread), (baseline.Centre, baseline.Spread));
        Assert.DoesNotContain(told.Points.Take(190), one => one.IsOut);
        Assert.All(told.Points.TakeLast(190), one => Assert.True(one.IsOut));
        Assert.Equal((DriftState.Higher, 1000), (told.Drift.State, told.Drift.Inspections));
        Assert.Equal((9800, 0, 200), (told.Counts.OK, told.Counts.Review, told.Counts.NG));
        Assert.Equal(all.GroupBy(one => one.Received.Date).Select(day => (long)day.Count()), told.Days.Select(one => one.OK + one.NG));

        // Drift is told of the latest, whatever the period is; a station has a chart of its own.
        QualityInfo first = await GetAsync<QualityInfo>(service.Administrator, "/api/products/plate/quality?from=2026-03-02T00:00:00Z&to=2026-03-04T00:00:00Z&station=line-1");
        Assert.Equal(DriftState.Higher, first.Drift.State);
        Assert.DoesNotContain(first.Points, one => one.IsOut);
        Assert.Equal(1440, first.Counts.All);
        Assert.Equal((1440 - 57) / first.GroupSize, first.Points.Count); // 57 or 58 defects of an odd number are of line-1
        QualityInfo none = await GetAsync<QualityInfo>(service.Administrator, "/api/products/plate/quality?from=2025-03-02T00:00:00Z&to=2025-03-04T00:00:00Z");
        Assert.Equal((0, 0, 0), (none.Points.Count, none.Days.Count, none.Counts.All));
    }

    [Theory]
    [InlineData("SQLite")]
    [InlineData("PostgreSQL")]
    public async Task False_rejects_are_counted_by_the_days_of_the_zone(string kind)
    {
        await using ServiceUnderTest service = await StartAsync(kind);
        InspectionResult judged = await JudgeAsync(service.Administrator, "plate", TestPictures.Good(1));
        // In Kolkata the day begins at 18:30 of the day before in UTC.
        DateTime midnight = Begin.AddHours(18.5);
        List<Inserted> all = [];
        for (int i = 0; i < 40; i++)
        {
            all.Add(new(midnight.AddMinutes(-1), 0.5f, InspectionVerdict.Review, i < 4 ? ReviewedAs.Good : ReviewedAs.Defect));
            all.Add(new(midnight, 0.5f, i % 2 == 0 ? InspectionVerdict.NG : InspectionVerdict.Review, i < 36 ? ReviewedAs.Good : ReviewedAs.Defect));
        }
        all.Add(new(midnight, 0.5f, InspectionVerdict.NG)); // nobody has looked at it
        all.Add(new(midnight, 0.1f, InspectionVerdict.OK, ReviewedAs.Good)); // no reject
        await AddAsync(service, judged, all);

        QualityInfo told = await GetAsync<QualityInfo>(service.Administrator, $"/api/products/plate/quality?{Period}&zone=Asia/Kolkata");

        Assert.Equal(0.5, told.FalseRejectShare);
        Assert.Equal(["2026-03-02", "2026-03-03"], told.Days.Select(one => one.Day.ToOffset(TimeSpan.FromHours(5.5)).ToString("yyyy-MM-dd")));
        Assert.Equal([(40, 4, 0.1, false), (40, 36, 0.9, true)], told.Days.Select(one => ((int)one.Reviewed, (int)one.FalseRejects, one.Share!.Value, one.IsOut)));
        Assert.Equal(0.5 + (3 * Math.Sqrt(0.25 / 40)), told.Days[0].Upper!.Value, 12);
        Assert.Equal((1, 20, 21), (told.Days[1].OK, told.Days[1].Review, told.Days[1].NG));
    }

    [Fact]
    public async Task Calibration_is_what_scores_are_compared_with()
    {
        await using ServiceUnderTest service = await ServiceUnderTest.StartAsync(Folder, backbone);
        await service.TeachAsync("plate");
        for (int i = 10; i < 34; i++) await service.SendPictureAsync("/api/products/plate/pictures?use=calibration", TestPictures.Good(i));
        JobInfo calibrated = await service.DoAsync("plate", new NewJob { Kind = JobKind.Calibrate, Activate = true });
        Assert.True(calibrated.State == JobState.Completed, calibrated.Error);

        QualityInfo told = await GetAsync<QualityInfo>(service.Administrator, "/api/products/plate/quality");

        Assert.Equal((2, BaselineOrigin.Calibration, 24), (told.Version, told.Baseline!.From, told.Baseline.Scores));
        Assert.Equal((DriftState.Unknown, 0), (told.Drift.State, told.Points.Count));
        // What the product was taught with is judged as it was then; what it does not know is drift.
        for (int i = 10; i < 34; i++) await JudgeAsync(service.Administrator, "plate", TestPictures.Good(i));
        for (int i = 10; i < 36; i++) await JudgeAsync(service.Administrator, "plate", TestPictures.Good(i % 24 + 10));
        Assert.Equal(DriftState.Steady, (await GetAsync<QualityInfo>(service.Administrator, "/api/products/plate/quality")).Drift.State);
        for (int i = 0; i < 100; i++) await JudgeAsync(service.Administrator, "plate", TestPictures.Defect(i));
        Assert.Equal(DriftState.Higher, (await GetAsync<QualityInfo>(service.Administrator, "/api/products/plate/quality")).Drift.State);

        await service.Services.GetRequiredService<DriftWatch>().LookAsync(CancellationToken.None);
        string metrics = await (await Ok(service.Administrator.GetAsync("/metrics"))).Content.ReadAsStringAsync();
        string line = metrics.Split('\n').Single(one => one.StartsWith("promptad_drift", StringComparison.Ordinal) && one.Contains("product=\"plate\""));
        Assert.True(double.Parse(line.Split(' ')[1]) > 1, line);
        Assert.Contains("drift", Assert.Single(await GetAsync<LogLine[]>(service.Administrator, "/api/log"), one => one.Source.EndsWith(nameof(DriftWatch), StringComparison.Ordinal)).Message);
    }

    [Fact]
    public async Task A_report_is_one_file_that_runs_nothing_and_escapes_all()
    {
        await using ServiceUnderTest service = await StartAsync("SQLite");
        InspectionResult judged = await JudgeAsync(service.Administrator, "plate", TestPictures.Good(1));
        await AddAsync(service, judged, Enumerable.Range(0, 200).Select(i => new Inserted(
            DateTime.UtcNow.AddMinutes(-i - 1), Scatter(i, 0.4), i == 0 ? InspectionVerdict.NG : InspectionVerdict.OK, Part: i < 20 ? "<script>alert(1)</script>\"'&" : null)));

        HttpResponseMessage answer = await Ok(service.Administrator.GetAsync("/api/products/plate/quality/report?language=de&zone=Europe/Berlin"));

        Assert.Equal("text/html", answer.Content.Headers.ContentType!.MediaType);
        Assert.Equal("attachment", answer.Content.Headers.ContentDisposition!.DispositionType);
        Assert.Matches(@"^plate-\d{4}-\d\d-\d\d-\d{4}-\d\d-\d\d\.html$", answer.Content.Headers.ContentDisposition.FileName);
        string html = Encoding.UTF8.GetString(await answer.Content.ReadAsByteArrayAsync());
        Assert.StartsWith("<!DOCTYPE html>\n<html lang=\"de\">", html);
        Assert.Contains("Qualitätsbericht: plate", WebUtility.HtmlDecode(html));
        Assert.Contains("&lt;script&gt;alert(1)&lt;/script&gt;", html);
        Assert.DoesNotContain("<script", html);
        Assert.DoesNotContain("src=\"/", html);
        Assert.DoesNotContain("href=", html);
        Assert.DoesNotContain("http://", html);
        Assert.Contains("src=\"data:image/jpeg;base64,", html);
        Assert.Contains("version.activated product plate", html);
        Assert.Contains("0,4", html); // numbers as the language writes them
        Assert.Contains("Quality report", await (await Ok(service.Administrator.GetAsync("/api/products/plate/quality/report"))).Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task What_cannot_be_is_refused_in_one_line()
    {
        await using ServiceUnderTest service = await StartAsync("SQLite");
        HttpClient station = await service.WithKeyAsync("line-1");

        Assert.Equal(HttpStatusCode.Forbidden, (await station.GetAsync("/api/products/plate/quality")).StatusCode);
        await Refused(HttpStatusCode.NotFound, Get("bolt", ""));
        Assert.Contains("from must be earlier", await Refused(HttpStatusCode.BadRequest, Get("plate", "?from=2026-03-02&to=2026-03-02")));
        Assert.Contains("has 730 days", await Refused(HttpStatusCode.BadRequest, Get("plate", "?from=2024-03-02&to=2026-03-02")));
        Assert.Contains("zone is 'Mars'", await Refused(HttpStatusCode.BadRequest, Get("plate", "?zone=Mars")));
        Assert.Contains("one of en, de, zh", await Refused(HttpStatusCode.BadRequest, Get("plate", "/report?language=fr")));

        Task<HttpResponseMessage> Get(string product, string rest) => service.Administrator.GetAsync($"/api/products/{product}/quality{rest}");
    }

    private async Task<ServiceUnderTest> StartAsync(string kind)
    {
        if (kind == "PostgreSQL") PostgresCluster.Demand();
        ServiceUnderTest service = await ServiceUnderTest.StartAsync(Folder, backbone, kind == "PostgreSQL" ? await cluster.NewDatabaseAsync() : null);
        await service.ImportAsync("plate", backbone);
        return service;
    }
}
