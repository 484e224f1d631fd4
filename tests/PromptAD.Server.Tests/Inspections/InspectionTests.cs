using System.Net;
using System.Net.Http.Json;
using PromptAD.Client;
using PromptAD.Server.Inspections;
using PromptAD.Server.Judging;
using PromptAD.Server.Operations;
using PromptAD.Server.Storage;
using PromptAD.Server.Tests.Fixtures;
using Microsoft.Extensions.DependencyInjection;
using static PromptAD.Server.Tests.Fixtures.ServiceUnderTest;

namespace PromptAD.Server.Tests.Inspections;

/// <summary>What a line sends and gets, on both databases.</summary>
public sealed class InspectionTests(TinyBackbone backbone, PostgresCluster cluster) : TemporaryFolder
{
    [Theory]
    [InlineData("SQLite")]
    [InlineData("PostgreSQL")]
    public async Task What_was_acknowledged_is_there_with_its_picture(string kind)
    {
        await using ServiceUnderTest service = await StartAsync(kind);
        HttpClient station = await service.WithKeyAsync("line-1");
        byte[] picture = TestPictures.Defect(1);

        InspectionResult judged = await JudgeAsync(station, "plate", picture, "?part=SN-1");

        Assert.Equal(("plate", 1, "line-1", "SN-1", InspectionState.Done), (judged.Product, judged.Version, judged.Station, judged.Part, judged.State));
        Assert.Equal((TestPictures.Width, TestPictures.Height), (judged.Width, judged.Height));
        Assert.Equal(FileStore.HashOf(picture), judged.PictureHash);
        Assert.True(judged.Milliseconds!.Encode > 0);
        Assert.Equivalent(judged, await GetAsync<InspectionResult>(station, $"/api/inspections/{judged.Id}"));
        HttpResponseMessage kept = await Ok(station.GetAsync($"/api/inspections/{judged.Id}/picture"));
        Assert.Equal(picture, await kept.Content.ReadAsByteArrayAsync());
        Assert.Equal("image/bmp", kept.Content.Headers.ContentType!.MediaType);
        HttpResponseMessage overlay = await Ok(station.GetAsync($"/api/inspections/{judged.Id}/overlay"));
        Assert.Equal([0xff, 0xd8], (await overlay.Content.ReadAsByteArrayAsync())[..2]);
        HttpResponseMessage map = await Ok(station.GetAsync($"/api/inspections/{judged.Id}/map"));
        Assert.Equal("PNG"u8.ToArray(), (await map.Content.ReadAsByteArrayAsync())[1..4]);
    }

    [Theory]
    [InlineData("SQLite")]
    [InlineData("PostgreSQL")]
    public async Task The_same_key_gives_the_same_inspection(string kind)
    {
        await using ServiceUnderTest service = await StartAsync(kind);
        HttpClient station = await service.WithKeyAsync("line-1"), other = await service.WithKeyAsync("line-2");
        byte[] picture = TestPictures.Good(1);

        long[] ids = [.. (await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => JudgeAsync(station, "plate", picture, key: "a")))).Select(one => one.Id)];

        Assert.Single(ids.Distinct());
        Assert.NotEqual(ids[0], (await JudgeAsync(other, "plate", picture, key: "a")).Id);
        Assert.NotEqual(ids[0], (await JudgeAsync(station, "plate", picture)).Id);
        string told = await Refused(HttpStatusCode.UnprocessableEntity, InspectAsync(station, "plate", TestPictures.Good(2), key: "a"));
        Assert.Contains($"inspection {ids[0]}", told);
    }

    [Theory]
    [InlineData("SQLite")]
    [InlineData("PostgreSQL")]
    public async Task Lists_are_filtered_and_paged(string kind)
    {
        await using ServiceUnderTest service = await StartAsync(kind);
        HttpClient station = await service.WithKeyAsync("line-1");
        List<InspectionResult> all = [];
        for (int i = 0; i < 5; i++) all.Add(await JudgeAsync(station, "plate", TestPictures.Good(i + 50), $"?part={(i % 2 == 0 ? "even" : "=odd")}"));
        InspectionResult bad = await JudgeAsync(service.Administrator, "plate", TestPictures.Defect(1));
        Assert.Equal(InspectionVerdict.NG, bad.Verdict);

        Page<InspectionResult> first = await List("?limit=2&station=line-1"), second = await List($"?limit=2&station=line-1&before={first.Next}");
        Page<InspectionResult> third = await List($"?limit=2&station=line-1&before={second.Next}");

        Assert.Equal(all.Select(one => one.Id).Reverse(), first.Items.Concat(second.Items).Concat(third.Items).Select(one => one.Id));
        Assert.Null(third.Next);
        Assert.Contains(bad.Id, (await List("?verdict=NG")).Items.Select(one => one.Id));
        Assert.Equal(3, (await List("?part=even&state=done")).Items.Count);
        Assert.Empty((await List($"?from={Uri.EscapeDataString(DateTimeOffset.UtcNow.AddMinutes(1).ToString("O"))}")).Items);
        Assert.Contains("'maybe'", await Refused(HttpStatusCode.BadRequest, station.GetAsync("/api/inspections?verdict=maybe")));
        Assert.Contains("501", await Refused(HttpStatusCode.BadRequest, station.GetAsync("/api/inspections?limit=501")));
        string[] csv = (await station.GetStringAsync("/api/inspections.csv?station=line-1")).Split("\r\n");
        Assert.StartsWith("id,received,product", csv[0]);
        Assert.Equal(all.Count + 2, csv.Length);
        Assert.Contains(",'=odd,", csv[2]); // no formula

        Task<Page<InspectionResult>> List(string query) => GetAsync<Page<InspectionResult>>(station, $"/api/inspections{query}");
    }

    [Theory]
    [InlineData("SQLite")]
    [InlineData("PostgreSQL")]
    public async Task What_waits_at_the_end_is_judged_after_the_next_start(string kind)
    {
        string? database = kind == "PostgreSQL" ? await NewDatabaseAsync() : null;
        long id, lost;
        await using (ServiceUnderTest service = await ServiceUnderTest.StartAsync(Folder, backbone, database))
        {
            await service.ImportAsync("plate", backbone);
            string picture = service.Services.GetRequiredService<FileStore>().Keep(TestPictures.Defect(3));
            lost = await LeaveQueuedAsync(service, new string('0', FileStore.HashLength));
            id = await LeaveQueuedAsync(service, picture);
        }

        await using ServiceUnderTest again = await ServiceUnderTest.StartAsync(Folder, backbone, database);

        Assert.Equal(InspectionVerdict.NG, (await JudgedAsync(again.Administrator, id)).Verdict);
        // One that cannot be read holds up no other, and ends as failed.
        InspectionResult failed = await JudgedAsync(again.Administrator, lost);
        Assert.Equal(InspectionState.Failed, failed.State);
        Assert.Contains("not in the store any more", failed.Error);
    }

    [Fact]
    public async Task What_was_acknowledged_and_cannot_be_judged_fails_and_its_station_shows_it()
    {
        await using ServiceUnderTest service = await StartAsync("SQLite");
        File.Delete(((FolderStore)service.Services.GetRequiredService<FileStore>()).PathOf(FileStore.HashOf(backbone.Detector)));
        HttpClient station = await service.WithKeyAsync("line-1");

        InspectionResult queued = await JudgeAsync(station, "plate", TestPictures.Defect(1), "?wait=false");

        Assert.Contains("not in the store any more", await Eventually.GetAsync(
            async () => (await GetAsync<StationInfo>(station, "/api/stations/line-1")).Error, error => error is not null, "the error"));
        InspectionResult failed = await JudgedAsync(service.Administrator, queued.Id);
        Assert.Equal((InspectionState.Failed, null), (failed.State, failed.Verdict));
        Assert.Contains("bring it back from a backup", failed.Error);
        Assert.True((await GetAsync<StationInfo>(station, "/api/stations/line-1")).NG);
    }

    [Fact]
    public async Task Listeners_that_go_away_early_leave_their_places()
    {
        await using ServiceUnderTest service = await StartAsync("SQLite");
        var live = service.Services.GetRequiredService<LiveResults>();
        for (int i = 0; i < 120; i++)
        {
            using (HttpResponseMessage response = await service.Administrator.GetAsync("/api/live?after=0", HttpCompletionOption.ResponseHeadersRead))
                Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            if (i % 40 < 39) continue;
            await Eventually.GetAsync(() => Task.FromResult(live.Listeners), listeners => listeners == 0, "an end");
        }
    }

    [Fact]
    public async Task A_filter_of_one_word_takes_no_list()
    {
        await using ServiceUnderTest service = await StartAsync("SQLite");

        Assert.Contains("must be one of", await Refused(
            HttpStatusCode.BadRequest, service.Administrator.GetAsync("/api/inspections?state=done,failed")));
    }

    /// <summary>An inspection as a process that was killed between its answer and its verdict leaves it.</summary>
    private static async Task<long> LeaveQueuedAsync(ServiceUnderTest service, string picture)
    {
        var row = new InspectionRow
        {
            ProductId = "plate",
            Version = 1,
            Station = "line-1",
            Received = DateTime.UtcNow,
            PictureHash = picture,
            MediaType = "image/bmp",
            State = InspectionState.Queued,
        };
        await service.Services.GetRequiredService<InspectionWriter>().AddAsync(row);
        return row.Id;
    }

    [Fact]
    public async Task Who_does_not_wait_finds_the_verdict_later()
    {
        await using ServiceUnderTest service = await StartAsync("SQLite");

        HttpResponseMessage response = await Ok(InspectAsync(service.Administrator, "plate", TestPictures.Defect(1), "?wait=false"));

        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        InspectionResult queued = await ReadAsync<InspectionResult>(response);
        Assert.Equal($"/api/inspections/{queued.Id}", response.Headers.Location!.OriginalString);
        Assert.Equal((InspectionState.Queued, null), (queued.State, queued.Verdict));
        Assert.Equal(InspectionVerdict.NG, (await JudgedAsync(service.Administrator, queued.Id)).Verdict);
    }

    [Fact]
    public async Task A_full_queue_refuses_and_takes_pictures_again_later()
    {
        await using ServiceUnderTest service = await StartAsync("SQLite", "--Service:QueueLength=1");
        Judge judge = service.Services.GetRequiredService<Judge>();
        using (judge.TryTakePlace())
        {
            HttpResponseMessage full = await InspectAsync(service.Administrator, "plate", TestPictures.Good(1));
            Assert.Equal(HttpStatusCode.TooManyRequests, full.StatusCode);
            Assert.Equal("1", full.Headers.GetValues("Retry-After").Single());
        }

        await JudgeAsync(service.Administrator, "plate", TestPictures.Good(1));
        Assert.Equal(0, judge.Taken);
    }

    [Fact]
    public async Task What_is_no_picture_is_refused_and_recorded_apart_from_NG()
    {
        await using ServiceUnderTest service = await StartAsync("SQLite", "--Service:MaxPictureMegabytes=1");

        await Refused(HttpStatusCode.UnprocessableEntity, InspectAsync(service.Administrator, "plate", [1, 2, 3]));
        await Refused(HttpStatusCode.BadRequest, InspectAsync(service.Administrator, "plate", []));
        await Refused(HttpStatusCode.RequestEntityTooLarge, InspectAsync(service.Administrator, "plate", new byte[1_000_001]));
        await Refused(HttpStatusCode.BadRequest, InspectAsync(service.Administrator, "plate", [1], "?wait=perhaps"));

        Page<InspectionResult> list = await GetAsync<Page<InspectionResult>>(service.Administrator, "/api/inspections?state=failed");
        Assert.Null(list.Items.Single().Verdict);
        Assert.NotNull(list.Items.Single().Error);
        Assert.Equal(0, service.Services.GetRequiredService<Judge>().Taken);
    }

    [Fact]
    public async Task A_raw_frame_is_judged_as_the_same_picture_file()
    {
        await using ServiceUnderTest service = await StartAsync("SQLite");
        InspectionResult file = await JudgeAsync(service.Administrator, "plate", TestPictures.Defect(1));
        byte[] pixels = TestPictures.Defect(1)[TestPictures.MediaHeader..];
        string type = $"{PictureMedia.RawFrame}; width={TestPictures.Width}; height={TestPictures.Height}; format=bgr24";

        InspectionResult raw = await ReadAsync<InspectionResult>(await Ok(Send(pixels, type)));

        Assert.Equal((file.Score, file.Verdict), (raw.Score, raw.Verdict));
        await Ok(service.Administrator.GetAsync($"/api/inspections/{raw.Id}/overlay"));
        HttpResponseMessage shown = await Ok(service.Administrator.GetAsync($"/api/inspections/{raw.Id}/picture?side=24"));
        Assert.Equal("image/jpeg", shown.Content.Headers.ContentType!.MediaType);
        using (PromptAD.Imaging.Picture small = PromptAD.Imaging.PictureDecoder.Decode(await shown.Content.ReadAsByteArrayAsync(), 1_000_000))
            Assert.Equal((24, 20), (small.Width, small.Height));
        Assert.Contains("16 to 4096", await Refused(HttpStatusCode.BadRequest, service.Administrator.GetAsync($"/api/inspections/{raw.Id}/picture?side=8")));
        Assert.Contains("format", await Refused(HttpStatusCode.BadRequest, Send(pixels, $"{PictureMedia.RawFrame}; width=48; height=40; format=7")));
        Assert.Contains("width", await Refused(HttpStatusCode.BadRequest, Send(pixels, $"{PictureMedia.RawFrame}; height=40; format=Bgr24")));
        HttpResponseMessage cut = await Send(pixels[..100], type);
        Assert.True((int)cut.StatusCode is >= 400 and < 500, $"{cut.StatusCode}");

        Task<HttpResponseMessage> Send(byte[] bytes, string contentType) =>
            service.Administrator.PostAsync("/api/products/plate/inspections", Bytes(bytes, contentType));
    }

    [Fact]
    public async Task Where_the_disk_is_full_nothing_is_acknowledged_until_there_is_room()
    {
        await using (ServiceUnderTest service = await StartAsync("SQLite")) Assert.NotNull(service);
        await using (ServiceUnderTest full = await ServiceUnderTest.StartAsync(Folder, backbone, settings: ["--Service:ReserveMegabytes=2000000000"]))
        {
            await Refused(HttpStatusCode.InsufficientStorage, InspectAsync(full.Administrator, "plate", TestPictures.Good(77)));
            Assert.Empty((await GetAsync<Page<InspectionResult>>(full.Administrator, "/api/inspections")).Items);
            Assert.Equal(HttpStatusCode.ServiceUnavailable, (await full.Anonymous.GetAsync("/health/ready")).StatusCode);
        }

        await using ServiceUnderTest again = await ServiceUnderTest.StartAsync(Folder, backbone);
        await JudgeAsync(again.Administrator, "plate", TestPictures.Good(77));
    }

    [Fact]
    public async Task Reviews_are_kept_and_audited()
    {
        await using ServiceUnderTest service = await StartAsync("SQLite");
        InspectionResult judged = await JudgeAsync(service.Administrator, "plate", TestPictures.Defect(1));
        string path = $"/api/inspections/{judged.Id}/review";

        await Ok(service.Administrator.PutAsJsonAsync(path, new ReviewRequest(ReviewedAs.Defect), ServiceJson.Options));

        InspectionResult reviewed = await GetAsync<InspectionResult>(service.Administrator, $"/api/inspections/{judged.Id}");
        Assert.Equal((ReviewedAs.Defect, Name), (reviewed.Review, reviewed.ReviewedBy));
        Page<AuditEntry> audit = await GetAsync<Page<AuditEntry>>(service.Administrator, $"/api/audit?subject=inspection {judged.Id}");
        Assert.Equal(("inspection.reviewed", $"user {Name}"), (audit.Items[0].Action, audit.Items[0].Actor));
        await Ok(service.Administrator.PutAsJsonAsync(path, new ReviewRequest(null), ServiceJson.Options));
        Assert.Null((await GetAsync<InspectionResult>(service.Administrator, $"/api/inspections/{judged.Id}")).Review);
    }

    [Fact]
    public async Task Results_are_told_as_they_come()
    {
        await using ServiceUnderTest service = await StartAsync("SQLite");
        using HttpResponseMessage live = await service.Administrator.GetAsync("/api/live?product=plate", HttpCompletionOption.ResponseHeadersRead);
        using var lines = new StreamReader(await live.Content.ReadAsStreamAsync());

        InspectionResult judged = await JudgeAsync(service.Administrator, "plate", TestPictures.Good(1));

        Assert.Equal("event: ready", await lines.ReadLineAsync());
        while (await lines.ReadLineAsync() is { } line && line != "event: inspection") Assert.DoesNotContain("\"id\"", line);
        Assert.Contains($"\"id\":{judged.Id},", await lines.ReadLineAsync());
    }

    private async Task<ServiceUnderTest> StartAsync(string kind, params string[] settings)
    {
        ServiceUnderTest service = await ServiceUnderTest.StartAsync(
            Folder, backbone, kind == "PostgreSQL" ? await NewDatabaseAsync() : null, settings);
        await service.ImportAsync("plate", backbone);
        return service;
    }

    private Task<string> NewDatabaseAsync()
    {
        PostgresCluster.Demand();
        return cluster.NewDatabaseAsync();
    }

    private static async Task<InspectionResult> JudgedAsync(HttpClient client, long id)
    {
        for (int i = 0; i < 600; i++)
        {
            InspectionResult result = await GetAsync<InspectionResult>(client, $"/api/inspections/{id}");
            if (result.State != InspectionState.Queued) return result;
            await Task.Delay(20);
        }
        throw new TimeoutException($"inspection {id} stays queued");
    }
}
