using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using PromptAD.Client;
using PromptAD.Server.Judging;
using PromptAD.Server.Tests.Fixtures;
using static PromptAD.Server.Tests.Fixtures.ServiceUnderTest;

namespace PromptAD.Server.Tests.Inspections;

/// <summary>Several pictures in one request, on both databases.</summary>
public sealed class BatchTests(TinyBackbone backbone, PostgresCluster cluster) : TemporaryFolder
{
    private const string Path = "/api/products/plate/inspections/batch";

    [Theory]
    [InlineData("SQLite")]
    [InlineData("PostgreSQL")]
    public async Task Each_picture_has_a_result_of_its_own_in_order_and_is_inspected_once(string kind)
    {
        await using ServiceUnderTest service = await StartAsync(kind);

        List<BatchResult> first = await SendAsync(service, Form(), "shift-1"), again = await SendAsync(service, Form(), "shift-1");

        Assert.Equal([200, 422, 415, 400, 200], first.Select(one => one.Status));
        Assert.Equal(["a", "broken", "c", "d", "SN 4/7"], first.Select(one => one.Part));
        Assert.Equal([1, 2, 3, 4, 5], first.Select(one => one.Position));
        Assert.Equal([InspectionState.Done, InspectionState.Failed, null, null, InspectionState.Done], first.Select(one => one.Inspection?.State));
        Assert.All(first.Where(one => one.Status != 200), one => Assert.NotNull(one.Detail));
        Assert.Equal(InspectionVerdict.NG, first[4].Inspection!.Verdict);
        Assert.True(first[0].Inspection!.Id < first[1].Inspection!.Id && first[1].Inspection!.Id < first[4].Inspection!.Id);
        Assert.Equal(first.Select(one => one.Inspection?.Id), again.Select(one => one.Inspection?.Id));
        Assert.Equal(3, (await GetAsync<Page<InspectionResult>>(service.Administrator, "/api/inspections")).Items.Count);
        Assert.Equal(0, service.Services.GetRequiredService<Judge>().Taken);

        static MultipartFormDataContent Form()
        {
            var form = new MultipartFormDataContent();
            Add(form, TestPictures.Good(1), "a.bmp");
            Add(form, [1, 2, 3], "C:\\pictures\\broken.png");
            form.Add(Bytes(TestPictures.Good(2), "text/html"), "picture", "c.html");
            Add(form, [], "d.bmp");
            form.Add(new StringContent("SN 4/7"), "part");
            Add(form, TestPictures.Defect(1), "e.bmp");
            return form;
        }
    }

    [Fact]
    public async Task A_key_of_a_picture_goes_before_that_of_the_request()
    {
        await using ServiceUnderTest service = await StartAsync("SQLite");
        InspectionResult alone = await JudgeAsync(service.Administrator, "plate", TestPictures.Good(1), key: "mine");
        using var form = new MultipartFormDataContent();
        ByteArrayContent picture = Bytes(TestPictures.Good(1));
        picture.Headers.Add("Idempotency-Key", "mine");
        form.Add(picture, "picture", "a.bmp");

        Assert.Equal(alone.Id, (await SendAsync(service, form, "shift-1")).Single().Inspection!.Id);
    }

    [Theory]
    [InlineData("SQLite", true)]
    [InlineData("SQLite", false)]
    [InlineData("PostgreSQL", true)]
    public async Task More_pictures_than_places_come_through_and_leave_places_to_others(string kind, bool wait)
    {
        await using ServiceUnderTest service = await StartAsync(kind, "--Service:QueueLength=4");
        using var form = new MultipartFormDataContent();
        for (int i = 0; i < 40; i++) Add(form, TestPictures.Good(i), $"{i:D2}.bmp");
        Judge judge = service.Services.GetRequiredService<Judge>();
        int most = 0;
        using var stop = new CancellationTokenSource();
        Task watching = Task.Run(() =>
        {
            while (!stop.IsCancellationRequested) most = Math.Max(most, judge.Taken);
        });

        List<BatchResult> results = await SendAsync(service.Administrator, form, wait: wait);

        await stop.CancelAsync();
        await watching;
        (int, InspectionState) expected = wait ? (200, InspectionState.Done) : (202, InspectionState.Queued);
        Assert.All(results, one => Assert.Equal(expected, (one.Status, one.Inspection!.State)));
        Assert.Equal(Enumerable.Range(0, 40).Select(i => $"{i:D2}"), results.Select(one => one.Part));
        Assert.Equal(results.Select(one => one.Inspection!.Id).Order(), results.Select(one => one.Inspection!.Id));
        Assert.True(most <= 3, $"{most} places of 4");
    }

    [Fact]
    public async Task What_cannot_be_is_refused_before_anything_is_kept()
    {
        await using ServiceUnderTest service = await StartAsync("SQLite", "--Service:QueueLength=1", "--Service:MaxBatchMegabytes=1");
        HttpClient client = service.Administrator;
        using (service.Services.GetRequiredService<Judge>().TryTakePlace())
            await Refused(HttpStatusCode.TooManyRequests, client.PostAsync(Path, Two()));
        Assert.Contains("no product", await Refused(HttpStatusCode.NotFound, client.PostAsync("/api/products/bolt/inspections/batch", Two())));
        Assert.Contains("multipart", await Refused(HttpStatusCode.UnsupportedMediaType, client.PostAsync(Path, Bytes(TestPictures.Good(1)))));
        Assert.Contains("no pictures", await Refused(HttpStatusCode.BadRequest, client.PostAsync(Path, new MultipartFormDataContent { { new StringContent("SN"), "part" } })));
        Assert.Contains("'wait'", await Refused(HttpStatusCode.BadRequest, client.PostAsync(Path, new MultipartFormDataContent { { new StringContent("false"), "wait" } })));
        using var large = new MultipartFormDataContent();
        Add(large, new byte[1_000_001], "a.bmp");
        Assert.Contains("MaxBatchMegabytes", await Refused(HttpStatusCode.RequestEntityTooLarge, client.PostAsync(Path, large)));

        Assert.Empty((await GetAsync<Page<InspectionResult>>(client, "/api/inspections")).Items);
        Assert.Equal(0, service.Services.GetRequiredService<Judge>().Taken);

        static MultipartFormDataContent Two()
        {
            var form = new MultipartFormDataContent();
            Add(form, TestPictures.Good(1), "a.bmp");
            Add(form, TestPictures.Good(2), "b.bmp");
            return form;
        }
    }

    [Fact]
    public async Task Too_many_pictures_and_one_that_is_too_large_are_told_and_the_others_are_kept()
    {
        await using ServiceUnderTest service = await StartAsync("SQLite", "--Service:MaxBatchPictures=3", "--Service:MaxPictureMegabytes=1");
        using var form = new MultipartFormDataContent();
        Add(form, TestPictures.Good(1), "a.bmp");
        Add(form, new byte[1_000_001], "b.bmp");
        for (int i = 0; i < 3; i++) Add(form, TestPictures.Good(i), "c.bmp");

        List<BatchResult> results = await SendAsync(service, form);

        Assert.Equal([200, 413, 200, 413], results.Select(one => one.Status));
        Assert.Contains("MaxPictureMegabytes", results[1].Detail);
        Assert.Contains("at most 3 pictures", results[3].Detail);
    }

    [Fact]
    public async Task What_came_before_an_upload_broke_off_is_kept_and_not_inspected_again()
    {
        await using ServiceUnderTest service = await StartAsync("SQLite");
        HttpClient station = await service.WithKeyAsync("line-1");
        byte[] picture = TestPictures.Good(1);
        using (var socket = new TcpClient())
        {
            await socket.ConnectAsync(service.Address.Host, service.Address.Port);
            string head = $"POST {Path} HTTP/1.1\r\nHost: x\r\nAuthorization: {station.DefaultRequestHeaders.Authorization}\r\n"
                + "Idempotency-Key: shift-1\r\nContent-Type: multipart/form-data; boundary=b\r\nContent-Length: 1000000\r\n\r\n";
            byte[] part = Encoding.ASCII.GetBytes("--b\r\nContent-Disposition: form-data; name=p; filename=a.bmp\r\n\r\n");
            await socket.GetStream().WriteAsync((byte[])[.. Encoding.ASCII.GetBytes(head), .. part, .. picture, .. "\r\n"u8, .. part, .. picture[..500]]);
            await Eventually.GetAsync(
                () => GetAsync<Page<InspectionResult>>(station, "/api/inspections"), page => page.Items.Count == 1, "the first picture");
        }
        await Eventually.GetAsync(() => Task.FromResult(service.Services.GetRequiredService<Judge>().Taken), taken => taken == 0, "the place");
        using var form = new MultipartFormDataContent();
        for (int i = 1; i < 3; i++) Add(form, TestPictures.Good(i), "a.bmp");

        List<BatchResult> results = await SendAsync(station, form, "shift-1");

        Assert.Equal([200, 200], results.Select(one => one.Status));
        Assert.Equal(2, (await GetAsync<Page<InspectionResult>>(station, "/api/inspections")).Items.Count);
    }

    [Fact]
    public async Task Without_waiting_the_answer_comes_when_the_pictures_are_kept()
    {
        await using ServiceUnderTest service = await StartAsync("SQLite");
        CreatedKey key = await PostAsync<CreatedKey>(service.Administrator, "/api/keys", new NewKey("line-1"));
        using var client = new InspectionClient(service.Address, key.Key);

        IReadOnlyList<BatchResult> queued = await client.InspectBatchAsync("plate", [new(TestPictures.Good(1), "SN 格子"), new(TestPictures.Defect(1))], wait: false);
        IReadOnlyList<BatchResult> judged = await client.InspectBatchAsync("plate", [new(TestPictures.Good(1)), new([1])]);

        Assert.Equal([202, 202], queued.Select(one => one.Status));
        Assert.Equal(["SN 格子", null], queued.Select(one => one.Part));
        Assert.Equal([200, 422], judged.Select(one => one.Status));
        await Eventually.GetAsync(() => client.GetInspectionAsync(queued[1].Inspection!.Id), one => one.Verdict == InspectionVerdict.NG, "the verdict");
    }

    [Theory]
    [InlineData("SQLite")]
    [InlineData("PostgreSQL")]
    public async Task Many_pictures_to_teach_with_come_at_once_and_each_is_kept_once(string kind)
    {
        await using ServiceUnderTest service = await StartAsync(kind);
        CreatedKey key = await PostAsync<CreatedKey>(service.Administrator, "/api/keys", new NewKey("lab", Role.Engineer));
        using var client = new InspectionClient(service.Address, key.Key);
        BatchPicture[] pictures = [new(TestPictures.Good(1), "a.bmp"), new([1], "b.bmp"), new(TestPictures.Good(2), "c.bmp")];

        IReadOnlyList<AddedPicture> first = await client.AddPicturesAsync("plate", pictures), again = await client.AddPicturesAsync("plate", pictures);

        Assert.Equal([201, 422, 201], first.Select(one => one.Status));
        Assert.Equal([200, 422, 200], again.Select(one => one.Status));
        Assert.Equal(["a.bmp", "b.bmp", "c.bmp"], first.Select(one => one.Name));
        Assert.Equal(first.Select(one => one.Picture?.Id), again.Select(one => one.Picture?.Id));
        Assert.Equal(2, (await client.GetProductAsync("plate")).GoodPictures);
        await Assert.ThrowsAsync<InspectionServiceException>(() => client.AddPicturesAsync("bolt", pictures));
    }

    private static void Add(MultipartFormDataContent form, byte[] picture, string file) => form.Add(Bytes(picture), "picture", file);

    private static Task<List<BatchResult>> SendAsync(ServiceUnderTest service, MultipartFormDataContent form, string? key = null) =>
        SendAsync(service.Administrator, form, key);

    private static async Task<List<BatchResult>> SendAsync(
        HttpClient client, MultipartFormDataContent form, string? key = null, bool wait = true)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, wait ? Path : $"{Path}?wait=false") { Content = form };
        if (key is not null) request.Headers.Add("Idempotency-Key", key);
        return await ReadAsync<List<BatchResult>>(await Ok(client.SendAsync(request)));
    }

    private async Task<ServiceUnderTest> StartAsync(string kind, params string[] settings)
    {
        if (kind == "PostgreSQL") PostgresCluster.Demand();
        ServiceUnderTest service = await ServiceUnderTest.StartAsync(
            Folder, backbone, kind == "PostgreSQL" ? await cluster.NewDatabaseAsync() : null, settings);
        await service.ImportAsync("plate", backbone);
        return service;
    }
}
