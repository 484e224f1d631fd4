using System.Text.Json;
using Microsoft.AspNetCore.Http;
using PromptAD.Client;
using PromptAD.Server.Operations;
using PromptAD.Server.Sinks;
using PromptAD.Server.Tests.Fixtures;
using static PromptAD.Server.Tests.Fixtures.ServiceUnderTest;

namespace PromptAD.Server.Tests.Sinks;

/// <summary>Webhooks, with a receiver on the loopback address.</summary>
public sealed class WebhookTests(TinyBackbone backbone, PostgresCluster cluster) : TemporaryFolder
{
    [Theory]
    [InlineData("SQLite")]
    [InlineData("PostgreSQL")]
    public async Task Results_come_in_order_and_signed_although_the_receiver_fails_at_first(string kind)
    {
        if (kind == "PostgreSQL") PostgresCluster.Demand();
        await using Receiver receiver = await Receiver.StartAsync(failures: 2);
        await using ServiceUnderTest service = await ServiceUnderTest.StartAsync(
            InFolder("data"), backbone, kind == "PostgreSQL" ? await cluster.NewDatabaseAsync() : null, Settings(receiver.Address, "--Service:Webhooks:0:Secret=s3cret"));
        await service.ImportAsync("plate", backbone);
        List<long> judged = [];
        for (int i = 0; i < 3; i++) judged.Add((await JudgeAsync(service.Administrator, "plate", TestPictures.Good(i))).Id);

        await Eventually.GetAsync(() => Task.FromResult(receiver.Taken.Count), count => count >= 3, "the third result");

        Assert.Equal(judged, receiver.Taken.Select(one => JsonSerializer.Deserialize<InspectionResult>(one.Body, ServiceJson.Options)!.Id));
        foreach ((IHeaderDictionary headers, byte[] body) in receiver.Taken)
            Assert.Equal(WebhookSink.Sign("s3cret", headers["webhook-id"]!, headers["webhook-timestamp"]!, body), headers["webhook-signature"]);
        SinkInfo sink = await SinkAsync(service, one => one.Waiting == 0);
        Assert.Equal((3, 2, "webhook"), (sink.Sent, sink.Errors, sink.Kind));
        Assert.Contains("503", sink.LastError);
        Assert.DoesNotContain("s3cret", await service.Administrator.GetStringAsync("/api/sinks"));
        Assert.Contains("promptad_sink_sent_total", await service.Administrator.GetStringAsync("/metrics"));
    }

    [Fact]
    public async Task A_receiver_that_hangs_holds_up_neither_the_line_nor_another_sink()
    {
        await using Receiver hanging = await Receiver.StartAsync(hangs: true), fine = await Receiver.StartAsync();
        await using ServiceUnderTest service = await ServiceUnderTest.StartAsync(InFolder("data"), backbone, settings:
        [
            .. Settings(hanging.Address, "--Service:Webhooks:0:TimeoutSeconds=0.1"), "--Service:Webhooks:1:Name=other", $"--Service:Webhooks:1:Url={fine.Address}",
            "--Service:Webhooks:1:Verdicts:0=NG",
        ]);
        await service.ImportAsync("plate", backbone);

        await JudgeAsync(service.Administrator, "plate", TestPictures.Good(1));
        InspectionResult bad = await JudgeAsync(service.Administrator, "plate", TestPictures.Defect(1));

        SinkInfo sink = await SinkAsync(service, one => one.Errors > 1);
        Assert.Equal(2, sink.Waiting);
        Assert.Contains("0.1 s", sink.LastError);
        await Eventually.GetAsync(() => Task.FromResult(fine.Taken.Count), count => count > 0, "the result");
        Assert.Equal($"inspection-{bad.Id}", fine.Taken.Single().Headers["webhook-id"]);
    }

    [Fact]
    public async Task What_waits_survives_a_restart_and_a_sink_that_was_taken_out()
    {
        await using Receiver receiver = await Receiver.StartAsync(failures: int.MaxValue);
        long id;
        await using (ServiceUnderTest service = await ServiceUnderTest.StartAsync(InFolder("data"), backbone, settings: Settings(receiver.Address)))
        {
            await service.ImportAsync("plate", backbone);
            id = (await JudgeAsync(service.Administrator, "plate", TestPictures.Good(1))).Id;
        }
        await using (ServiceUnderTest without = await ServiceUnderTest.StartAsync(InFolder("data"), backbone))
        {
            SinkInfo lost = (await GetAsync<List<SinkInfo>>(without.Administrator, "/api/sinks")).Single();
            Assert.Equal(("erp", "none", 1), (lost.Name, lost.Kind, lost.Waiting));
        }
        receiver.Recover();

        await using ServiceUnderTest again = await ServiceUnderTest.StartAsync(InFolder("data"), backbone, settings: Settings(receiver.Address));

        await SinkAsync(again, one => one.Waiting == 0);
        Assert.Equal($"inspection-{id}", receiver.Taken.Single().Headers["webhook-id"]);
    }

    [Fact]
    public void The_signature_is_that_of_the_standard() => Assert.Equal(
        "v1," + Convert.ToBase64String(System.Security.Cryptography.HMACSHA256.HashData("key"u8, "inspection-1.2.{}"u8)),
        WebhookSink.Sign("key", "inspection-1", "2", "{}"u8.ToArray()));

    [Theory]
    [InlineData("--Service:Webhooks:0:Url=file:///etc/passwd", "http://")]
    [InlineData("--Service:Webhooks:0:TimeoutSeconds=0", "TimeoutSeconds")]
    [InlineData("--Service:Webhooks:1:Name=erp", "Two sinks")]
    [InlineData("--Service:Webhooks:0:GiveUpAfterHours=-1", "GiveUpAfterHours")]
    [InlineData("--Service:Webhooks:0:Url=http://user:secret@localhost", "secret instead")]
    public async Task Sinks_that_cannot_be_are_refused_in_one_line(string setting, string says)
    {
        PromptADException error = await Assert.ThrowsAsync<PromptADException>(
            () => ServiceUnderTest.StartAsync(InFolder("data"), backbone, settings: [.. Settings(new Uri("http://localhost:1"), "--Service:Webhooks:1:Url=http://localhost:1", "--Service:Webhooks:1:Name=b"), setting]));
        Assert.Contains(says, error.Message);
        Assert.DoesNotContain('\n', error.Message);
    }

    private static string[] Settings(Uri address, params string[] further) => ["--Service:Webhooks:0:Name=erp", $"--Service:Webhooks:0:Url={address}", .. further];

    private static Task<SinkInfo> SinkAsync(ServiceUnderTest service, Func<SinkInfo, bool> isThere) => Eventually.GetAsync(
        async () => (await GetAsync<List<SinkInfo>>(service.Administrator, "/api/sinks")).Single(one => one.Name == "erp"), isThere, "the sink");
}
