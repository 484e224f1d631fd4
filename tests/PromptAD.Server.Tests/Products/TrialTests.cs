using System.Net;
using System.Net.Http.Json;
using PromptAD.Client;
using PromptAD.Server.Operations;
using PromptAD.Server.Tests.Fixtures;
using static PromptAD.Server.Tests.Fixtures.ServiceUnderTest;

namespace PromptAD.Server.Tests.Products;

/// <summary>What is told of the pictures that a product is taught with, and a part of them that alone is inspected.</summary>
public sealed class TrialTests(TinyBackbone backbone) : TemporaryFolder
{
    [Fact]
    public async Task A_kept_picture_is_tried_as_an_inspection_would_judge_it_and_nothing_is_kept()
    {
        await using ServiceUnderTest service = await ServiceUnderTest.StartAsync(Folder, backbone);
        await PostAsync<ProductInfo>(service.Administrator, "/api/products", new NewProduct("plate"));
        PictureInfo good = await service.SendPictureAsync("/api/products/plate/pictures?name=a.bmp", TestPictures.Good(0));
        PictureInfo defect = await service.SendPictureAsync("/api/products/plate/pictures?use=defect", TestPictures.Defect(1));

        PictureTrial before = await GetAsync<PictureTrial>(service.Administrator, $"/api/products/plate/pictures/{good.Id}/trial");
        await service.ImportAsync("plate", backbone);
        PictureTrial after = await GetAsync<PictureTrial>(service.Administrator, $"/api/products/plate/pictures/{defect.Id}/trial?version=1");

        Assert.Equal(new PictureTrial { Picture = good.Id, Use = PictureUse.Good, Width = TestPictures.Width, Height = TestPictures.Height }, before);
        Assert.Empty((await GetAsync<Page<InspectionResult>>(service.Administrator, "/api/inspections")).Items);
        InspectionResult judged = await JudgeAsync(service.Administrator, "plate", TestPictures.Defect(1));
        Assert.Equal((judged.Score, judged.Verdict, judged.Unfamiliar, 1), (after.Score, after.Verdict, after.Unfamiliar, after.Version));
        Assert.Contains("version 9", await Refused(
            HttpStatusCode.NotFound, service.Administrator.GetAsync($"/api/products/plate/pictures/{good.Id}/trial?version=9")));
    }

    [Fact]
    public async Task An_operator_sees_pictures_and_changes_none()
    {
        await using ServiceUnderTest service = await ServiceUnderTest.StartAsync(Folder, backbone);
        await PostAsync<ProductInfo>(service.Administrator, "/api/products", new NewProduct("plate"));
        PictureInfo good = await service.SendPictureAsync("/api/products/plate/pictures?name=a.bmp", TestPictures.Good(0));
        HttpClient viewer = await service.WithKeyAsync("operator", Role.Operator), station = await service.WithKeyAsync("line-1");
        string path = $"/api/products/plate/pictures/{good.Id}";

        HttpResponseMessage small = await Ok(viewer.GetAsync(path + "?side=16"));

        Assert.Equal("image/jpeg", small.Content.Headers.ContentType!.MediaType);
        Assert.Single(await GetAsync<List<PictureInfo>>(viewer, "/api/products/plate/pictures?use=good"));
        await Ok(viewer.GetAsync(path + "/trial"));
        await Refused(HttpStatusCode.Forbidden, viewer.DeleteAsync(path));
        await Refused(HttpStatusCode.Forbidden, viewer.PostAsync("/api/products/plate/pictures", Bytes(TestPictures.Good(1))));
        await Refused(HttpStatusCode.Forbidden, station.GetAsync(path));
        Assert.Contains("from 16 to", await Refused(HttpStatusCode.BadRequest, viewer.GetAsync(path + "?side=1")));
    }

    [Fact]
    public async Task A_region_leaves_the_rest_of_the_picture_out()
    {
        await using ServiceUnderTest service = await ServiceUnderTest.StartAsync(Folder, backbone);
        await service.TeachAsync("plate");

        JobInfo half = await service.DoAsync("plate", new NewJob { Kind = JobKind.Train, Region = new TrainingRegion(0, 0, 12, TestPictures.Height) });
        JobInfo outside = await service.DoAsync("plate", new NewJob { Kind = JobKind.Train, Region = new TrainingRegion(40, 0, 12, 10) });

        Assert.True(half.State == JobState.Completed, half.Error);
        VersionInfo version = await GetAsync<VersionInfo>(service.Administrator, $"/api/products/plate/versions/{half.Version}");
        Assert.Equal(0.25, version.Detector.GetProperty("mask").GetProperty("inspected").GetDouble(), 0.01);
        Assert.Equal(JobState.Failed, outside.State);
        Assert.Contains("outside the picture of 48 x 40", outside.Error);
        Assert.Contains("tiles", await RefusedAsync(new NewJob { Kind = JobKind.Train, Region = new TrainingRegion(0, 0, 9, 9), Tiles = "2x2" }));
        Assert.Contains("at least 1", await RefusedAsync(new NewJob { Kind = JobKind.Train, Region = new TrainingRegion(0, 0, 0, 9) }));
        Assert.Contains("for training", await RefusedAsync(new NewJob { Kind = JobKind.Calibrate, Region = new TrainingRegion(0, 0, 9, 9) }));

        Task<string> RefusedAsync(NewJob job) => Refused(
            HttpStatusCode.BadRequest, service.Administrator.PostAsJsonAsync("/api/products/plate/jobs", job, ServiceJson.Options));
    }

    [Fact]
    public async Task The_client_teaches_with_the_revision_that_was_read()
    {
        await using ServiceUnderTest service = await ServiceUnderTest.StartAsync(Folder, backbone);
        await service.ImportAsync("plate", backbone);
        string key = (await PostAsync<CreatedKey>(service.Administrator, "/api/keys", new NewKey("program", Role.Engineer))).Key;
        using var client = new InspectionClient(service.Address, key);
        ProductInfo read = await client.GetProductAsync("plate");

        VersionInfo moved = await client.MoveLimitsAsync("plate", 1, new LimitRates { ReviewScore = 0.5f, NGScore = 0.9f }, activate: true, read.Revision);
        InspectionServiceException late = await Assert.ThrowsAsync<InspectionServiceException>(
            () => client.MoveLimitsAsync("plate", 1, new LimitRates { ReviewScore = 0.4f, NGScore = 0.8f }, activate: true, read.Revision));

        Assert.Equal((2, true), (moved.Number, moved.Active));
        Assert.Equal(HttpStatusCode.PreconditionFailed, late.Status);
        Assert.Equal(2, (await client.ListVersionsAsync("plate")).Count);
        Assert.Contains(await client.CompareVersionsAsync("plate", 1, 2), one => one.Value == "limits.ng.score");
        ProductInfo now = await client.GetProductAsync("plate");
        ProductInfo back = await client.ActivateAsync("plate", 1, now.Revision);
        Assert.Equal("steel plate", (await client.RenameProductAsync("plate", "steel plate", back.Revision)).Name);
        PictureInfo picture = await client.AddPictureAsync("plate", TestPictures.Good(1));
        Assert.Equal(picture.Id, (await client.TryPictureAsync("plate", picture.Id)).Picture);
        await client.RemovePictureAsync("plate", picture.Id);
        Assert.Empty(await client.ListPicturesAsync("plate", PictureUse.Good));
        JobInfo job = await client.StartJobAsync("plate", new NewJob { Kind = JobKind.Train });
        job = await client.WaitForJobAsync(job.Id);
        Assert.Equal(JobState.Failed, job.State);
        JobInfo again = await client.RetryJobAsync(job.Id);
        Assert.Equal(again.Id, (await client.ListJobsAsync("plate")).Items[0].Id);
        await client.WaitForJobAsync(again.Id);
        await Assert.ThrowsAsync<InspectionServiceException>(() => client.CancelJobAsync(again.Id));
    }
}
