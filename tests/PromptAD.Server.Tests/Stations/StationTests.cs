using System.Net;
using System.Net.Http.Json;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using PromptAD.Client;
using PromptAD.Server.Inspections;
using PromptAD.Server.Judging;
using PromptAD.Server.Operations;
using PromptAD.Server.Stations;
using PromptAD.Server.Storage;
using PromptAD.Server.Tests.Fixtures;
using static PromptAD.Server.Tests.Fixtures.ServiceUnderTest;

namespace PromptAD.Server.Tests.Stations;

/// <summary>What stations show, and the handshake.</summary>
public sealed class StationTests(TinyBackbone backbone, PostgresCluster cluster) : TemporaryFolder
{
    private const string Line = "line-1";

    [Theory]
    [InlineData("SQLite")]
    [InlineData("PostgreSQL")]
    public async Task Results_are_shown_in_turn_and_none_is_passed_over_even_by_a_restart(string kind)
    {
        if (kind == "PostgreSQL") PostgresCluster.Demand();
        string? database = kind == "PostgreSQL" ? await cluster.NewDatabaseAsync() : null;
        InspectionResult first, second, third;
        string key;
        await using (ServiceUnderTest service = await ServiceUnderTest.StartAsync(Folder, backbone, database))
        {
            await service.ImportAsync("plate", backbone);
            key = (await PostAsync<CreatedKey>(service.Administrator, "/api/keys", new NewKey(Line))).Key;
            using var station = new InspectionClient(service.Address, key);
            Assert.Equal(StationState.Initialized, (await station.ChangeStationAsync(Line, new StationSettings(InTurn: true))).State);
            StationInfo prepared = await station.PrepareRecipeAsync(Line, "plate");
            Assert.Equal((StationState.Ready, true, "plate", "plate", 1), (prepared.State, prepared.Ready, prepared.RecipeAsked, prepared.RecipeInForce, prepared.RecipeVersion));

            first = await station.InspectAtAsync(Line, TestPictures.Defect(1), new InspectionOptions { Part = "a" });
            second = await station.InspectAtAsync(Line, TestPictures.Good(2), new InspectionOptions { Part = "b" });
            third = await station.InspectAsync("plate", TestPictures.Defect(3), new InspectionOptions { Part = "c" });

            StationInfo shown = await station.GetStationAsync(Line);
            Assert.Equal((first.Id, "a", true, false, true, false), (shown.ResultId, shown.PartId, shown.ResultReady, shown.OK, shown.NG, shown.Acknowledged));
            InspectionServiceException other = await Assert.ThrowsAsync<InspectionServiceException>(() => station.AcknowledgeAsync(Line, third.Id));
            Assert.Equal(HttpStatusCode.Conflict, other.Status);
            Assert.Equal(second.Id, (await station.AcknowledgeAsync(Line, first.Id)).ResultId);
            Assert.Equal(second.Id, (await station.AcknowledgeAsync(Line, first.Id)).ResultId); // once more
        }

        await using ServiceUnderTest again = await ServiceUnderTest.StartAsync(Folder, backbone, database);
        using var back = new InspectionClient(again.Address, key);
        StationInfo restarted = await back.GetStationAsync(Line);
        Assert.Equal((second.Id, true, "plate", 1), (restarted.ResultId, restarted.ResultReady, restarted.RecipeInForce, restarted.RecipeVersion));
        Assert.Equal(third.Id, (await back.AcknowledgeAsync(Line, second.Id)).ResultId);
        StationInfo last = await back.AcknowledgeAsync(Line, third.Id);
        Assert.Equal((third.Id, false, true, true), (last.ResultId, last.ResultReady, last.Acknowledged, last.Ready));
    }

    [Fact]
    public async Task A_result_waits_for_an_earlier_picture_that_is_not_judged_yet()
    {
        await using ServiceUnderTest service = await ServiceUnderTest.StartAsync(Folder, backbone);
        await service.ImportAsync("plate", backbone);
        HttpClient station = await service.WithKeyAsync(Line);
        await Ok(Put(station, "", new StationSettings(InTurn: true)));
        var writer = service.Services.GetRequiredService<InspectionWriter>();
        var queued = new InspectionRow
        {
            ProductId = "plate",
            Version = 1,
            Station = Line,
            Received = DateTime.UtcNow,
            PictureHash = service.Services.GetRequiredService<FileStore>().Keep(TestPictures.Good(3)),
            MediaType = "image/bmp",
            State = InspectionState.Queued,
        };
        await writer.AddAsync(queued);

        InspectionResult later = await JudgeAsync(station, "plate", TestPictures.Good(1));

        Assert.Null((await GetAsync<StationInfo>(station, $"/api/stations/{Line}")).ResultId);
        (queued.State, queued.Verdict) = (InspectionState.Done, InspectionVerdict.OK);
        await writer.FinishAsync(queued);
        await service.Services.GetRequiredService<PromptAD.Server.Stations.StationBoard>().ShowAsync(Finding.Read(queued));
        StationInfo shown = await GetAsync<StationInfo>(station, $"/api/stations/{Line}");
        Assert.Equal(queued.Id, shown.ResultId);
        Assert.Equal(later.Id, (await ReadAsync<StationInfo>(await Ok(Put(station, "/acknowledged", new Acknowledgement(queued.Id))))).ResultId);
    }

    [Fact]
    public async Task Without_turns_the_latest_result_is_shown_and_an_error_means_NG()
    {
        await using ServiceUnderTest service = await ServiceUnderTest.StartAsync(Folder, backbone);
        await service.ImportAsync("plate", backbone);
        HttpClient station = await service.WithKeyAsync(Line);
        await Ok(Put(station, "/recipe", new RecipeRequest("plate")));

        await JudgeAsync(station, "plate", TestPictures.Good(1));
        await Refused(HttpStatusCode.UnprocessableEntity, InspectAsync(station, "plate", [1, 2, 3]));
        StationInfo broken = await Show();
        Assert.Equal((StationState.Error, false, false, true), (broken.State, broken.Ready, broken.OK, broken.NG));
        Assert.NotNull(broken.Error);
        Assert.Equal(StationState.Ready, (await ReadAsync<StationInfo>(await Ok(Put(station, "/reset", new { })))).State);

        await Refused(HttpStatusCode.NotFound, InspectAsync(station, "bolt", TestPictures.Good(1)));
        Assert.Contains("bolt", (await Show()).Error);
        InspectionResult good = await JudgeAsync(station, "plate", TestPictures.Good(2));
        StationInfo fine = await Show();
        Assert.Equal((good.Id, null, StationState.Ready), (fine.ResultId, fine.Error, fine.State));
        Assert.Equal(good.Verdict == InspectionVerdict.OK, fine.OK);

        Task<StationInfo> Show() => GetAsync<StationInfo>(station, $"/api/stations/{Line}");
    }

    [Fact]
    public async Task A_recipe_that_cannot_be_prepared_leaves_the_station_not_ready()
    {
        await using ServiceUnderTest service = await ServiceUnderTest.StartAsync(Folder, backbone);
        await service.ImportAsync("plate", backbone);
        HttpClient station = await service.WithKeyAsync(Line);
        await Refused(HttpStatusCode.Conflict, station.PostAsync($"/api/stations/{Line}/inspections", Bytes(TestPictures.Good(1))));
        await Ok(Put(station, "/recipe", new RecipeRequest("plate")));

        await Refused(HttpStatusCode.NotFound, Put(station, "/recipe", new RecipeRequest("bolt")));

        StationInfo shown = await GetAsync<StationInfo>(station, $"/api/stations/{Line}");
        Assert.Equal((StationState.Error, false, true, "bolt", null), (shown.State, shown.Ready, shown.NG, shown.RecipeAsked, shown.RecipeInForce));
        Assert.Contains("bolt", await Refused(HttpStatusCode.Conflict, station.PostAsync($"/api/stations/{Line}/inspections", Bytes(TestPictures.Good(1)))));
        await service.ImportAsync("bolt", backbone);
        Assert.Equal(StationState.Ready, (await ReadAsync<StationInfo>(await Ok(Put(station, "/reset", new { })))).State);
        Page<AuditEntry> audit = await GetAsync<Page<AuditEntry>>(service.Administrator, "/api/audit");
        Assert.Equal(2, audit.Items.Count(entry => entry.Action == "station.recipe"));
    }

    [Fact]
    public async Task A_station_speaks_for_itself_alone()
    {
        await using ServiceUnderTest service = await ServiceUnderTest.StartAsync(Folder, backbone);
        HttpClient other = await service.WithKeyAsync("line-2"), desk = await service.WithKeyAsync("desk", Role.Operator);

        Assert.Contains("line-1", await Refused(HttpStatusCode.Forbidden, Put(other, "/recipe", new RecipeRequest(null))));
        await Ok(Put(desk, "/recipe", new RecipeRequest(null)));
        await Refused(HttpStatusCode.NotFound, desk.GetAsync("/api/stations/line-9"));
        await Refused(HttpStatusCode.BadRequest, desk.PutAsJsonAsync("/api/stations/a%2Fb/recipe", new RecipeRequest(null), ServiceJson.Options));
    }

    [Fact]
    public async Task Acquisition_done_comes_with_the_picture_and_busy_ends_with_the_verdict()
    {
        await using ServiceUnderTest service = await ServiceUnderTest.StartAsync(Folder, backbone);
        await service.ImportAsync("plate", backbone);
        HttpClient station = await service.WithKeyAsync(Line);
        List<StationInfo> seen = [];
        service.Services.GetRequiredService<LiveResults>().StationChanged += info =>
        {
            lock (seen) seen.Add(info);
        };

        await JudgeAsync(station, "plate", TestPictures.Good(1));

        (bool, bool, bool)[] steps = [.. seen.Select(info => (info.Busy, info.AcquisitionDone, info.ResultReady))];
        Assert.Equal([(true, false, false), (true, true, false), (true, true, true), (false, true, true)], steps);
    }

    [Fact]
    public async Task Who_was_away_gets_every_result_that_came_meanwhile()
    {
        await using ServiceUnderTest service = await ServiceUnderTest.StartAsync(Folder, backbone);
        await service.ImportAsync("plate", backbone);
        List<long> judged = [];
        for (int i = 0; i < 3; i++) judged.Add((await JudgeAsync(service.Administrator, "plate", TestPictures.Good(i))).Id);
        var request = new HttpRequestMessage(HttpMethod.Get, "/api/live");
        request.Headers.Add("Last-Event-ID", $"{judged[0]}");

        HttpResponseMessage response = await service.Administrator.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        await using Stream stream = await response.Content.ReadAsStreamAsync();
        List<(string Type, string Data, string? Id)> events = [];
        await foreach (SseItem<string> item in SseParser.Create(stream).EnumerateAsync())
        {
            events.Add((item.EventType, item.Data, item.EventId));
            if (item.EventType == "ready") judged.Add((await JudgeAsync(service.Administrator, "plate", TestPictures.Good(7))).Id);
            if (events.Count(one => one.Type == "inspection") >= 3 && events.Any(one => one.Type == "station")) break;
        }

        long[] told = [.. events.Where(one => one.Type == "inspection").Select(one => JsonElement.Parse(one.Data).GetProperty("id").GetInt64()).Distinct()];
        Assert.Equal(judged[1..], told);
        Assert.Equal(Name, JsonElement.Parse(events.First(one => one.Type == "station").Data).GetProperty("name").GetString());
    }

    [Fact]
    public async Task A_listener_that_does_not_keep_up_loses_no_result()
    {
        var live = new LiveResults();
        live.Expect(1); // waits long
        using LiveResults.Subscription slow = live.Listen()!;
        const int Many = 2000;

        for (int i = 2; i <= Many; i++)
        {
            live.Expect(i);
            live.Tell(new StationInfo { Name = Line });
            live.Tell(new InspectionResult { Id = i });
        }

        List<LiveItem> got = [];
        await foreach (LiveItem one in slow.Told.ReadAllAsync()) got.Add(one); // it ends, so that the listener knows
        long[] ids = [.. got.Where(one => one.Result is not null).Select(one => one.Result!.Id)];
        Assert.Equal(Enumerable.Range(2, ids.Length).Select(id => (long)id), ids);
        Assert.InRange(ids.Length, 500, Many - 2);
        Assert.All(got.Where(one => one.Result is not null), one => Assert.Equal(0, one.Since)); // asks for 1, too
    }

    [Fact]
    public async Task A_full_queue_is_not_ready()
    {
        await using ServiceUnderTest service = await ServiceUnderTest.StartAsync(Folder, backbone, settings: ["--Service:QueueLength=1"]);
        await service.ImportAsync("plate", backbone);
        HttpClient station = await service.WithKeyAsync(Line);
        await Ok(Put(station, "/recipe", new RecipeRequest("plate")));

        using (service.Services.GetRequiredService<Judge>().TryTakePlace())
            Assert.False((await GetAsync<StationInfo>(station, $"/api/stations/{Line}")).Ready);

        Assert.True((await GetAsync<StationInfo>(station, $"/api/stations/{Line}")).Ready);
    }

    [Fact]
    public async Task A_queue_that_fills_and_empties_is_told_to_all_stations()
    {
        await using ServiceUnderTest service = await ServiceUnderTest.StartAsync(Folder, backbone, settings: ["--Service:QueueLength=1"]);
        await service.ImportAsync("plate", backbone);
        HttpClient station = await service.WithKeyAsync(Line);
        await Ok(Put(station, "/recipe", new RecipeRequest("plate")));
        List<bool> told = [];
        service.Services.GetRequiredService<LiveResults>().StationChanged += info => told.Add(info.Ready);

        service.Services.GetRequiredService<Judge>().TryTakePlace()!.Dispose(); // a picture of another station

        Assert.Equal([false, true], told);
    }

    [Fact]
    public async Task What_is_told_last_is_the_latest()
    {
        var station = new Station(Line);
        using ManualResetEventSlim isDescribed = new(), isChanged = new();
        List<string?> told = [];
        Task slow = Task.Run(() => station.Tell(Slowly, () => true));
        isDescribed.Wait();
        station.Note(StationNews.Failed("later"));
        Task quick = Task.Run(() => station.Tell(info => told.Add(info.Error), () => true));
        await Task.WhenAny(quick, Task.Delay(200));
        isChanged.Set();
        await Task.WhenAll(slow, quick);

        Assert.Equal([null, "later"], told);

        void Slowly(StationInfo info)
        {
            isDescribed.Set();
            isChanged.Wait();
            told.Add(info.Error);
        }
    }

    [Fact]
    public async Task A_station_that_only_sent_pictures_is_known_after_a_restart()
    {
        InspectionResult sent;
        await using (ServiceUnderTest service = await ServiceUnderTest.StartAsync(Folder, backbone))
        {
            await service.ImportAsync("plate", backbone);
            sent = await JudgeAsync(await service.WithKeyAsync(Line), "plate", TestPictures.Good(1));
        }

        await using ServiceUnderTest again = await ServiceUnderTest.StartAsync(Folder, backbone);

        Assert.Equal(sent.Id, (await GetAsync<StationInfo>(again.Administrator, $"/api/stations/{Line}")).ResultId);
    }

    [Theory]
    [InlineData("audit")]
    [InlineData("stations")]
    public async Task A_change_and_its_entry_in_the_audit_trail_are_kept_together_or_not_at_all(string table)
    {
        await using ServiceUnderTest service = await ServiceUnderTest.StartAsync(Folder, backbone);
        HttpClient station = await service.WithKeyAsync(Line);
        IDbContextFactory<ServiceContext> contexts = service.Services.GetRequiredService<IDbContextFactory<ServiceContext>>();
        await using ServiceContext db = await contexts.CreateDbContextAsync();
        await db.Database.ExecuteSqlAsync(FormattableStringFactory.Create(
            $"CREATE TRIGGER fails BEFORE INSERT ON {table} BEGIN SELECT RAISE(ABORT, 'as if it ended here'); END"));

        await Refused(HttpStatusCode.InternalServerError, Put(station, "", new StationSettings(InTurn: true)));
        await Refused(HttpStatusCode.InternalServerError, Put(station, "/recipe", new RecipeRequest("plate")));

        Assert.Empty(await db.Stations.ToListAsync());
        Assert.DoesNotContain(await db.Audit.ToListAsync(), entry => entry.Action.StartsWith("station.", StringComparison.Ordinal));
        StationInfo shown = await GetAsync<StationInfo>(station, $"/api/stations/{Line}");
        Assert.Equal((false, null), (shown.InTurn, shown.RecipeAsked));
    }

    [Fact]
    public async Task A_content_type_that_cannot_be_judged_is_the_error_of_the_station()
    {
        await using ServiceUnderTest service = await ServiceUnderTest.StartAsync(Folder, backbone);
        await service.ImportAsync("plate", backbone);
        HttpClient station = await service.WithKeyAsync(Line);
        await Ok(Put(station, "/recipe", new RecipeRequest("plate")));
        ByteArrayContent wrong = Bytes(TestPictures.Good(1));
        wrong.Headers.ContentType = new("text/plain");

        await Refused(HttpStatusCode.UnsupportedMediaType, station.PostAsync($"/api/stations/{Line}/inspections", wrong));

        Assert.Contains("text/plain", (await GetAsync<StationInfo>(station, $"/api/stations/{Line}")).Error);
    }

    private static Task<HttpResponseMessage> Put(HttpClient client, string path, object body) =>
        client.PutAsJsonAsync($"/api/stations/{Line}{path}", body, ServiceJson.Options);
}
