using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.ServerSentEvents;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using PromptAD.Client;
using PromptAD.Server.Inspections;
using PromptAD.Server.Operations;
using PromptAD.Server.Storage;
using PromptAD.Server.Tests.Fixtures;
using static PromptAD.Server.Tests.Fixtures.ServiceUnderTest;

namespace PromptAD.Server.Tests.Cluster;

/// <summary>Two nodes as one service.</summary>
public sealed class ClusterTests(TinyBackbone backbone, PostgresCluster cluster) : TemporaryFolder
{
    private const string Line = "line-1";

    [Fact]
    public async Task Any_node_takes_any_request_and_a_product_stays_on_few_nodes()
    {
        PostgresCluster.Demand();
        string database = await cluster.NewDatabaseAsync();
        await using ServiceUnderTest first = await NodeAsync(database, "a");
        await using ServiceUnderTest second = await NodeAsync(database, "b");
        ClusterInfo both = await Eventually.GetAsync(
            () => GetAsync<ClusterInfo>(first.Administrator, "/api/cluster"), one => one.Nodes.Count == 2, "the second node");
        Assert.Equal(["a", "b"], both.Nodes.Select(one => one.Name));

        await first.ImportAsync("plate", backbone);
        HttpClient there = await KeyOfAsync(first, second, Line);
        StationInfo prepared = await ReadAsync<StationInfo>(await Ok(there.PutAsJsonAsync(
            $"/api/stations/{Line}/recipe", new RecipeRequest("plate"), ServiceJson.Options)));
        Assert.Equal(("plate", true), (prepared.RecipeInForce, prepared.Ready));

        // Someone who listens to one node hears of what comes to the other one.
        using var ending = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        Task<long> heard = FirstResultAsync(first.Administrator, ending.Token, out Task listening);
        await listening;
        InspectionResult judged = await ReadAsync<InspectionResult>(await Ok(there.PostAsync(
            $"/api/stations/{Line}/inspections?part=P1", Bytes(TestPictures.Good(1)))));
        Assert.Equal(judged.Id, await heard);
        foreach (HttpClient client in (HttpClient[])[first.Administrator, second.Administrator])
        {
            StationInfo shown = await GetAsync<StationInfo>(client, $"/api/stations/{Line}");
            Assert.Equal((judged.Id, "P1", false), (shown.ResultId, shown.PartId, shown.Busy));
            Assert.Single(await GetAsync<List<StationInfo>>(client, "/api/stations"));
            Assert.Equal("P1", (await GetAsync<InspectionResult>(client, $"/api/inspections/{judged.Id}")).Part);
            Assert.Equal(HttpStatusCode.OK, (await client.GetAsync($"/api/inspections/{judged.Id}/picture")).StatusCode);
        }
        for (int i = 2; i < 12; i++) await JudgeAsync(i % 2 == 0 ? first.Administrator : second.Administrator, "plate", TestPictures.Good(i));
        var product = await GetAsync<ProductInCluster>(second.Administrator, "/api/cluster/products/plate");
        Assert.Equal(11, Assert.Single(product.JudgedBy).Value); // one after the other: one node is enough
        Assert.Equal(11, product.Counts.All);
        Assert.Equal(1, product.Version);
        await Refused(HttpStatusCode.NotFound, second.Administrator.GetAsync("/api/cluster/products/bolt"));
        await Refused(HttpStatusCode.UnprocessableEntity, InspectAsync(first.Administrator, "plate", [1, 2, 3]));
    }

    [Fact]
    public async Task Sources_sinks_and_jobs_run_once_and_go_over_to_the_node_that_is_left()
    {
        PostgresCluster.Demand();
        string database = await cluster.NewDatabaseAsync(), watched = Directory.CreateDirectory(InFolder("watched")).FullName;
        string[] settings = ["--Service:FolderRoots:0:Name=camera", $"--Service:FolderRoots:0:Path={watched}"];
        await using Receiver receiver = await Receiver.StartAsync();
        ServiceUnderTest first = await NodeAsync(database, "a", settings);
        await using ServiceUnderTest second = await NodeAsync(database, "b", settings);
        try
        {
            Assert.Equal(JobState.Completed, (await first.TeachAsync("plate")).State); // also where the other node comes first for jobs
            await Ok(first.Administrator.PostAsJsonAsync(
                "/api/sinks", new SinkSettings { Name = "erp", Kind = "webhook", Url = $"{receiver.Address}" }, ServiceJson.Options));
            await Ok(first.Administrator.PostAsJsonAsync(
                "/api/sources", new SourceSettings { Name = "top", Root = "camera", Station = Line, Product = "plate" }, ServiceJson.Options));
            await Eventually.GetAsync(
                () => GetAsync<List<SinkInfo>>(second.Administrator, "/api/sinks"), all => all.Exists(one => one.Name == "erp"), "the sink");
            await Eventually.GetAsync(
                () => GetAsync<ClusterInfo>(second.Administrator, "/api/cluster"),
                one => one.Nodes.SelectMany(node => node.Does).Count() == 6, "all work"); // of one or of both, as their ports have it
            await File.WriteAllBytesAsync(Path.Combine(watched, "1.bmp"), TestPictures.Good(1));
            await JudgeAsync(second.Administrator, "plate", TestPictures.Good(2));
            await Eventually.GetAsync(() => Task.FromResult(receiver.Taken.Count), count => count == 2, "two results");

            // A node that drains gets no more work, and what it did goes over.
            await Ok(second.Administrator.PutAsJsonAsync("/api/cluster/nodes/a/drained", new NodeDrain(true), ServiceJson.Options));
            await Eventually.GetAsync(
                () => GetAsync<ClusterInfo>(second.Administrator, "/api/cluster"),
                one => one.Nodes.Single(node => node.Name == "b").Does.Count == 6, "all work at the other node");
            Assert.Equal(HttpStatusCode.ServiceUnavailable, (await first.Anonymous.GetAsync("/health/ready")).StatusCode);
        }
        finally
        {
            await first.DisposeAsync();
        }

        await File.WriteAllBytesAsync(Path.Combine(watched, "2.bmp"), TestPictures.Good(3));
        await JudgeAsync(second.Administrator, "plate", TestPictures.Good(4));
        await Eventually.GetAsync(() => Task.FromResult(receiver.Taken.Count), count => count == 4, "four results");
        Assert.Equal(JobState.Completed, (await second.DoAsync("plate", new NewJob { Kind = JobKind.Train })).State);
        Assert.Equal(4, (await GetAsync<InspectionCounts>(second.Administrator, "/api/inspections/counts")).All);
        Assert.Null((await GetAsync<AuditCheck>(second.Administrator, "/api/audit/check")).Problem);
        Assert.Equal("b", Assert.Single((await GetAsync<ClusterInfo>(second.Administrator, "/api/cluster")).Nodes).Name);
    }

    [Fact]
    public async Task Nodes_that_start_at_once_on_a_database_that_is_not_there_make_one()
    {
        PostgresCluster.Demand();
        string database = new NpgsqlConnectionStringBuilder(await cluster.NewDatabaseAsync()) { Database = $"new_{Guid.NewGuid():N}" }.ConnectionString;
        ServiceUnderTest[] nodes = await Task.WhenAll(new[] { "a", "b", "c" }.Select(name => Task.Run(() => StartAsync(name))));
        try
        {
            foreach (ServiceUnderTest node in nodes)
                Assert.Equal(HttpStatusCode.OK, (await node.Anonymous.GetAsync("/health/ready")).StatusCode);
        }
        finally
        {
            foreach (ServiceUnderTest node in nodes) await node.DisposeAsync();
        }

        Task<ServiceUnderTest> StartAsync(string name) => ServiceUnderTest.StartAsync(
            InFolder("data"), backbone, database,
            ["--cluster", $"--node-port={PostgresCluster.FreePort()}", "--Service:Cluster:Address=127.0.0.1", $"--Service:Cluster:Node={name}"],
            setUp: false);
    }

    [Fact]
    public async Task A_node_works_on_beside_a_newer_one_and_is_not_started_again()
    {
        PostgresCluster.Demand();
        string database = await cluster.NewDatabaseAsync();
        await using (ServiceUnderTest old = await NodeAsync(database, "a"))
        {
            await old.ImportAsync("plate", backbone);
            await using ServiceContext db = await old.Services.GetRequiredService<IDbContextFactory<ServiceContext>>().CreateDbContextAsync();
            // As a newer program leaves it that has joined.
            await db.Database.ExecuteSqlRawAsync("""
                ALTER TABLE inspections ADD COLUMN "New" text NULL;
                INSERT INTO "__EFMigrationsHistory" VALUES ('29990101000000_New', '99.0.0');
                """);
            await JudgeAsync(old.Administrator, "plate", TestPictures.Good(1));
            NodeInfo node = (await Eventually.GetAsync(
                () => GetAsync<ClusterInfo>(old.Administrator, "/api/cluster"), one => one.Nodes[0].Version.Length > 0, "its version")).Nodes[0];
            Assert.Matches(@"^\d+\.\d+\.\d+", node.Version);
        }

        PromptADException refused = await Assert.ThrowsAsync<PromptADException>(() => NodeAsync(database, "a"));
        Assert.Equal("The database was changed by a newer version of this program (29990101000000_New); start that one.", refused.Message);
    }

    [Fact]
    public async Task With_a_bucket_nodes_share_no_folder()
    {
        PostgresCluster.Demand();
        string database = await cluster.NewDatabaseAsync();
        await using TestBucket bucket = await TestBucket.StartAsync();
        await using ServiceUnderTest first = await NodeAsync(InFolder("a"), backbone, database, "a", bucket.Settings);
        await using ServiceUnderTest second = await NodeAsync(InFolder("b"), backbone, database, "b", bucket.Settings);
        await first.ImportAsync("plate", backbone);

        InspectionResult judged = await JudgeAsync(second.Administrator, "plate", TestPictures.Good(1));

        Assert.Equal(
            TestPictures.Good(1), await first.Administrator.GetByteArrayAsync($"/api/inspections/{judged.Id}/picture"));
        // Who signed in at one node is signed in at the other.
        using var same = new HttpClient(new HttpClientHandler { CookieContainer = second.Cookies }) { BaseAddress = first.Address };
        Assert.Equal("plate", Assert.Single(await GetAsync<List<ProductInfo>>(same, "/api/products")).Id);
        PromptADException refused = await Assert.ThrowsAsync<PromptADException>(() => NodeAsync(InFolder("c"), backbone, database, "c"));
        Assert.Contains("it has no file 'store-id'. Name with --data the one", refused.Message);
    }

    [Fact]
    public async Task What_a_node_that_is_gone_has_acknowledged_is_judged_by_another_one()
    {
        PostgresCluster.Demand();
        string database = await cluster.NewDatabaseAsync();
        await using ServiceUnderTest first = await NodeAsync(database, "a");
        await first.ImportAsync("plate", backbone);
        string hash = first.Services.GetRequiredService<FileStore>().Keep(TestPictures.Good(1));
        // As a node leaves it that is killed between keeping and judging.
        await using ServiceContext db = await first.Services.GetRequiredService<IDbContextFactory<ServiceContext>>().CreateDbContextAsync();
        var row = new InspectionRow
        {
            ProductId = "plate",
            Version = 1,
            Station = Line,
            Received = DateTime.UtcNow,
            PictureHash = hash,
            MediaType = "image/bmp",
            State = InspectionState.Queued,
        };
        db.Inspections.Add(row);
        await db.SaveChangesAsync();

        InspectionResult judged = await Eventually.GetAsync(
            () => GetAsync<InspectionResult>(first.Administrator, $"/api/inspections/{row.Id}"), one => one.State == InspectionState.Done, "a verdict");

        Assert.NotNull(judged.Score);
    }

    [Fact]
    public async Task Where_two_finish_an_inspection_the_first_stays_and_sinks_get_it_once()
    {
        PostgresCluster.Demand();
        await using Receiver receiver = await Receiver.StartAsync();
        await using ServiceUnderTest first = await NodeAsync(
            await cluster.NewDatabaseAsync(), "a", ["--Service:Webhooks:0:Name=erp", $"--Service:Webhooks:0:Url={receiver.Address}"]);
        await first.ImportAsync("plate", backbone);
        InspectionResult judged = await JudgeAsync(first.Administrator, "plate", TestPictures.Good(1));
        await Ok(first.Administrator.PutAsJsonAsync(
            $"/api/inspections/{judged.Id}/review", new ReviewRequest(ReviewedAs.Good), ServiceJson.Options));
        await using ServiceContext db = await first.Services.GetRequiredService<IDbContextFactory<ServiceContext>>().CreateDbContextAsync();
        InspectionRow late = await db.Inspections.AsNoTracking().SingleAsync();
        (late.Review, late.Score, late.Verdict) = (null, -1, InspectionVerdict.NG); // as a node has it that was cut off meanwhile

        await first.Services.GetRequiredService<InspectionWriter>().FinishAsync(late);

        InspectionResult kept = await GetAsync<InspectionResult>(first.Administrator, $"/api/inspections/{judged.Id}");
        Assert.Equal((ReviewedAs.Good, judged.Score, judged.Verdict), (kept.Review, kept.Score, kept.Verdict));
        await Eventually.GetAsync(() => db.Outbox.CountAsync(), count => count == 0, "an empty outbox");
        Assert.Single(receiver.Taken);
    }

    [Fact]
    public async Task The_link_of_one_node_makes_the_administrator_at_another_one()
    {
        PostgresCluster.Demand();
        string database = await cluster.NewDatabaseAsync();
        string[] Settings(string name) =>
            ["--cluster", $"--node-port={PostgresCluster.FreePort()}", "--Service:Cluster:Address=127.0.0.1", $"--Service:Cluster:Node={name}"];
        await using ServiceUnderTest first = await ServiceUnderTest.StartAsync(
            InFolder("data"), backbone, database, Settings("a"), setUp: false);
        await using ServiceUnderTest second = await ServiceUnderTest.StartAsync(
            InFolder("data"), backbone, database, Settings("b"), setUp: false);
        string link = first.Services.GetRequiredService<PromptAD.Server.Security.SetupToken>().Text;

        await Refused(HttpStatusCode.Forbidden, SetUp("00"));
        await Ok(SetUp(link));

        Task<HttpResponseMessage> SetUp(string token) => second.Anonymous.PostAsJsonAsync(
            "/api/setup", new FirstAdministrator(token, "berta", "a long password"), ServiceJson.Options);
    }

    [Fact]
    public async Task A_node_without_the_backbone_is_passed_over()
    {
        PostgresCluster.Demand();
        string database = await cluster.NewDatabaseAsync(), empty = Directory.CreateDirectory(InFolder("empty")).FullName;
        await using ServiceUnderTest first = await NodeAsync(database, "a");
        await using ServiceUnderTest second = await NodeAsync(database, "b", [$"--Service:BackboneStore={empty}"]);
        bool wasAsked = false;
        for (int i = 0; i < 8; i++)
        {
            await first.ImportAsync($"p{i}", backbone);
            await JudgeAsync(second.Administrator, $"p{i}", TestPictures.Good(i));
            var product = await GetAsync<ProductInCluster>(first.Administrator, $"/api/cluster/products/p{i}");
            Assert.Equal("a", Assert.Single(product.JudgedBy).Key);
            wasAsked |= product.Events.Any(one => one.Text.StartsWith("b cannot judge", StringComparison.Ordinal));
        }
        Assert.True(wasAsked, "node b came first for none of the products");
    }

    [Fact]
    public async Task Changes_on_two_nodes_at_once_make_one_chain()
    {
        PostgresCluster.Demand();
        string database = await cluster.NewDatabaseAsync();
        await using ServiceUnderTest first = await NodeAsync(database, "a");
        await using ServiceUnderTest second = await NodeAsync(database, "b");

        await Task.WhenAll(Enumerable.Range(0, 40).Select(i => PostAsync<ProductInfo>(
            (i % 2 == 0 ? first : second).Administrator, "/api/products", new NewProduct($"p{i}", $"p{i}"))));

        AuditCheck check = await GetAsync<AuditCheck>(second.Administrator, "/api/audit/check");
        Assert.Null(check.Problem);
        Assert.True(check.Entries >= 40, $"{check.Entries} entries");
    }

    internal static async Task<ServiceUnderTest> NodeAsync(
        string folder, TinyBackbone backbone, string database, string name, string[]? settings = null, Action<IServiceCollection>? configure = null) =>
        await ServiceUnderTest.StartAsync(
            folder, backbone, database,
            [
                "--cluster", $"--node-port={PostgresCluster.FreePort()}", "--Service:Cluster:Address=127.0.0.1", $"--Service:Cluster:Node={name}",
                .. settings ?? [],
            ],
            configure);

    private Task<ServiceUnderTest> NodeAsync(string database, string name, string[]? settings = null) =>
        NodeAsync(InFolder("data"), backbone, database, name, settings);

    /// <summary>A client of one node with a key that the other one has made.</summary>
    private static async Task<HttpClient> KeyOfAsync(ServiceUnderTest one, ServiceUnderTest other, string name)
    {
        HttpClient client = await one.WithKeyAsync(name);
        var there = new HttpClient { BaseAddress = other.Address };
        there.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", client.DefaultRequestHeaders.Authorization!.Parameter);
        return there;
    }

    private static Task<long> FirstResultAsync(HttpClient client, CancellationToken ending, out Task listening)
    {
        var ready = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        listening = ready.Task;
        return ListenAsync();

        async Task<long> ListenAsync()
        {
            await using Stream stream = await client.GetStreamAsync("/api/live", ending);
            await foreach (SseItem<string> item in SseParser.Create(stream).EnumerateAsync(ending))
            {
                if (item.EventType == "ready") ready.SetResult();
                if (item.EventType == "inspection")
                    return System.Text.Json.JsonSerializer.Deserialize<InspectionResult>(item.Data, ServiceJson.Options)!.Id;
            }
            return 0;
        }
    }
}
