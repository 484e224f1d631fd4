using System.Net;
using System.Net.Http.Json;
using System.Text;
using PromptAD.Client;
using PromptAD.Server.Operations;
using PromptAD.Server.Tests.Fixtures;
using static PromptAD.Server.Tests.Fixtures.ServiceUnderTest;

namespace PromptAD.Server.Tests.Inspections;

/// <summary>Where reviewers have seen defects.</summary>
public sealed class MarkedPlaceTests(TinyBackbone backbone, PostgresCluster cluster) : TemporaryFolder
{
    private const int Width = TestPictures.Width, Height = TestPictures.Height;

    [Theory]
    [InlineData("SQLite")]
    [InlineData("PostgreSQL")]
    public async Task What_was_marked_is_told_audited_counted_and_drawn(string kind)
    {
        if (kind == "PostgreSQL") PostgresCluster.Demand();
        await using ServiceUnderTest service = await ServiceUnderTest.StartAsync(
            Folder, backbone, kind == "PostgreSQL" ? await cluster.NewDatabaseAsync() : null);
        await service.ImportAsync("plate", backbone);
        InspectionResult judged = await JudgeAsync(service.Administrator, "plate", TestPictures.Defect(1));
        Assert.Empty(judged.Where);
        byte[] plain = await OverlayAsync(regions: true);
        MarkedPlace[] where = [new(0, 0, Width, Height), new(10, 8, 1, 2)];

        await Ok(ReviewAsync(service, judged.Id, new ReviewRequest(ReviewedAs.Defect, where)));

        InspectionResult reviewed = await GetAsync<InspectionResult>(service.Administrator, $"/api/inspections/{judged.Id}");
        Assert.Equal((ReviewedAs.Defect, Name), (reviewed.Review, reviewed.ReviewedBy));
        Assert.Equal(where, reviewed.Where);
        AuditEntry entry = (await GetAsync<Page<AuditEntry>>(service.Administrator, "/api/audit?what=inspection.reviewed")).Items[0];
        Assert.Contains("\"x\":10,\"y\":8,\"width\":1,\"height\":2", $"{entry.After}".Replace(" ", "", StringComparison.Ordinal));
        string[] csv = (await service.Administrator.GetStringAsync("/api/inspections.csv")).Split("\r\n");
        Assert.EndsWith(",marked", csv[0]);
        Assert.EndsWith(",2", csv[1]);
        Assert.NotEqual(plain, await OverlayAsync(regions: true));
        byte[] without = await OverlayAsync(regions: false);

        // Each review says the whole.
        await Ok(ReviewAsync(service, judged.Id, new ReviewRequest(ReviewedAs.Defect)));
        Assert.Empty((await GetAsync<InspectionResult>(service.Administrator, $"/api/inspections/{judged.Id}")).Where);
        Assert.Equal(plain, await OverlayAsync(regions: true));
        Assert.Equal(without, await OverlayAsync(regions: false));

        Task<byte[]> OverlayAsync(bool regions) =>
            service.Administrator.GetByteArrayAsync($"/api/inspections/{judged.Id}/overlay?format=png&regions={(regions ? "true" : "false")}");
    }

    [Fact]
    public async Task What_cannot_be_marked_is_refused_in_a_line_and_changes_nothing()
    {
        await using ServiceUnderTest service = await ServiceUnderTest.StartAsync(Folder, backbone);
        await service.ImportAsync("plate", backbone);
        InspectionResult judged = await JudgeAsync(service.Administrator, "plate", TestPictures.Defect(1));
        MarkedPlace one = new(1, 1, 5, 5);
        (ReviewRequest Review, string Says)[] all =
        [
            (new(ReviewedAs.Good, [one]), "this says good"),
            (new(null, [one]), "this takes a review back"),
            (new(ReviewedAs.Defect, [.. Enumerable.Repeat(one, 51)]), "has 51 rectangles; an inspection takes 50 at most"),
            (new(ReviewedAs.Defect, [one, new(-1, 0, 5, 5)]), "'where[1]' is x -1, y 0, 5 wide and 5 high; it must lie in the picture of 48 x 40 pixels"),
            (new(ReviewedAs.Defect, [new(0, 0, Width + 1, 1)]), "'where[0]'"),
            (new(ReviewedAs.Defect, [new(Width, 0, 1, 1)]), "'where[0]'"),
            (new(ReviewedAs.Defect, [new(0, Height - 1, 1, 2)]), "'where[0]'"),
            (new(ReviewedAs.Defect, [new(0, 0, 0, 1)]), "a width and a height of at least 1"),
            (new(ReviewedAs.Defect, [new(int.MaxValue, 0, int.MaxValue, 1)]), "'where[0]'"),
            (new(ReviewedAs.Defect, [null!]), "'where[0]' is null"),
        ];

        foreach ((ReviewRequest review, string says) in all)
            Assert.Contains(says, await Refused(HttpStatusCode.BadRequest, ReviewAsync(service, judged.Id, review)));

        string path = $"/api/inspections/{judged.Id}/review";
        foreach (string body in new[] { """{"as":"defect","where":{}}""", """{"as":"defect","where":[{"x":1e99}]}""", """{"as":"defect","where":[7]}""" })
        {
            string told = await Refused(
                HttpStatusCode.BadRequest, service.Administrator.PutAsync(path, new StringContent(body, Encoding.UTF8, "application/json")));
            Assert.Contains("'where", told);
        }
        Assert.Null((await GetAsync<InspectionResult>(service.Administrator, $"/api/inspections/{judged.Id}")).Review);
        await Ok(ReviewAsync(service, judged.Id, new ReviewRequest(ReviewedAs.Good, [])));
        await Ok(ReviewAsync(service, judged.Id, new ReviewRequest(ReviewedAs.Defect, [.. Enumerable.Repeat(one, 50)])));
    }

    [Fact]
    public async Task Nothing_is_marked_on_a_picture_that_could_not_be_read()
    {
        await using ServiceUnderTest service = await ServiceUnderTest.StartAsync(Folder, backbone);
        await service.ImportAsync("plate", backbone);
        await InspectAsync(service.Administrator, "plate", [1, 2, 3]);
        long failed = (await GetAsync<Page<InspectionResult>>(service.Administrator, "/api/inspections")).Items[0].Id;

        string told = await Refused(
            HttpStatusCode.Conflict, ReviewAsync(service, failed, new ReviewRequest(ReviewedAs.Defect, [new(0, 0, 1, 1)])));

        Assert.Equal($"The picture of inspection {failed} could not be read, so nothing can be marked on it.", told);
    }

    private static Task<HttpResponseMessage> ReviewAsync(ServiceUnderTest service, long id, ReviewRequest review) =>
        service.Administrator.PutAsJsonAsync($"/api/inspections/{id}/review", review, ServiceJson.Options);
}
