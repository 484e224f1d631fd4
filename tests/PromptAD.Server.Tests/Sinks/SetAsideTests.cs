using System.Net;
using Microsoft.Extensions.DependencyInjection;
using PromptAD.Client;
using PromptAD.Server.Tests.Fixtures;
using static PromptAD.Server.Tests.Fixtures.ServiceUnderTest;

namespace PromptAD.Server.Tests.Sinks;

/// <summary>Results that a sink does not take: set aside, listed, sent again; later ones go on.</summary>
public sealed class SetAsideTests(TinyBackbone backbone, PostgresCluster cluster) : TemporaryFolder
{
    [Theory]
    [InlineData("SQLite")]
    [InlineData("PostgreSQL")]
    public async Task What_is_refused_is_set_aside_and_sent_again_when_asked_for(string kind)
    {
        await using Receiver receiver = await Receiver.StartAsync();
        string? database = await DatabaseAsync(kind);
        long[] ids;
        await using (ServiceUnderTest service = await StartAsync(receiver, database))
        {
            receiver.Answer = id => id == "inspection-2" ? HttpStatusCode.UnprocessableEntity : null;
            ids = await JudgeThreeAsync(service);

            SinkInfo sink = await SinkAsync(service, one => one is { Sent: 2, Waiting: 0 });
            Assert.Equal((0, 1, 1), (sink.Waiting, sink.SetAside, sink.Errors));
            Assert.Contains("422", sink.LastError);
            Assert.Equal([ids[0], ids[2]], Ids(receiver));
            Assert.Contains("promptad_sink_set_aside_total", await service.Administrator.GetStringAsync("/metrics"));
        }
        await using ServiceUnderTest again = await StartAsync(receiver, database); // set aside over a restart
        Page<SetAsideResult> listed = await GetAsync<Page<SetAsideResult>>(again.Administrator, "/api/sinks/erp/set-aside");
        Assert.Equal(ids[1], listed.Items.Single().Inspection);
        Assert.Contains("Refused", listed.Items[0].Reason);
        Assert.True(listed.Items[0].SetAside >= listed.Items[0].Since);
        HttpClient reviewer = await again.WithKeyAsync("desk", Role.Operator);
        await Ok(reviewer.GetAsync("/api/sinks/erp/set-aside"));
        await Refused(HttpStatusCode.Forbidden, reviewer.PostAsync("/api/sinks/erp/set-aside/retry", null));
        receiver.Answer = _ => null;

        SetAsideCount retried = await ReadAsync<SetAsideCount>(await Ok(again.Administrator.PostAsync("/api/sinks/erp/set-aside/retry", null)));

        Assert.Equal(1, retried.Results);
        await SinkAsync(again, one => one is { Waiting: 0, SetAside: 0, Sent: 1 });
        Assert.Equal([ids[0], ids[2], ids[1]], Ids(receiver));
        AuditEntry entry = (await GetAsync<Page<AuditEntry>>(again.Administrator, "/api/audit?subject=sink erp")).Items[0];
        Assert.Equal(("sink.retried", $"user {Name}"), (entry.Action, entry.Actor));
        await Refused(HttpStatusCode.NotFound, again.Administrator.PostAsync("/api/sinks/erp/set-aside/retry", null));
    }

    [Theory]
    [InlineData(HttpStatusCode.RequestTimeout)]
    [InlineData((HttpStatusCode)425)]
    [InlineData(HttpStatusCode.TooManyRequests)]
    [InlineData(HttpStatusCode.InternalServerError)]
    public async Task What_may_pass_is_tried_again_in_order(HttpStatusCode status)
    {
        await using Receiver receiver = await Receiver.StartAsync();
        int left = 2;
        receiver.Answer = _ => Interlocked.Decrement(ref left) >= 0 ? status : null;
        await using ServiceUnderTest service = await StartAsync(receiver, null);

        long[] ids = await JudgeThreeAsync(service);

        SinkInfo sink = await SinkAsync(service, one => one.Sent == 3);
        Assert.Equal((0, 2), (sink.SetAside, sink.Errors));
        Assert.Equal(ids, Ids(receiver));
    }

    [Fact]
    public async Task What_is_not_taken_for_too_long_is_set_aside_and_later_results_go_on()
    {
        await using Receiver receiver = await Receiver.StartAsync();
        receiver.Answer = id => id == "inspection-1" ? HttpStatusCode.InternalServerError : null;
        await using ServiceUnderTest service = await StartAsync(receiver, null, $"--Service:Webhooks:0:GiveUpAfterHours={1.5 / 3600}");

        long[] ids = await JudgeThreeAsync(service);

        SinkInfo sink = await SinkAsync(service, one => one is { Sent: 2, Waiting: 0 });
        Assert.Equal((0, 1), (sink.Waiting, sink.SetAside));
        Assert.True(sink.Errors > 1, $"{sink.Errors} attempts");
        Assert.Equal([ids[1], ids[2]], Ids(receiver));
    }

    [Fact]
    public async Task A_clock_that_jumps_sets_nothing_aside()
    {
        await using Receiver receiver = await Receiver.StartAsync();
        receiver.Answer = _ => HttpStatusCode.InternalServerError;
        var clock = new SetClock();
        await using ServiceUnderTest service = await ServiceUnderTest.StartAsync(
            InFolder("data"), backbone, configure: services => services.AddSingleton<TimeProvider>(clock), settings:
            ["--Service:Webhooks:0:Name=erp", $"--Service:Webhooks:0:Url={receiver.Address}"]);
        HttpClient reviewer = await service.WithKeyAsync("desk", Role.Operator);
        long[] ids = await JudgeThreeAsync(service);

        clock.Move(TimeSpan.FromDays(30));

        Task<SinkInfo> Look(Func<SinkInfo, bool> isThere) => Eventually.GetAsync(
            async () => (await GetAsync<List<SinkInfo>>(reviewer, "/api/sinks")).Single(), isThere, "the sink");
        long errors = (await Look(_ => true)).Errors;
        Assert.Equal(0, (await Look(one => one.Errors > errors + 1)).SetAside);
        receiver.Answer = _ => null;
        await Look(one => one.Sent == 3);
        Assert.Equal(ids, Ids(receiver));
    }

    [Fact]
    public async Task What_was_set_aside_can_be_thrown_away_and_that_is_noted()
    {
        await using Receiver receiver = await Receiver.StartAsync();
        receiver.Answer = _ => HttpStatusCode.BadRequest;
        await using ServiceUnderTest service = await StartAsync(receiver, null);
        long[] ids = await JudgeThreeAsync(service);
        await SinkAsync(service, one => one.SetAside == 3);

        Page<SetAsideResult> first = await GetAsync<Page<SetAsideResult>>(service.Administrator, "/api/sinks/erp/set-aside?limit=2");
        await Ok(service.Administrator.DeleteAsync($"/api/sinks/erp/set-aside?inspection={ids[1]}"));

        Assert.Equal([ids[2], ids[1]], first.Items.Select(one => one.Inspection));
        Assert.Equal(ids[0], (await GetAsync<Page<SetAsideResult>>(service.Administrator, $"/api/sinks/erp/set-aside?before={first.Next}")).Items.Single().Inspection);
        Assert.Equal(2, (await SinkAsync(service, _ => true)).SetAside);
        await Ok(service.Administrator.DeleteAsync("/api/sinks/erp/set-aside"));
        Assert.Equal(0, (await SinkAsync(service, _ => true)).SetAside);
        Assert.Equal(2, (await GetAsync<Page<AuditEntry>>(service.Administrator, "/api/audit?subject=sink erp")).Items.Count(one => one.Action == "sink.discarded"));
    }

    private Task<ServiceUnderTest> StartAsync(Receiver receiver, string? database, params string[] settings) => ServiceUnderTest.StartAsync(
        InFolder("data"), backbone, database, ["--Service:Webhooks:0:Name=erp", $"--Service:Webhooks:0:Url={receiver.Address}", .. settings]);

    private async Task<string?> DatabaseAsync(string kind)
    {
        if (kind != "PostgreSQL") return null;
        PostgresCluster.Demand();
        return await cluster.NewDatabaseAsync();
    }

    private async Task<long[]> JudgeThreeAsync(ServiceUnderTest service)
    {
        await service.ImportAsync("plate", backbone);
        List<long> ids = [];
        for (int i = 0; i < 3; i++) ids.Add((await JudgeAsync(service.Administrator, "plate", TestPictures.Good(i))).Id);
        Assert.Equal([1, 2, 3], ids); // as the receivers expect
        return [.. ids];
    }

    private static IEnumerable<long> Ids(Receiver receiver) =>
        receiver.Taken.Select(one => long.Parse(one.Headers["webhook-id"].ToString()["inspection-".Length..]));

    private static Task<SinkInfo> SinkAsync(ServiceUnderTest service, Func<SinkInfo, bool> isThere) => Eventually.GetAsync(
        async () => (await GetAsync<List<SinkInfo>>(service.Administrator, "/api/sinks")).Single(one => one.Name == "erp"), isThere, "the sink");
}
