using System.Buffers;
using System.Collections.Concurrent;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using MQTTnet;
using MQTTnet.Formatter;
using MQTTnet.Protocol;
using PromptAD.Client;
using PromptAD.Server.Operations;
using PromptAD.Server.Tests.Fixtures;
using static PromptAD.Server.Tests.Fixtures.ServiceUnderTest;

namespace PromptAD.Server.Tests.Sinks;

/// <summary>With Debian's Mosquitto as the broker.</summary>
public sealed class MqttTests(TinyBackbone backbone) : TemporaryFolder
{
    [Fact]
    public async Task Recipe_trigger_result_and_acknowledgement_go_by_the_broker()
    {
        await using Mosquitto broker = await Mosquitto.StartAsync(InFolder("broker"));
        await using Listener line = await Listener.ConnectAsync(broker);
        await using (ServiceUnderTest service = await StartAsync(broker))
        {
            await service.ImportAsync("plate", backbone);
            await line.SeeAsync("promptad/status", "online");
            await line.SendAsync("promptad/stations/line-1/recipe/set", "plate"u8.ToArray());
            await line.SeeStateAsync(state => state.Ready && state.RecipeInForce == "plate");

            await line.SendAsync("promptad/stations/line-1/trigger", TestPictures.Defect(1), part: "SN-1", key: "a");
            await line.SendAsync("promptad/stations/line-1/trigger", TestPictures.Defect(1), part: "SN-1", key: "a"); // once more
            await line.SendAsync("promptad/stations/line-1/trigger", TestPictures.Good(2), part: "SN-2", key: "b");

            InspectionResult[] results = await line.SeeResultsAsync(2);
            Assert.Equal(["SN-1", "SN-2"], results.Select(one => one.Part).Order());
            Assert.Equal(InspectionVerdict.NG, results.Single(one => one.Part == "SN-1").Verdict);
            long last = results.Max(one => one.Id);
            await line.SeeStateAsync(state => state.ResultId == last && state.ResultReady && !state.Busy);
            await line.SendAsync("promptad/stations/line-1/acknowledged/set", Encoding.ASCII.GetBytes($"{last}"));
            await line.SeeStateAsync(state => state.Acknowledged);
            await line.SendAsync("promptad/stations/line-2/trigger", TestPictures.Good(1)); // no recipe
            Assert.Contains("recipe", (await line.SeeStateAsync(state => state.NG, "line-2")).Error);
            Assert.Equal(2, (await GetAsync<Page<InspectionResult>>(service.Administrator, "/api/inspections")).Items.Count);
        }

        await line.SeeAsync("promptad/status", "offline");
        await using Listener late = await Listener.ConnectAsync(broker);
        await late.SeeAsync("promptad/status", "offline"); // retained
        Assert.Equal("plate", (await late.SeeStateAsync(_ => true)).RecipeAsked);
    }

    [Fact]
    public async Task A_broker_that_is_away_for_a_while_gets_every_result_in_order()
    {
        await using Mosquitto broker = await Mosquitto.StartAsync(InFolder("broker"));
        List<long> judged = [];
        await using (ServiceUnderTest service = await StartAsync(broker))
        {
            await service.ImportAsync("plate", backbone);
            await broker.StopAsync();
            for (int i = 0; i < 3; i++) judged.Add((await JudgeAsync(service.Administrator, "plate", TestPictures.Good(i))).Id);
            SinkInfo sink = await SinkAsync(service, one => one.Errors > 0);
            Assert.Equal((3, "mqtt"), (sink.Waiting, sink.Kind));
        }
        await broker.StartAgainAsync();
        await using Listener line = await Listener.ConnectAsync(broker);

        await using ServiceUnderTest again = await StartAsync(broker); // over a restart, too
        judged.Add((await JudgeAsync(again.Administrator, "plate", TestPictures.Good(9))).Id);
        Assert.Equal(judged, (await line.SeeResultsAsync(4)).Select(one => one.Id));
        await broker.StopAsync();
        judged.Add((await JudgeAsync(again.Administrator, "plate", TestPictures.Good(10))).Id);
        await broker.StartAgainAsync();

        await SinkAsync(again, one => one.Waiting == 0);
        await line.AgainAsync();
        Assert.Equal(judged, (await line.SeeResultsAsync(5)).Select(one => one.Id).Distinct());
    }

    [Fact]
    public async Task What_was_sent_while_the_service_was_away_is_inspected_when_it_is_back()
    {
        await using Mosquitto broker = await Mosquitto.StartAsync(InFolder("broker"));
        await using Listener line = await Listener.ConnectAsync(broker);
        await using (ServiceUnderTest service = await StartAsync(broker))
        {
            await service.ImportAsync("plate", backbone);
            await line.SendAsync("promptad/stations/line-1/recipe/set", "plate"u8.ToArray());
            await line.SeeStateAsync(state => state.Ready);
        }
        await line.SeeAsync("promptad/status", "offline");
        await line.SendAsync("promptad/stations/line-1/trigger", TestPictures.Defect(3), part: "late");

        await using ServiceUnderTest again = await StartAsync(broker);

        Assert.Equal("late", (await line.SeeResultsAsync(1)).Single().Part);
    }

    [Fact]
    public async Task A_picture_that_comes_while_the_bucket_is_away_is_inspected_when_it_is_back()
    {
        await using Mosquitto broker = await Mosquitto.StartAsync(InFolder("broker"));
        await using Listener line = await Listener.ConnectAsync(broker);
        await using TestBucket bucket = await TestBucket.StartAsync();
        await using ServiceUnderTest service = await StartAsync(broker, bucket.Settings);
        await service.ImportAsync("plate", backbone);
        await line.SeeAsync("promptad/status", "online");
        await line.SendAsync("promptad/stations/line-1/recipe/set", "plate"u8.ToArray());
        await line.SeeStateAsync(state => state.Ready && state.RecipeInForce == "plate");
        bucket.IsAway = true;

        await line.SendAsync("promptad/stations/line-1/trigger", TestPictures.Good(1), part: "SN-1");
        await SinkAsync(service, one => one.LastError?.Contains("does not answer", StringComparison.Ordinal) == true);
        Assert.Equal(System.Net.HttpStatusCode.ServiceUnavailable, (await service.Anonymous.GetAsync("/health/ready")).StatusCode);
        bucket.IsAway = false;

        Assert.Equal("SN-1", Assert.Single(await line.SeeResultsAsync(1)).Part);
    }

    [Fact]
    public async Task A_sink_whose_triggers_or_topic_changed_or_that_was_removed_takes_no_earlier_commands()
    {
        await using Mosquitto broker = await Mosquitto.StartAsync(InFolder("broker"));
        await using Listener line = await Listener.ConnectAsync(broker);
        await using ServiceUnderTest service = await ServiceUnderTest.StartAsync(InFolder("data"), backbone);
        await service.ImportAsync("plate", backbone);
        var sink = new SinkSettings { Name = "plant", Kind = "mqtt", Server = "127.0.0.1", Port = broker.Port, Triggers = true };
        await PostAsync<SinkSettings>(service.Administrator, "/api/sinks", sink);
        await AskAsync("promptad", 1);

        await ChangeAsync(sink with { Triggers = false });
        await line.SendAsync("promptad/stations/line-1/recipe/set", "off"u8.ToArray());
        await ChangeAsync(sink);
        await AskAsync("promptad", 2);
        await ChangeAsync(sink with { Topic = "promptad/other" });
        await line.SendAsync("promptad/stations/line-1/recipe/set", "elsewhere"u8.ToArray());
        await AskAsync("promptad/other", 3);
        await Ok(service.Administrator.DeleteAsync("/api/sinks/plant?discard=true"));
        await line.SeeAsync("promptad/other/status", "offline");
        await line.SendAsync("promptad/other/stations/line-1/recipe/set", "removed"u8.ToArray());
        await PostAsync<SinkSettings>(service.Administrator, "/api/sinks", sink with { Topic = "promptad/other" });
        await AskAsync("promptad/other", 4);

        async Task ChangeAsync(SinkSettings wanted)
        {
            line.Forget();
            await Ok(service.Administrator.PutAsJsonAsync("/api/sinks/plant", wanted, ServiceJson.Options));
            await line.SeeAsync($"{wanted.Topic ?? "promptad"}/status", "online");
        }

        async Task AskAsync(string topic, int count)
        {
            await line.SeeAsync($"{topic}/status", "online");
            await line.SendAsync($"{topic}/stations/line-1/recipe/set", "plate"u8.ToArray());
            IReadOnlyList<AuditEntry> all = await Eventually.GetAsync(AuditAsync, found => found.Count >= count, $"recipe {count}");
            Assert.All(all, entry => Assert.Contains("plate", $"{entry.After}"));
            Assert.Equal(count, all.Count);
        }

        async Task<IReadOnlyList<AuditEntry>> AuditAsync() =>
            [.. (await GetAsync<Page<AuditEntry>>(service.Administrator, "/api/audit")).Items.Where(entry => entry.Action == "station.recipe")];
    }

    [Fact]
    public async Task A_command_that_cannot_be_done_shows_as_the_error_of_the_station()
    {
        await using Mosquitto broker = await Mosquitto.StartAsync(InFolder("broker"));
        await using Listener line = await Listener.ConnectAsync(broker);
        await using ServiceUnderTest service = await StartAsync(broker);
        await service.ImportAsync("plate", backbone);
        await line.SeeAsync("promptad/status", "online");
        await line.SendAsync("promptad/stations/line-1/recipe/set", "plate"u8.ToArray());
        await line.SeeStateAsync(state => state.Ready);

        await line.SendAsync("promptad/stations/line-1/trigger", TestPictures.Good(1), type: "text/plain");
        await line.SeeStateAsync(state => state.Error?.Contains("text/plain", StringComparison.Ordinal) == true);
        await line.SendAsync("promptad/stations/line-1/acknowledged/set", "first"u8.ToArray());
        await line.SeeStateAsync(state => state.Error?.Contains("'first'", StringComparison.Ordinal) == true);
        await line.SendAsync("promptad/stations/line-1/acknowledged/set", "77"u8.ToArray());
        await line.SeeStateAsync(state => state.Error?.Contains("77", StringComparison.Ordinal) == true);
    }

    private Task<ServiceUnderTest> StartAsync(Mosquitto broker, string[]? settings = null) => ServiceUnderTest.StartAsync(InFolder("data"), backbone, settings:
    [
        "--Service:Mqtt:0:Name=plant", "--Service:Mqtt:0:Server=127.0.0.1", $"--Service:Mqtt:0:Port={broker.Port}", "--Service:Mqtt:0:Triggers=true",
        .. settings ?? [],
    ]);

    private static Task<SinkInfo> SinkAsync(ServiceUnderTest service, Func<SinkInfo, bool> isThere) => Eventually.GetAsync(
        async () => (await GetAsync<List<SinkInfo>>(service.Administrator, "/api/sinks")).Single(), isThere, "the sink");

    /// <summary>A line that hears all and sends.</summary>
    private sealed class Listener : IAsyncDisposable
    {
        private readonly IMqttClient client = new MqttClientFactory().CreateMqttClient();
        private readonly ConcurrentQueue<(string Topic, byte[] Payload)> heard = [];
        private readonly Mosquitto broker;

        private Listener(Mosquitto broker) => this.broker = broker;

        public static async Task<Listener> ConnectAsync(Mosquitto broker)
        {
            var line = new Listener(broker);
            line.client.ApplicationMessageReceivedAsync += message =>
            {
                line.heard.Enqueue((message.ApplicationMessage.Topic, message.ApplicationMessage.Payload.ToArray()));
                return Task.CompletedTask;
            };
            await line.AgainAsync($"{Guid.NewGuid():N}");
            return line;
        }

        public async Task AgainAsync(string? id = null)
        {
            if (client.IsConnected) return;
            await client.ConnectAsync(new MqttClientOptionsBuilder().WithTcpServer("127.0.0.1", broker.Port).WithProtocolVersion(MqttProtocolVersion.V500)
                .WithClientId(id ?? client.Options.ClientId).WithCleanStart(false).WithSessionExpiryInterval(3600).Build());
            await client.SubscribeAsync("promptad/#", MqttQualityOfServiceLevel.AtLeastOnce);
        }

        public async Task SendAsync(string topic, byte[] payload, string? part = null, string? key = null, string? type = null)
        {
            MqttApplicationMessageBuilder message = new MqttApplicationMessageBuilder().WithTopic(topic).WithPayload(payload)
                .WithQualityOfServiceLevel(MqttQualityOfServiceLevel.AtLeastOnce);
            if (part is not null) message = message.WithUserProperty("part", Encoding.UTF8.GetBytes(part).AsMemory());
            if (type is not null) message = message.WithContentType(type);
            if (key is not null) message = message.WithCorrelationData(Encoding.UTF8.GetBytes(key));
            Assert.True((await client.PublishAsync(message.Build())).IsSuccess);
        }

        public void Forget() => heard.Clear();

        public Task<byte[]?> SeeAsync(string topic, string payload) => Eventually.GetAsync(
            () => Task.FromResult<byte[]?>(heard.LastOrDefault(one => one.Topic == topic).Payload), last => last is not null && Encoding.UTF8.GetString(last) == payload, $"{topic} {payload}");

        public Task<StationInfo> SeeStateAsync(Func<StationInfo, bool> isThere, string station = "line-1") => Eventually.GetAsync(
            () => Task.FromResult(Read<StationInfo>(heard.LastOrDefault(one => one.Topic == $"promptad/stations/{station}/state").Payload ?? "{}"u8.ToArray())), isThere, "the state");

        public Task<InspectionResult[]> SeeResultsAsync(int count) => Eventually.GetAsync(
            () => Task.FromResult(heard.Where(one => one.Topic.EndsWith("/result", StringComparison.Ordinal)).Select(one => Read<InspectionResult>(one.Payload)).ToArray()),
            results => results.Length >= count, $"result {count}");

        public async ValueTask DisposeAsync()
        {
            if (client.IsConnected) await client.DisconnectAsync(new MqttClientDisconnectOptions());
            client.Dispose();
        }

        private static T Read<T>(byte[] payload) => JsonSerializer.Deserialize<T>(payload, ServiceJson.Options)!;
    }
}
