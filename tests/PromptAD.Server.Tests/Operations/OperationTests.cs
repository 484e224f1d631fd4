using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using PromptAD.Client;
using PromptAD.Server.Commands;
using PromptAD.Server.Storage;
using PromptAD.Server.Tests.Fixtures;
using static PromptAD.Server.Tests.Fixtures.ServiceUnderTest;

namespace PromptAD.Server.Tests.Operations;

/// <summary>What keeps a service running for years.</summary>
public sealed class OperationTests(TinyBackbone backbone) : TemporaryFolder
{
    [Fact]
    public async Task Health_metrics_and_the_interface_are_told()
    {
        await using ServiceUnderTest service = await ServiceUnderTest.StartAsync(InFolder("data"), backbone);
        await service.ImportAsync("metered", backbone); // meters are of the process, and other tests run in it
        await JudgeAsync(service.Administrator, "metered", TestPictures.Defect(1));

        Assert.Equal(HttpStatusCode.OK, (await service.Anonymous.GetAsync("/health/live")).StatusCode);
        Assert.Equal("Healthy", await service.Anonymous.GetStringAsync("/health/ready"));
        string metrics = await Eventually.GetAsync(
            () => service.Administrator.GetStringAsync("/metrics"), told => told.Contains("\"metered\"", StringComparison.Ordinal), "a count");
        Assert.Matches("promptad_inspections_total\\{[^}]*product=\"metered\",verdict=\"NG\"[^}]*\\} 1", metrics);
        Assert.Contains("promptad_stage_duration_seconds_bucket", metrics);
        foreach (string gauge in (string[])["detectors", "encoders", "queue"]) // of whichever service was asked last
            Assert.Matches($"promptad_{gauge}(\\{{[^}}]*\\}})? [0-9]+\n", metrics);
        Assert.Matches("promptad_disk_free_bytes(\\{[^}]*\\})? [1-9]", metrics);
        JsonElement interfaces = JsonElement.Parse(await service.Anonymous.GetStringAsync("/openapi.json"));
        Assert.True(interfaces.GetProperty("paths").EnumerateObject().Count() > 25);
        JsonElement inspect = interfaces.GetProperty("paths").GetProperty("/api/products/{product}/inspections").GetProperty("post");
        Assert.True(inspect.GetProperty("requestBody").GetProperty("content").TryGetProperty("image/png", out _));
        Assert.True(inspect.GetProperty("responses").TryGetProperty("429", out _));
        string page = await service.Anonymous.GetStringAsync("/docs/");
        Assert.DoesNotContain("//cdn", page);
        Assert.DoesNotContain("https://", page);
    }

    [Fact]
    public async Task Traces_of_an_inspection_reach_the_collector_that_is_set_up()
    {
        var received = new TaskCompletionSource<byte[]>(TaskCreationOptions.RunContinuationsAsynchronously);
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        await using WebApplication collector = builder.Build();
        collector.MapPost("/v1/traces", async (HttpRequest request) =>
        {
            var body = new MemoryStream();
            await request.Body.CopyToAsync(body);
            if (body.ToArray().AsSpan().IndexOf("promptad.verdict"u8) >= 0) received.TrySetResult(body.ToArray());
        });
        await collector.StartAsync();
        await using (ServiceUnderTest service = await ServiceUnderTest.StartAsync(InFolder("data"), backbone, settings:
        [
            $"--OTEL_EXPORTER_OTLP_ENDPOINT={collector.Urls.Single()}", "--OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf",
        ]))
        {
            await service.ImportAsync("plate", backbone);
            await JudgeAsync(service.Administrator, "plate", TestPictures.Defect(1));
        }

        byte[] traces = await received.Task.WaitAsync(TimeSpan.FromSeconds(30)); // what is left is sent at the end
        foreach (string step in (string[])["inspection", "judge", "write", "promptad-server"])
            Assert.True(traces.AsSpan().IndexOf(System.Text.Encoding.UTF8.GetBytes(step)) >= 0, step);
    }

    [Fact]
    public async Task At_the_end_all_that_was_accepted_is_judged()
    {
        long[] ids;
        await using (ServiceUnderTest service = await ServiceUnderTest.StartAsync(InFolder("data"), backbone))
        {
            await service.ImportAsync("plate", backbone);
            InspectionResult[] queued = await Task.WhenAll(Enumerable.Range(0, 20).Select(async i => await ReadAsync<InspectionResult>(
                await Ok(InspectAsync(service.Administrator, "plate", TestPictures.Good(i), "?wait=false")))));
            ids = [.. queued.Select(one => one.Id)];
        }

        await using var db = new SqliteConnection(DatabaseSetup.SqliteConnectionString(InFolder("data")));
        await db.OpenAsync();
        using SqliteCommand count = db.CreateCommand();
        count.CommandText = "SELECT COUNT(*) FROM inspections WHERE State = 'Done'";
        Assert.Equal((long)ids.Length, await count.ExecuteScalarAsync());
    }

    [Fact]
    public async Task A_backup_is_whole_and_comes_back()
    {
        InspectionResult judged;
        await using (ServiceUnderTest service = await ServiceUnderTest.StartAsync(InFolder("data"), backbone))
        {
            await service.ImportAsync("plate", backbone);
            judged = await JudgeAsync(service.Administrator, "plate", TestPictures.Defect(1));
            Assert.Equal(0, await Run("backup", InFolder("backup"), "--data", InFolder("data")));
        }
        Assert.Equal(0, await Run("restore", InFolder("backup"), "--data", InFolder("again")));
        PromptADException refused = await Assert.ThrowsAsync<PromptADException>(() => Run("restore", InFolder("backup"), "--data", InFolder("data")));
        Assert.Contains("not empty", refused.Message);

        Assert.Equal(0, await Run("check", "--data", InFolder("again")));
        await using ServiceUnderTest restored = await ServiceUnderTest.StartAsync(InFolder("again"), backbone);
        InspectionResult back = await GetAsync<InspectionResult>(restored.Administrator, $"/api/inspections/{judged.Id}");
        Assert.Equivalent(judged, back);
        await Ok(restored.Administrator.GetAsync($"/api/inspections/{judged.Id}/picture"));
    }

    [Fact]
    public async Task A_backup_goes_on_without_a_damaged_file_and_names_it()
    {
        await using ServiceUnderTest service = await ServiceUnderTest.StartAsync(InFolder("data"), backbone);
        await service.ImportAsync("plate", backbone);
        var files = (FolderStore)service.Services.GetRequiredService<FileStore>();
        string whole = files.Keep([1, 2, 3]), damaged = files.Keep([4, 5, 6]);
        File.WriteAllBytes(files.PathOf(damaged), [7]);

        var said = new StringWriter();
        Assert.Equal(1, await ServiceCommand.RunAsync(["backup", InFolder("backup"), "--data", InFolder("data")], said, CancellationToken.None));

        Assert.Contains($"The file {damaged} holds other bytes", said.ToString());
        Assert.Contains("1 could not be read", said.ToString());
        Assert.True(File.Exists(Path.Combine(InFolder("backup"), "files", whole[..2], whole)));
    }

    [Fact]
    public async Task Large_bodies_are_for_pictures_alone()
    {
        await using ServiceUnderTest service = await ServiceUnderTest.StartAsync(InFolder("data"), backbone);
        var content = new StringContent($"{{\"name\": \"{new string('x', 1_100_000)}\"}}");
        content.Headers.ContentType = new("application/json");

        await Refused(HttpStatusCode.RequestEntityTooLarge, service.Anonymous.PostAsync("/api/sign-in", content));
    }

    [Fact]
    public async Task Check_finds_a_file_and_an_entry_that_were_changed()
    {
        await using (ServiceUnderTest service = await ServiceUnderTest.StartAsync(InFolder("data"), backbone))
        {
            await service.ImportAsync("plate", backbone);
            var files = (FolderStore)service.Services.GetRequiredService<FileStore>();
            File.WriteAllBytes(files.PathOf(FileStore.HashOf(backbone.Detector)), [1]);
        }
        await using (var db = new SqliteConnection(DatabaseSetup.SqliteConnectionString(InFolder("data"))))
        {
            await db.OpenAsync();
            using SqliteCommand harm = db.CreateCommand();
            harm.CommandText = "UPDATE audit SET Actor = 'eve' WHERE Number = 1";
            await harm.ExecuteNonQueryAsync();
        }

        var said = new StringWriter();
        Assert.Equal(1, await ServiceCommand.RunAsync(["check", "--data", InFolder("data")], said, CancellationToken.None));

        Assert.Contains("holds other bytes", said.ToString());
        Assert.Contains("Entry 1 of the audit trail was changed.", said.ToString());
        Assert.Contains("2 problems", said.ToString());
    }

    [Fact]
    public async Task Commands_that_cannot_be_are_refused_in_one_line()
    {
        foreach (string[] args in (string[][])[["backup"], ["check", "folder"], ["check", "--data", InFolder("empty")], ["restore", InFolder("none")]])
        {
            PromptADException error = await Assert.ThrowsAsync<PromptADException>(() => Run(args));
            Assert.DoesNotContain('\n', error.Message);
        }
    }

    [Fact]
    public async Task A_clock_that_jumps_disturbs_neither_order_nor_trail()
    {
        var clock = new SetClock();
        await using ServiceUnderTest service = await ServiceUnderTest.StartAsync(
            InFolder("data"), backbone, configure: services => services.AddSingleton<TimeProvider>(clock));
        await service.ImportAsync("plate", backbone);
        HttpClient station = await service.WithKeyAsync("line-1");
        List<InspectionResult> all = [];
        foreach (int days in (int[])[0, -400, 800, -399])
        {
            clock.Move(TimeSpan.FromDays(days));
            all.Add(await JudgeAsync(station, "plate", TestPictures.Good(all.Count), key: $"{all.Count}"));
            Assert.Equal(all[0].Id, (await JudgeAsync(station, "plate", TestPictures.Good(0), key: "0")).Id);
        }

        // The sign-in has ended meanwhile, as it should; a new one works.
        await Ok(service.Anonymous.PostAsync("/api/sign-in", JsonContent.Create(new SignIn(Name, Password))));
        await Ok(service.Administrator.PostAsync("/api/sign-in", JsonContent.Create(new SignIn(Name, Password))));
        Page<InspectionResult> listed = await GetAsync<Page<InspectionResult>>(service.Administrator, "/api/inspections");
        Assert.Equal(all.Select(one => one.Id).Reverse(), listed.Items.Select(one => one.Id));
        Assert.Equal([true, false, true, false], all.Zip([all[0], .. all]).Select(pair => pair.First.Received >= pair.Second.Received));
        Assert.Null((await GetAsync<AuditCheck>(service.Administrator, "/api/audit/check")).Problem);
    }

    [Theory]
    [InlineData("{\"version\": \"two\"}", "application/json", 400, "'version'")]
    [InlineData("{", "application/json", 400, "no JSON")]
    [InlineData("{}", null, 415, "content-type: application/json")]
    [InlineData("{}", "application/x-www-form-urlencoded", 415, "content-type: application/json")]
    public async Task What_cannot_be_read_is_told_in_words_of_the_interface(string body, string? type, int status, string says)
    {
        await using ServiceUnderTest service = await ServiceUnderTest.StartAsync(InFolder("data"), backbone);
        var content = new StringContent(body);
        content.Headers.ContentType = type is null ? null : new(type);

        string told = await Refused((HttpStatusCode)status, service.Administrator.PostAsync("/api/products/plate/activate", content));

        Assert.Contains(says, told);
        Assert.DoesNotContain("Activation", told);
        Assert.Contains("/docs", await Refused(HttpStatusCode.NotFound, service.Administrator.GetAsync("/api/nothing")));
    }

    private static Task<int> Run(params string[] args) => ServiceCommand.RunAsync(args, TextWriter.Null, CancellationToken.None);
}
