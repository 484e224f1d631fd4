using System.Net;
using PromptAD.Client;
using PromptAD.Server.Judging;
using PromptAD.Server.Tests.Fixtures;
using Microsoft.Extensions.DependencyInjection;
using static PromptAD.Server.Tests.Fixtures.ServiceUnderTest;

namespace PromptAD.Server.Tests.Client;

/// <summary>The typed client with the real service.</summary>
public sealed class ClientTests(TinyBackbone backbone) : TemporaryFolder
{
    [Fact]
    public async Task Teaches_judges_reviews_and_rolls_back()
    {
        await using ServiceUnderTest service = await ServiceUnderTest.StartAsync(Folder, backbone);
        using InspectionClient client = await ClientAsync(service, Role.Engineer);
        Assert.Equal("chequer plate", (await client.CreateProductAsync(new NewProduct("plate", "chequer plate"))).Name);
        for (int i = 0; i < 3; i++) await client.AddPictureAsync("plate", TestPictures.Good(i), PictureUse.Good, $"good {i}.bmp");
        JobInfo job = await client.WaitForJobAsync((await client.StartJobAsync("plate", new NewJob { Kind = JobKind.Train })).Id);
        Assert.True(job.State == JobState.Completed, job.Error);

        InspectionResult bad = await client.InspectAsync("plate", TestPictures.Defect(1), new InspectionOptions { Part = "SN 1/2" });
        InspectionResult queued = await client.InspectAsync("plate", TestPictures.Good(9), new InspectionOptions { Wait = false });

        Assert.Equal((InspectionVerdict.NG, "SN 1/2"), (bad.Verdict, bad.Part));
        Assert.Equal(ReviewedAs.Defect, (await client.ReviewAsync(bad.Id, ReviewedAs.Defect)).Review);
        Page<InspectionResult> found = await client.ListInspectionsAsync(new InspectionFilter { Part = "SN 1/2", Reviewed = true, From = bad.Received });
        Assert.Equivalent(await client.GetInspectionAsync(bad.Id), found.Items.Single());
        Assert.Equal(TestPictures.Defect(1), await client.GetPictureAsync(bad.Id));
        Assert.NotEmpty(await client.GetOverlayAsync(bad.Id));
        Assert.True(queued.Id > bad.Id);
        Assert.Equal(1, (await client.ListVersionsAsync("plate")).Single().Number);
        Assert.Equal(1, (await client.ActivateAsync("plate", 1)).ActiveVersion);
        Assert.Equal("plate", (await client.ListProductsAsync()).Single().Id);
        Assert.Equal(3, (await client.GetProductAsync("plate")).GoodPictures);
    }

    [Fact]
    public async Task Who_listens_is_told_of_reviews_with_what_is_marked_and_of_versions_put_in_force()
    {
        await using ServiceUnderTest service = await ServiceUnderTest.StartAsync(Folder, backbone);
        await service.ImportAsync("plate", backbone);
        using InspectionClient client = await ClientAsync(service, Role.Engineer);
        InspectionResult bad = await client.InspectAsync("plate", TestPictures.Defect(1));
        await using IAsyncEnumerator<LiveEvent> told = client.ListenAsync(product: "plate").GetAsyncEnumerator();
        await NextAsync(one => one == LiveEvent.Ready);

        await client.ReviewAsync(bad.Id, ReviewedAs.Defect, [new MarkedPlace(1, 2, 3, 4)]);
        InspectionResult reviewed = (await NextAsync(one => one.Reviewed is not null)).Reviewed!;
        await client.ReviewAsync(bad.Id, reviewed: null);
        InspectionResult takenBack = (await NextAsync(one => one.Reviewed is not null)).Reviewed!;
        await client.MoveLimitsAsync("plate", 1, new LimitRates { NGScore = 0.9f }, activate: false);
        await client.MoveLimitsAsync("plate", 1, new LimitRates { NGScore = 0.95f }, activate: true);
        VersionInForce version = (await NextAsync(one => one.InForce is not null)).InForce!;

        Assert.Equal((bad.Id, ReviewedAs.Defect, new MarkedPlace(1, 2, 3, 4)), (reviewed.Id, reviewed.Review, reviewed.Where.Single()));
        Assert.Equal((bad.Id, null, 0), (takenBack.Id, takenBack.Review, takenBack.Where.Count));
        Assert.Equal(new VersionInForce("plate", 3), version);

        async Task<LiveEvent> NextAsync(Func<LiveEvent, bool> isWanted)
        {
            while (await told.MoveNextAsync())
            {
                if (isWanted(told.Current)) return told.Current;
            }
            throw new EndOfStreamException();
        }
    }

    [Fact]
    public async Task Refusals_are_told_with_status_and_line()
    {
        await using ServiceUnderTest service = await ServiceUnderTest.StartAsync(Folder, backbone);
        await service.ImportAsync("plate", backbone);
        using InspectionClient client = await ClientAsync(service, Role.Station);

        InspectionServiceException unknown = await Assert.ThrowsAsync<InspectionServiceException>(() => client.InspectAsync("bolt", [1]));
        InspectionServiceException broken = await Assert.ThrowsAsync<InspectionServiceException>(() => client.InspectAsync("plate", [1]));
        InspectionServiceException forbidden = await Assert.ThrowsAsync<InspectionServiceException>(() => client.ListVersionsAsync("plate"));

        Assert.Equal((HttpStatusCode.NotFound, "There is no product 'bolt'."), (unknown.Status, unknown.Message));
        Assert.Equal(("UnknownProduct", null), (unknown.Problem, forbidden.Problem));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, broken.Status);
        Assert.Equal(InspectionState.Failed, (await client.GetInspectionAsync(broken.Inspection!.Value)).State);
        Assert.Equal(HttpStatusCode.Forbidden, forbidden.Status);
    }

    [Fact]
    public async Task A_picture_that_finds_the_queue_full_is_sent_again()
    {
        await using ServiceUnderTest service = await ServiceUnderTest.StartAsync(Folder, backbone, settings: ["--Service:QueueLength=1"]);
        await service.ImportAsync("plate", backbone);
        Judge.Place? place = service.Services.GetRequiredService<Judge>().TryTakePlace();
        int refusals = 0;
        using var counting = new Counting(() =>
        {
            if (++refusals == 2) place!.Dispose();
        });
        using InspectionClient client = await ClientAsync(service, Role.Station, counting);

        InspectionResult result = await client.InspectAsync("plate", TestPictures.Good(1));

        Assert.Equal(InspectionState.Done, result.State);
        Assert.Equal(2, refusals);
    }

    [Fact]
    public async Task A_listener_comes_back_by_itself_and_gets_every_result()
    {
        ServiceUnderTest first = await ServiceUnderTest.StartAsync(Folder, backbone);
        await first.ImportAsync("plate", backbone);
        using InspectionClient client = await ClientAsync(first, Role.Station);
        await using IAsyncEnumerator<LiveEvent> told = client.ListenAsync(product: "plate").GetAsyncEnumerator();
        Assert.True(await told.MoveNextAsync());
        Assert.Same(LiveEvent.Ready, told.Current);
        InspectionResult one = await JudgeAsync(first.Administrator, "plate", TestPictures.Good(1));
        Assert.Equal(one.Id, await NextAsync());

        await first.DisposeAsync();
        do Assert.True(await told.MoveNextAsync());
        while (!told.Current.IsLost); // what the station shows comes before
        await using ServiceUnderTest again = await ServiceUnderTest.StartAsync(Folder, backbone, settings: [$"--urls=http://127.0.0.1:{first.Address.Port}"]);
        InspectionResult two = await JudgeAsync(again.Administrator, "plate", TestPictures.Defect(1)); // while nobody listens

        Assert.Equal(two.Id, await NextAsync());
        Assert.Equal((1, 1, 2), await CountAsync());

        async Task<long> NextAsync()
        {
            while (await told.MoveNextAsync())
            {
                if (told.Current.Inspection is { } inspection) return inspection.Id;
            }
            throw new EndOfStreamException();
        }

        async Task<(long OK, long NG, long All)> CountAsync()
        {
            InspectionCounts counts = await client.CountInspectionsAsync(new InspectionFilter { Verdicts = [InspectionVerdict.OK, InspectionVerdict.NG] });
            return (counts.OK, counts.NG, counts.All);
        }
    }

    private static async Task<InspectionClient> ClientAsync(ServiceUnderTest service, Role role, HttpMessageHandler? handler = null)
    {
        CreatedKey key = await PostAsync<CreatedKey>(service.Administrator, "/api/keys", new NewKey("line-1", role));
        return new InspectionClient(service.Address, key.Key, handler: handler);
    }

    private sealed class Counting(Action busy) : DelegatingHandler(new HttpClientHandler())
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            HttpResponseMessage response = await base.SendAsync(request, cancellationToken);
            if (response.StatusCode == HttpStatusCode.TooManyRequests) busy();
            return response;
        }
    }
}
