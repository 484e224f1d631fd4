using System.Net;
using System.Net.Http.Json;
using System.Runtime.CompilerServices;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using PromptAD.Client;
using PromptAD.Server.Operations;
using PromptAD.Server.Sinks;
using PromptAD.Server.Storage;
using PromptAD.Server.Tests.Fixtures;
using static PromptAD.Server.Tests.Fixtures.ServiceUnderTest;

namespace PromptAD.Server.Tests.Sinks;

/// <summary>Sinks that are set up through the interface.</summary>
public sealed class SinkSetupTests(TinyBackbone backbone, PostgresCluster cluster) : TemporaryFolder
{
    private const string Secret = "very-s3cret", Other = "an0ther-secret";

    [Theory]
    [InlineData("SQLite")]
    [InlineData("PostgreSQL")]
    public async Task A_sink_is_in_force_at_once_and_after_a_restart_and_its_secret_is_never_told(string kind)
    {
        if (kind == "PostgreSQL") PostgresCluster.Demand();
        string? database = kind == "PostgreSQL" ? await cluster.NewDatabaseAsync() : null;
        await using Receiver first = await Receiver.StartAsync(), second = await Receiver.StartAsync();
        List<string> told = [];
        await using (ServiceUnderTest service = await ServiceUnderTest.StartAsync(InFolder("data"), backbone, database))
        {
            await service.ImportAsync("plate", backbone);
            await JudgeAsync(service.Administrator, "plate", TestPictures.Good(0)); // before there was a sink
            HttpResponseMessage made = await Ok(Post(service, new SinkSettings { Name = "erp", Url = $"{first.Address}", Secret = Secret }));
            told.Add(await made.Content.ReadAsStringAsync());
            Assert.Equal("\"1\"", made.Headers.ETag!.Tag);
            await JudgeAsync(service.Administrator, "plate", TestPictures.Good(1));
            await SeeAsync(first, 1);
            Assert.Equal(Signed(first, Secret), Signature(first));

            told.Add(await (await Ok(Put(service, "erp", new SinkSettings { Url = $"{second.Address}" }))).Content.ReadAsStringAsync());
            await JudgeAsync(service.Administrator, "plate", TestPictures.Good(2));
            await SeeAsync(second, 1);
            Assert.Equal(Signed(second, Secret), Signature(second)); // the secret has stayed
            Assert.Single(first.Taken);
        }

        await using ServiceUnderTest again = await ServiceUnderTest.StartAsync(InFolder("data"), backbone, database);

        await Ok(Put(again, "erp", new SinkSettings { Url = $"{second.Address}", Secret = Other }));
        await JudgeAsync(again.Administrator, "plate", TestPictures.Good(3));
        await SeeAsync(second, 2);
        Assert.Equal(Signed(second, Other), Signature(second));
        SinkInfo sink = (await GetAsync<List<SinkInfo>>(again.Administrator, "/api/sinks")).Single();
        Assert.Equal(("erp", "webhook", "interface", true), (sink.Name, sink.Kind, sink.From, sink.Enabled));
        Assert.Equal((true, 3, $"{second.Address}"), (sink.Settings!.HasSecret, sink.Settings.Revision, sink.Settings.Url));
        HttpClient reviewer = await again.WithKeyAsync("desk", Role.Operator);
        Assert.Null((await GetAsync<List<SinkInfo>>(reviewer, "/api/sinks")).Single().Settings);
        told.AddRange([await again.Administrator.GetStringAsync("/api/sinks"), await again.Administrator.GetStringAsync("/api/sinks/erp")]);
        string audit = await again.Administrator.GetStringAsync("/api/audit.jsonl");
        Assert.Contains("sink.created", audit);
        Assert.Contains("as before", audit);
        told.Add(audit);
        foreach (string text in told)
        {
            Assert.DoesNotContain(Secret, text);
            Assert.DoesNotContain(Other, text);
        }
        await Ok(Put(again, "erp", new SinkSettings { Url = $"{second.Address}", Secret = "" }));
        Assert.False((await GetAsync<SinkSettings>(again.Administrator, "/api/sinks/erp")).HasSecret);
    }

    [Fact]
    public async Task A_result_that_comes_while_a_sink_is_removed_does_not_wait_for_a_later_one_of_that_name()
    {
        await using ServiceUnderTest service = await ServiceUnderTest.StartAsync(InFolder("late"), backbone);
        await service.ImportAsync("plate", backbone);
        long id = (await JudgeAsync(service.Administrator, "plate", TestPictures.Good(1))).Id;
        var sink = new SinkSettings { Name = "erp", Kind = "webhook", Url = "http://127.0.0.1:9/", Enabled = false };
        await PostAsync<SinkSettings>(service.Administrator, "/api/sinks", sink);
        await using ServiceContext db = await service.Services.GetRequiredService<IDbContextFactory<ServiceContext>>().CreateDbContextAsync();
        await db.Database.ExecuteSqlAsync(FormattableStringFactory.Create(
            $"CREATE TRIGGER late AFTER DELETE ON sinks BEGIN INSERT INTO outbox (Sink, InspectionId) VALUES ('erp', {id}); END"));

        await Ok(service.Administrator.DeleteAsync("/api/sinks/erp"));

        Assert.Empty(await db.Outbox.ToListAsync());
    }

    [Fact]
    public async Task Secrets_do_not_lie_open_in_the_database_and_nothing_goes_out_unsigned_without_its_keys()
    {
        await using Receiver receiver = await Receiver.StartAsync();
        await using (ServiceUnderTest service = await ServiceUnderTest.StartAsync(InFolder("data"), backbone))
        {
            await service.ImportAsync("plate", backbone);
            await Ok(Post(service, new SinkSettings { Name = "erp", Url = $"{receiver.Address}", Secret = Secret }));
        }
        await using (var db = new SqliteConnection(DatabaseSetup.SqliteConnectionString(InFolder("data"))))
        {
            await db.OpenAsync();
            using SqliteCommand read = db.CreateCommand();
            read.CommandText = "SELECT Settings || Secret FROM sinks";
            Assert.DoesNotContain(Secret, (string)(await read.ExecuteScalarAsync())!);
        }
        Directory.Delete(Path.Combine(InFolder("data"), "keys"), recursive: true);

        await using ServiceUnderTest again = await ServiceUnderTest.StartAsync(InFolder("data"), backbone);

        await JudgeAsync(again.Administrator, "plate", TestPictures.Good(1));
        SinkInfo sink = (await GetAsync<List<SinkInfo>>(again.Administrator, "/api/sinks")).Single();
        Assert.Equal(1, sink.Waiting);
        Assert.Contains("set it again", sink.LastError);
        await Ok(Put(again, "erp", new SinkSettings { Url = $"{receiver.Address}", Secret = Other }));
        await SeeAsync(receiver, 1);
        Assert.Equal(Signed(receiver, Other), Signature(receiver));
    }

    [Theory]
    [InlineData("SQLite")]
    [InlineData("PostgreSQL")]
    public async Task Switched_off_results_wait_and_a_sink_is_removed_without_loss(string kind)
    {
        if (kind == "PostgreSQL") PostgresCluster.Demand();
        await using Receiver receiver = await Receiver.StartAsync();
        await using ServiceUnderTest service = await ServiceUnderTest.StartAsync(
            InFolder("data"), backbone, kind == "PostgreSQL" ? await cluster.NewDatabaseAsync() : null);
        await service.ImportAsync("plate", backbone);
        await Ok(Post(service, new SinkSettings { Name = "erp", Url = $"{receiver.Address}" }));
        await Ok(service.Administrator.PutAsJsonAsync("/api/sinks/erp/enabled", new Switch(false), ServiceJson.Options));
        await JudgeAsync(service.Administrator, "plate", TestPictures.Good(1));

        SinkInfo off = (await GetAsync<List<SinkInfo>>(service.Administrator, "/api/sinks")).Single();
        Assert.Equal((false, 1), (off.Enabled, off.Waiting));
        Assert.Contains("discard=true", await Refused(HttpStatusCode.Conflict, service.Administrator.DeleteAsync("/api/sinks/erp")));
        await Ok(service.Administrator.PutAsJsonAsync("/api/sinks/erp/enabled", new Switch(true), ServiceJson.Options));
        await SeeAsync(receiver, 1);
        await Ok(service.Administrator.PutAsJsonAsync("/api/sinks/erp/enabled", new Switch(false), ServiceJson.Options));
        await JudgeAsync(service.Administrator, "plate", TestPictures.Good(2));
        await Ok(service.Administrator.DeleteAsync("/api/sinks/erp?discard=true"));

        Assert.Empty(await GetAsync<List<SinkInfo>>(service.Administrator, "/api/sinks"));
        AuditEntry entry = (await GetAsync<Page<AuditEntry>>(service.Administrator, "/api/audit?subject=sink erp")).Items[0];
        Assert.Equal("sink.removed", entry.Action);
        Assert.Contains("\"discarded\":1", entry.After);
        await Refused(HttpStatusCode.NotFound, service.Administrator.DeleteAsync("/api/sinks/erp"));
        await JudgeAsync(service.Administrator, "plate", TestPictures.Good(3));
        Assert.Empty(await GetAsync<List<SinkInfo>>(service.Administrator, "/api/sinks"));
    }

    [Fact]
    public async Task Two_who_change_one_sink_are_told_apart_and_what_cannot_be_is_refused()
    {
        await using ServiceUnderTest service = await ServiceUnderTest.StartAsync(
            InFolder("data"), backbone, settings: ["--Service:Webhooks:0:Name=fixed", "--Service:Webhooks:0:Url=http://localhost:1"]);
        await Ok(Post(service, new SinkSettings { Name = "erp", Url = "http://localhost:1" }));
        await Ok(Put(service, "erp", new SinkSettings { Url = "http://localhost:2" }, "\"1\""));

        Assert.Contains("ETag", await Refused(HttpStatusCode.PreconditionFailed, Put(service, "erp", new SinkSettings { Url = "http://localhost:3" }, "\"1\"")));
        Assert.Equal("settings", (await GetAsync<List<SinkInfo>>(service.Administrator, "/api/sinks"))[0].From);
        Assert.Contains("settings", await Refused(HttpStatusCode.Conflict, Put(service, "fixed", new SinkSettings { Url = "http://localhost:3" })));
        Assert.Contains("settings", await Refused(HttpStatusCode.Conflict, service.Administrator.DeleteAsync("/api/sinks/fixed")));
        Assert.Contains("already", await Refused(HttpStatusCode.Conflict, Post(service, new SinkSettings { Name = "erp", Url = "http://localhost:1" })));
        foreach ((SinkSettings wrong, string says) in (ValueTuple<SinkSettings, string>[])
        [
            (new() { Name = "a b", Url = "http://localhost:1" }, "letters"), (new() { Name = "x", Url = "file:///etc/passwd" }, "http://"),
            (new() { Name = "x", Url = "http://u:p@localhost" }, "secret"), (new() { Name = "x", Kind = "fax" }, "webhook or mqtt"),
            (new() { Name = "x", Kind = "mqtt" }, "Server"), (new() { Name = "x", Kind = "mqtt", Server = "b", Topic = "a/#" }, "Topic"),
            (new() { Name = "x", Url = "http://localhost", TimeoutSeconds = 0 }, "TimeoutSeconds"),
        ])
            Assert.Contains(says, await Refused(HttpStatusCode.BadRequest, Post(service, wrong)));
        Assert.Contains("stays", await Refused(HttpStatusCode.BadRequest, Put(service, "erp", new SinkSettings { Name = "b", Url = "http://localhost" })));
        Assert.Contains("remove it", await Refused(HttpStatusCode.BadRequest, Put(service, "erp", new SinkSettings { Kind = "mqtt", Server = "b" })));
        string nulls = "{\"name\": \"nulls\", \"url\": \"http://localhost:1\", \"verdicts\": null, \"secret\": null}";
        await Ok(service.Administrator.PostAsync("/api/sinks", new StringContent(nulls, null, "application/json")));
        await Ok(service.Administrator.DeleteAsync("/api/sinks/nulls"));
        HttpClient engineer = await service.WithKeyAsync("lab", Role.Engineer);
        await Refused(HttpStatusCode.Forbidden, engineer.GetAsync("/api/sinks/erp"));
        Assert.Equal(2, (await GetAsync<List<SinkInfo>>(service.Administrator, "/api/sinks")).Count);
    }

    [Fact]
    public async Task A_broker_is_set_up_changed_and_removed_while_the_service_runs()
    {
        await using Mosquitto broker = await Mosquitto.StartAsync(InFolder("broker"));
        await using ServiceUnderTest service = await ServiceUnderTest.StartAsync(InFolder("data"), backbone);
        await service.ImportAsync("plate", backbone);
        await Ok(Post(service, new SinkSettings { Name = "plant", Kind = "mqtt", Server = "127.0.0.1", Port = broker.Port, Topic = "a" }));
        await JudgeAsync(service.Administrator, "plate", TestPictures.Good(1));
        await SentAsync(1);

        await Ok(Put(service, "plant", new SinkSettings { Kind = "mqtt", Server = "127.0.0.1", Port = broker.Port, Topic = "b" }));
        await JudgeAsync(service.Administrator, "plate", TestPictures.Good(2));
        await SentAsync(2);
        await Ok(service.Administrator.DeleteAsync("/api/sinks/plant"));

        Assert.Empty(await GetAsync<List<SinkInfo>>(service.Administrator, "/api/sinks"));

        Task SentAsync(long count) => Eventually.GetAsync(
            async () => (await GetAsync<List<SinkInfo>>(service.Administrator, "/api/sinks")).Single(), one => one.Sent == count, "the result");
    }

    private static Task<HttpResponseMessage> Post(ServiceUnderTest service, SinkSettings sink) =>
        service.Administrator.PostAsJsonAsync("/api/sinks", sink, ServiceJson.Options);

    private static Task<HttpResponseMessage> Put(ServiceUnderTest service, string name, SinkSettings sink, string? tag = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Put, $"/api/sinks/{name}") { Content = JsonContent.Create(sink, options: ServiceJson.Options) };
        if (tag is not null) request.Headers.IfMatch.ParseAdd(tag);
        return service.Administrator.SendAsync(request);
    }

    private static Task<int> SeeAsync(Receiver receiver, int count) =>
        Eventually.GetAsync(() => Task.FromResult(receiver.Taken.Count), taken => taken == count, $"result {count}");

    private static string Signature(Receiver receiver) => receiver.Taken.Last().Headers["webhook-signature"].ToString();

    private static string Signed(Receiver receiver, string secret) => WebhookSink.Sign(
        secret, receiver.Taken.Last().Headers["webhook-id"]!, receiver.Taken.Last().Headers["webhook-timestamp"]!, receiver.Taken.Last().Body);
}
