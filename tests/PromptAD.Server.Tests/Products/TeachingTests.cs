using System.Net;
using System.Net.Http.Json;
using PromptAD.Client;
using PromptAD.Server.Operations;
using PromptAD.Server.Tests.Fixtures;
using static PromptAD.Server.Tests.Fixtures.ServiceUnderTest;

namespace PromptAD.Server.Tests.Products;

/// <summary>From pictures to versions, on both databases.</summary>
public sealed class TeachingTests(TinyBackbone backbone, PostgresCluster cluster) : TemporaryFolder
{
    [Theory]
    [InlineData("SQLite")]
    [InlineData("PostgreSQL")]
    public async Task A_product_is_taught_judges_and_is_rolled_back(string kind)
    {
        await using ServiceUnderTest service = await StartAsync(kind);
        JobInfo trained = await service.TeachAsync("plate");
        Assert.Equal((JobState.Completed, 1, 1.0), (trained.State, trained.Version, trained.Progress));

        for (int i = 10; i < 34; i++) await service.SendPictureAsync("/api/products/plate/pictures?use=calibration", TestPictures.Good(i));
        JobInfo calibrated = await service.DoAsync("plate", new NewJob { Kind = JobKind.Calibrate, Activate = true });
        Assert.True(calibrated.State == JobState.Completed, calibrated.Error);
        HttpClient station = await service.WithKeyAsync("line-1");
        InspectionResult good = await JudgeAsync(station, "plate", TestPictures.Good(100));
        InspectionResult bad = await JudgeAsync(station, "plate", TestPictures.Defect(100));
        Assert.Equal((InspectionVerdict.NG, 2, "line-1"), (bad.Verdict, bad.Version, bad.Station));
        Assert.True(good.Score < bad.Score);
        Assert.NotNull(good.Limits);
        Assert.NotEmpty(bad.Regions);

        VersionInfo moved = await PostAsync<VersionInfo>(
            service.Administrator, "/api/products/plate/versions/2/limits?activate=true", new LimitRates { ReviewScore = 0.98f, NGScore = 0.99f });
        Assert.Equal((3, 2, VersionOrigin.Limits, true), (moved.Number, moved.From, moved.Origin, moved.Active));
        Assert.Equal((0.98f, 0.99f), (moved.Limits!.Review, moved.Limits.NG));
        List<VersionDifference> differences = await GetAsync<List<VersionDifference>>(
            service.Administrator, "/api/products/plate/versions/3/differences?with=2");
        Assert.Contains(differences, one => one.Value == "limits.ng.score" && one.After == "0.99");
        Assert.DoesNotContain(differences, one => one.Value == "shots");

        ProductInfo back = await PostAsync<ProductInfo>(service.Administrator, "/api/products/plate/activate", new Activation(1));
        Assert.Equal((1, 3), (back.ActiveVersion, back.Versions));
        Assert.Equal(1, (await JudgeAsync(station, "plate", TestPictures.Good(101))).Version);
        VersionInfo[] versions = await GetAsync<VersionInfo[]>(service.Administrator, "/api/products/plate/versions");
        Assert.Equal([VersionOrigin.Limits, VersionOrigin.Calibrated, VersionOrigin.Trained], versions.Select(one => one.Origin));
        Assert.Equal(4, versions[2].Detector.GetProperty("shots").GetInt32());
    }

    [Theory]
    [InlineData("SQLite")]
    [InlineData("PostgreSQL")]
    public async Task Two_engineers_who_change_one_product_are_told_apart(string kind)
    {
        await using ServiceUnderTest service = await StartAsync(kind);
        await PostAsync<ProductInfo>(service.Administrator, "/api/products", new NewProduct("plate"));
        string tag = (await service.Administrator.GetAsync("/api/products/plate")).Headers.ETag!.Tag;
        HttpResponseMessage first = await Ok(RenameAsync(service, "mine", tag));

        string told = await Refused(HttpStatusCode.PreconditionFailed, RenameAsync(service, "yours", tag));

        Assert.Equal("\"2\"", first.Headers.ETag!.Tag);
        Assert.Contains("ETag is \"2\"", told);
        Assert.Contains("If-Match", await Refused(HttpStatusCode.PreconditionRequired, RenameAsync(service, "yours", null)));
        Assert.Equal("mine", (await GetAsync<ProductInfo>(service.Administrator, "/api/products/plate")).Name);
    }

    [Fact]
    public async Task A_recipe_brings_a_version_to_another_service()
    {
        await using ServiceUnderTest first = await ServiceUnderTest.StartAsync(InFolder("a"), backbone);
        await using ServiceUnderTest second = await ServiceUnderTest.StartAsync(InFolder("b"), backbone);
        await first.ImportAsync("plate", backbone);
        byte[] recipe = await (await Ok(first.Administrator.GetAsync("/api/products/plate/recipe"))).Content.ReadAsByteArrayAsync();

        VersionInfo imported = await ReadAsync<VersionInfo>(
            await Ok(second.Administrator.PostAsync("/api/recipes", Bytes(recipe, "application/zip"))));

        VersionInfo original = await GetAsync<VersionInfo>(first.Administrator, "/api/products/plate/versions/1");
        Assert.Equal((original.FileHash, VersionOrigin.Imported, true), (imported.FileHash, imported.Origin, imported.Active));
        Assert.Equal(
            (await JudgeAsync(first.Administrator, "plate", TestPictures.Defect(1))).Score,
            (await JudgeAsync(second.Administrator, "plate", TestPictures.Defect(1))).Score);
    }

    [Fact]
    public async Task What_cannot_be_is_refused_in_one_line()
    {
        await using ServiceUnderTest service = await StartAsync("SQLite");
        HttpClient engineer = service.Administrator;
        await PostAsync<ProductInfo>(engineer, "/api/products", new NewProduct("plate"));

        Assert.Contains("already", await Refused(HttpStatusCode.Conflict, Post("/api/products", new NewProduct("plate"))));
        Assert.Contains("lower-case", await Refused(HttpStatusCode.BadRequest, Post("/api/products", new NewProduct("../etc"))));
        Assert.Contains("no product 'bolt'", await Refused(HttpStatusCode.NotFound, engineer.GetAsync("/api/products/bolt")));
        Assert.Contains("version 7 of product 'plate'", await Refused(HttpStatusCode.NotFound, Post("/api/products/plate/activate", new Activation(7))));
        Assert.Contains("in force", await Refused(HttpStatusCode.Conflict, InspectAsync(engineer, "plate", TestPictures.Good(1))));
        await Refused(HttpStatusCode.UnprocessableEntity, engineer.PostAsync("/api/products/plate/pictures", Bytes([1, 2, 3])));
        await Refused(HttpStatusCode.UnsupportedMediaType, engineer.PostAsync("/api/products/plate/pictures", Bytes([1], "text/html")));
        await Refused(HttpStatusCode.UnprocessableEntity, engineer.PostAsync("/api/recipes", Bytes([1, 2, 3], "application/zip")));

        Task<HttpResponseMessage> Post(string path, object body) => engineer.PostAsJsonAsync(path, body, ServiceJson.Options);
    }

    private async Task<ServiceUnderTest> StartAsync(string kind)
    {
        if (kind == "PostgreSQL") PostgresCluster.Demand();
        return await ServiceUnderTest.StartAsync(Folder, backbone, kind == "PostgreSQL" ? await cluster.NewDatabaseAsync() : null);
    }

    private static Task<HttpResponseMessage> RenameAsync(ServiceUnderTest service, string name, string? tag)
    {
        var request = new HttpRequestMessage(HttpMethod.Patch, "/api/products/plate")
        {
            Content = JsonContent.Create(new ProductChange(name), options: ServiceJson.Options),
        };
        if (tag is not null) request.Headers.IfMatch.ParseAdd(tag);
        return service.Administrator.SendAsync(request);
    }
}
