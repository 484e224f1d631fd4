using System.Net;
using System.Net.Http.Json;
using PromptAD.Client;
using PromptAD.Server.Operations;
using PromptAD.Server.Tests.Fixtures;
using static PromptAD.Server.Products.ScoreEndpoints;
using static PromptAD.Server.Tests.Fixtures.ServiceUnderTest;

namespace PromptAD.Server.Tests.Products;

/// <summary>What other limits would have said of stored scores, and how those are spread.</summary>
public sealed class ScoreTests(TinyBackbone backbone, PostgresCluster cluster) : TemporaryFolder
{
    [Theory]
    [InlineData("SQLite")]
    [InlineData("PostgreSQL")]
    public async Task What_is_foretold_of_moved_limits_is_what_they_say_then(string kind)
    {
        if (kind == "PostgreSQL") PostgresCluster.Demand();
        await using ServiceUnderTest service = await ServiceUnderTest.StartAsync(
            Folder, backbone, kind == "PostgreSQL" ? await cluster.NewDatabaseAsync() : null);
        await service.TeachAsync("plate");
        for (int i = 10; i < 34; i++) await service.SendPictureAsync("/api/products/plate/pictures?use=calibration", TestPictures.Good(i));
        JobInfo calibrated = await service.DoAsync("plate", new NewJob { Kind = JobKind.Calibrate, Activate = true });
        Assert.True(calibrated.State == JobState.Completed, calibrated.Error);
        List<InspectionResult> all = [];
        for (int i = 100; i < 110; i++) all.Add(await JudgeAsync(service.Administrator, "plate", i % 3 == 0 ? TestPictures.Defect(i) : TestPictures.Good(i)));
        InspectionResult[] byScore = [.. all.OrderBy(one => one.Score)];
        await Review(byScore[0].Id, ReviewedAs.Defect); // missed, however the limits lie
        await Review(byScore[^1].Id, ReviewedAs.Good);
        float review = (byScore[3].Score!.Value + byScore[4].Score!.Value) / 2, ng = (byScore[7].Score!.Value + byScore[8].Score!.Value) / 2;
        Assert.True(byScore[3].Score < review && review < byScore[4].Score && byScore[7].Score < ng && ng < byScore[8].Score);
        var rates = new LimitRates { ReviewScore = review, NGScore = ng };

        LimitPreview told = await PostAsync<LimitPreview>(service.Administrator, "/api/products/plate/versions/2/limits/preview", rates);

        Assert.Equal(10, told.Inspections);
        Assert.Equal(new VerdictCounts(4, 4, 2), told.All.Then);
        Assert.Equal(new VerdictCounts(all.Count(one => one.Verdict == InspectionVerdict.OK), all.Count(one => one.Verdict == InspectionVerdict.Review), all.Count(one => one.Verdict == InspectionVerdict.NG)), told.All.Now);
        Assert.Equal(new VerdictCounts(OK: 1), told.ReviewedDefect.Then);
        Assert.Equal(new VerdictCounts(NG: 1), told.ReviewedGood.Then);
        Assert.Equal(told.Changed, told.Changes.Count);
        Assert.NotEmpty(told.Changes);
        Assert.Equal(2, (await GetAsync<VersionInfo[]>(service.Administrator, "/api/products/plate/versions")).Length); // nothing has changed

        VersionInfo moved = await PostAsync<VersionInfo>(service.Administrator, "/api/products/plate/versions/2/limits?activate=true", rates);
        Assert.Equal(moved.Limits, told.LimitsThen);
        foreach (InspectionResult before in all)
        {
            InspectionResult again = await JudgeAsync(service.Administrator, "plate", await (await Ok(service.Administrator.GetAsync($"/api/inspections/{before.Id}/picture"))).Content.ReadAsByteArrayAsync());
            Assert.Equal((3, before.Score), (again.Version, again.Score));
            ChangedVerdict? change = told.Changes.SingleOrDefault(one => one.Id == before.Id);
            Assert.Equal(again.Verdict, change?.Then ?? before.Verdict);
            if (change is not null) Assert.Equal((before.Verdict, before.Score), (change.Now, change.Score));
        }
        // The scores of all count, since they differ by their limits alone; last bounds them.
        Assert.Equal(20, (await PostAsync<LimitPreview>(service.Administrator, "/api/products/plate/versions/3/limits/preview", rates)).Inspections);
        Assert.Equal(7, (await PostAsync<LimitPreview>(service.Administrator, "/api/products/plate/versions/2/limits/preview?last=7", rates)).Inspections);
        Assert.Equal(20, (await PostAsync<LimitPreview>(service.Administrator, "/api/products/plate/versions/1/limits/preview", new LimitRates { ReviewScore = 0.1f, NGScore = 0.2f })).Inspections);

        ScoreHistogram spread = await GetAsync<ScoreHistogram>(service.Administrator, "/api/products/plate/scores?bins=4");
        Assert.Equal((3, 20, moved.Limits, 4), (spread.Version, spread.Inspections, spread.Limits, spread.Bins.Count));
        Assert.Equal((byScore[0].Score, byScore[^1].Score), (spread.Lowest, spread.Highest));
        Assert.Equal((18, 1, 1), (spread.Bins.Sum(one => one.Unreviewed), spread.Bins.Sum(one => one.Good), spread.Bins.Sum(one => one.Defect)));
        string tomorrow = Uri.EscapeDataString(DateTimeOffset.UtcNow.AddDays(1).ToString("O"));
        Assert.Equal(0, (await GetAsync<ScoreHistogram>(service.Administrator, $"/api/products/plate/scores?from={tomorrow}")).Inspections);
        Assert.Equal(20, (await GetAsync<ScoreHistogram>(service.Administrator, $"/api/products/plate/scores?to={tomorrow}")).Inspections);

        async Task Review(long id, ReviewedAs what) => await Ok(
            service.Administrator.PutAsJsonAsync($"/api/inspections/{id}/review", new ReviewRequest(what), ServiceJson.Options));
    }

    [Fact]
    public void Each_score_falls_into_one_bin()
    {
        Scored[] scored = [new(1, 0, null), new(2, 0.25f, ReviewedAs.Good), new(3, 0.49f, null), new(4, 0.5f, ReviewedAs.Defect), new(5, 1, null)];

        ScoreHistogram spread = Histogram(scored, 4);

        Assert.Equal([new(0, 0.25, 1, 0, 0), new(0.25, 0.5, 1, 1, 0), new(0.5, 0.75, 0, 0, 1), new(0.75, 1, 1, 0, 0)], spread.Bins);
        Assert.Equal(new ScoreBin(0.5, 0.5, 2, 0, 0), Histogram([new(1, 0.5f, null), new(2, 0.5f, null)], 4).Bins.Single());
        Assert.Empty(Histogram([], 4).Bins);
    }

    [Fact]
    public async Task What_cannot_be_is_refused_in_one_line()
    {
        await using ServiceUnderTest service = await ServiceUnderTest.StartAsync(Folder, backbone);
        await service.ImportAsync("plate", backbone);
        string path = "/api/products/plate/versions/1/limits/preview";

        await Refused(HttpStatusCode.NotFound, Post("/api/products/plate/versions/7/limits/preview", new LimitRates()));
        await Refused(HttpStatusCode.NotFound, service.Administrator.GetAsync("/api/products/bolt/scores"));
        Assert.Contains("last is 0", await Refused(HttpStatusCode.BadRequest, Post($"{path}?last=0", new LimitRates())));
        Assert.Contains("bins is 501", await Refused(HttpStatusCode.BadRequest, service.Administrator.GetAsync("/api/products/plate/scores?bins=501")));
        HttpResponseMessage wrong = await Post(path, new LimitRates { ReviewScore = 0.9f, NGScore = 0.1f });
        Assert.True((int)wrong.StatusCode is >= 400 and < 500, $"{wrong.StatusCode}");

        Task<HttpResponseMessage> Post(string address, LimitRates rates) => service.Administrator.PostAsJsonAsync(address, rates, ServiceJson.Options);
    }
}
