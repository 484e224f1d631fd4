using System.Net;
using System.Net.Http.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using PromptAD.Client;
using PromptAD.Server.Operations;
using PromptAD.Server.Sources;
using PromptAD.Server.Storage;
using PromptAD.Server.Tests.Fixtures;
using static PromptAD.Server.Tests.Fixtures.ServiceUnderTest;

namespace PromptAD.Server.Tests.Sources;

/// <summary>Watched folders that are set up through the interface, and that no request leads elsewhere.</summary>
public sealed class SourceSetupTests(TinyBackbone backbone, PostgresCluster cluster) : TemporaryFolder
{
    private string Root => InFolder("camera");

    [Theory]
    [InlineData("SQLite")]
    [InlineData("PostgreSQL")]
    public async Task A_folder_is_watched_at_once_changed_switched_off_and_removed(string kind)
    {
        if (kind == "PostgreSQL") PostgresCluster.Demand();
        string? database = kind == "PostgreSQL" ? await cluster.NewDatabaseAsync() : null;
        Put("line-1/a.bmp", 1);
        await using (ServiceUnderTest service = await StartAsync(database))
        {
            await service.ImportAsync("plate", backbone);
            SourceSettings made = await PostAsync<SourceSettings>(service.Administrator, "/api/sources", Quick("line-1"));
            Assert.Equal(("first", "camera", "line-1", 1), (made.Name, made.Root, made.Folder, made.Revision));
            await ComeAsync(service, "a");

            Put("line-2/b.bmp", 2);
            await Ok(service.Administrator.PutAsJsonAsync("/api/sources/first", Quick("line-2") with { Station = "other" }, ServiceJson.Options));
            Assert.Equal("other", (await ComeAsync(service, "b")).Station);
            Put("line-1/not-watched.bmp", 3);
            await Ok(service.Administrator.PutAsJsonAsync("/api/sources/first/enabled", new Switch(false), ServiceJson.Options));
            Put("line-2/c.bmp", 4);
            SourceInfo off = (await GetAsync<List<SourceInfo>>(service.Administrator, "/api/sources")).Single();
            Assert.Equal(("folder", "interface", false, 2), (off.Kind, off.From, off.Enabled, off.Pictures));
        }
        await using ServiceUnderTest again = await StartAsync(database);
        Assert.Equal("b", (await LatestAsync(again)).Part); // off over a restart
        Assert.Contains(
            "does not say 'enabled'", await Refused(HttpStatusCode.BadRequest, again.Administrator.PutAsJsonAsync("/api/sources/first/enabled", new { })));
        await Ok(again.Administrator.PutAsJsonAsync("/api/sources/first/enabled", new Switch(true), ServiceJson.Options));
        await ComeAsync(again, "c");
        await Ok(again.Administrator.DeleteAsync("/api/sources/first"));
        Put("line-2/d.bmp", 5);

        Assert.Empty(await GetAsync<List<SourceInfo>>(again.Administrator, "/api/sources"));
        await Refused(HttpStatusCode.NotFound, again.Administrator.GetAsync("/api/sources/first"));
        await PostAsync<SourceSettings>(again.Administrator, "/api/sources", Quick("line-2"));
        await ComeAsync(again, "d"); // and neither b nor c once more
        Assert.Equal(4, (await GetAsync<Page<InspectionResult>>(again.Administrator, "/api/inspections")).Items.Count);
        string audit = await again.Administrator.GetStringAsync("/api/audit.jsonl");
        foreach (string action in (string[])["source.created", "source.changed", "source.removed"]) Assert.Contains(action, audit);
    }

    [Theory]
    [InlineData("..")]
    [InlineData("../data")]
    [InlineData("line-1/../../data")]
    [InlineData("/etc")]
    [InlineData("C:")]
    [InlineData("a\\..\\b")]
    [InlineData("a//b")]
    [InlineData("./a")]
    [InlineData("a\0b")]
    [InlineData("link")]
    [InlineData("line-1/deep")]
    [InlineData("loop")]
    public async Task No_request_leads_out_of_a_root(string folder)
    {
        Directory.CreateDirectory(Path.Combine(Root, "line-1"));
        Directory.CreateDirectory(InFolder("elsewhere"));
        Directory.CreateSymbolicLink(Path.Combine(Root, "link"), InFolder("elsewhere"));
        Directory.CreateSymbolicLink(Path.Combine(Root, "line-1", "deep"), "../../elsewhere");
        Directory.CreateSymbolicLink(Path.Combine(Root, "loop"), "loop");
        await using ServiceUnderTest service = await StartAsync();

        string told = await Refused(
            HttpStatusCode.BadRequest, service.Administrator.PostAsJsonAsync("/api/sources", Quick(folder), ServiceJson.Options));

        Assert.DoesNotContain(InFolder("elsewhere"), told);
        Assert.Empty(await GetAsync<List<SourceInfo>>(service.Administrator, "/api/sources"));
    }

    [Fact]
    public async Task A_link_that_is_put_in_later_is_not_followed()
    {
        Put("line-1/a.bmp", 1);
        Directory.CreateDirectory(InFolder("elsewhere"));
        await File.WriteAllBytesAsync(Path.Combine(InFolder("elsewhere"), "secret.bmp"), TestPictures.Good(9));
        await using ServiceUnderTest service = await StartAsync();
        await service.ImportAsync("plate", backbone);
        await PostAsync<SourceSettings>(service.Administrator, "/api/sources", Quick("line-1") with { Subfolders = true });
        await ComeAsync(service, "a");

        File.CreateSymbolicLink(Path.Combine(Root, "line-1", "file.bmp"), Path.Combine(InFolder("elsewhere"), "secret.bmp"));
        Directory.CreateSymbolicLink(Path.Combine(Root, "line-1", "folder"), InFolder("elsewhere"));
        Put("line-1/b.bmp", 2);
        await ComeAsync(service, "b");
        Directory.Move(Path.Combine(Root, "line-1"), Path.Combine(Root, "before"));
        Directory.CreateSymbolicLink(Path.Combine(Root, "line-1"), InFolder("elsewhere"));

        SourceInfo source = await Eventually.GetAsync(
            async () => (await GetAsync<List<SourceInfo>>(service.Administrator, "/api/sources")).Single(), one => one.Errors > 0, "the error");
        Assert.Contains("out of root 'camera'", source.LastError);
        Assert.Equal(["b", "a"], (await GetAsync<Page<InspectionResult>>(service.Administrator, "/api/inspections")).Items.Select(one => one.Part));
    }

    [Theory]
    [InlineData("line-1/sub/b.bmp")]
    [InlineData("line-1/sub")]
    public async Task A_link_that_takes_the_place_of_a_waiting_file_is_not_read(string replaced)
    {
        Put("line-1/a.bmp", 1);
        Put("line-1/sub/b.bmp", 2);
        File.SetLastWriteTimeUtc(Path.Combine(Root, "line-1", "a.bmp"), DateTime.UtcNow.AddMinutes(-1)); // the first
        Directory.CreateDirectory(InFolder("elsewhere"));
        await File.WriteAllBytesAsync(Path.Combine(InFolder("elsewhere"), "b.bmp"), TestPictures.Good(9));
        await using ServiceUnderTest service = await StartAsync();
        List<string> told = [];
        await using IAsyncEnumerator<SourcePicture> pictures = NewSource(service, told).ReadAsync(CancellationToken.None).GetAsyncEnumerator();
        Assert.True(await pictures.MoveNextAsync());
        Assert.Equal("a", pictures.Current.Part); // both were found by one look

        string place = Path.Combine(Root, replaced);
        Directory.Move(place, InFolder("before"));
        if (replaced.EndsWith("bmp", StringComparison.Ordinal)) File.CreateSymbolicLink(place, Path.Combine(InFolder("elsewhere"), "b.bmp"));
        else Directory.CreateSymbolicLink(place, InFolder("elsewhere"));
        Put("line-1/c.bmp", 3);
        Assert.True(await pictures.MoveNextAsync());

        Assert.Equal("a", pictures.Current.Part); // not told of as done; comes again, and b does not
        Assert.Contains("sub/b.bmp: A link", Assert.Single(told));
    }

    [Fact]
    public async Task What_was_inspected_is_written_down_when_a_source_ends()
    {
        Put("line-1/a.bmp", 1);
        await using ServiceUnderTest service = await StartAsync();
        using var stop = new CancellationTokenSource();
        FolderSource source = NewSource(service, []);
        await using (IAsyncEnumerator<SourcePicture> pictures = source.ReadAsync(stop.Token).GetAsyncEnumerator(CancellationToken.None))
        {
            Assert.True(await pictures.MoveNextAsync());
            await source.DoneAsync(pictures.Current, null, stop.Token);
            await stop.CancelAsync();
        }

        await using ServiceContext db = await Contexts(service).CreateDbContextAsync();
        Assert.Equal("a.bmp", Assert.Single(await db.FolderFiles.ToListAsync()).Path);
    }

    [Fact]
    public async Task Only_what_is_in_the_folder_is_loaded_of_the_files_that_were_inspected()
    {
        Put("line-1/a.bmp", 1);
        Put("line-1/new.bmp", 2);
        await using ServiceUnderTest service = await StartAsync();
        var known = new FileInfo(Path.Combine(Root, "line-1", "a.bmp"));
        await using (ServiceContext db = await Contexts(service).CreateDbContextAsync())
        {
            db.FolderFiles.AddRange(Enumerable.Range(0, 100).Select(i => Row($"gone-{i}.bmp", i)));
            db.FolderFiles.Add(Row("a.bmp", known.LastWriteTimeUtc.Ticks));
            await db.SaveChangesAsync();
        }
        var seen = new LoadedFiles();
        var contexts = new CountingContexts(new DbContextOptionsBuilder<ServiceContext>()
            .UseSqlite(DatabaseSetup.SqliteConnectionString(InFolder("data"))).AddInterceptors(seen).Options);

        await using IAsyncEnumerator<SourcePicture> pictures = NewSource(service, [], contexts).ReadAsync(CancellationToken.None).GetAsyncEnumerator();
        Assert.True(await pictures.MoveNextAsync());

        Assert.Equal("new", pictures.Current.Part);
        Assert.Equal(["a.bmp"], seen.Paths);

        FolderFileRow Row(string path, long modified) =>
            new() { Folder = "first", Path = path, Hash = path, Length = known.Length, Modified = modified };
    }

    [Fact]
    public async Task A_source_whose_root_left_the_settings_can_be_switched_off()
    {
        Directory.CreateDirectory(Root);
        await using (ServiceUnderTest service = await StartAsync())
            await PostAsync<SourceSettings>(service.Administrator, "/api/sources", Quick(""));
        await using ServiceUnderTest again = await ServiceUnderTest.StartAsync(InFolder("data"), backbone);

        await Ok(again.Administrator.PutAsJsonAsync("/api/sources/first/enabled", new Switch(false), ServiceJson.Options));
        await Refused(HttpStatusCode.Conflict, again.Administrator.PutAsJsonAsync("/api/sources/first/enabled", new Switch(true), ServiceJson.Options));

        Assert.False((await GetAsync<SourceSettings>(again.Administrator, "/api/sources/first")).Enabled);
    }

    [Fact]
    public void A_link_inside_a_root_and_one_to_the_root_are_followed()
    {
        Put("line-1/a.bmp", 1);
        Directory.CreateSymbolicLink(Path.Combine(Root, "now"), "line-1");
        Directory.CreateSymbolicLink(InFolder("mount"), Root);
        var root = new FolderRoot { Name = "camera", Path = InFolder("mount") };

        Assert.Equal(Path.Combine(Root, "line-1"), root.Find("now"));
        Assert.Equal(Root, root.Find(""));
        Assert.Equal(Path.Combine(Root, "not-there-yet", "x"), root.Find("not-there-yet/x"));
    }

    [Fact]
    public async Task Without_roots_folders_are_for_the_settings_alone_and_those_of_the_settings_stay()
    {
        Directory.CreateDirectory(Root);
        await using ServiceUnderTest service = await ServiceUnderTest.StartAsync(
            InFolder("data"), backbone, settings: ["--Service:Folders:0:Name=fixed", $"--Service:Folders:0:Path={Root}"]);

        Assert.Contains("Service:FolderRoots", await Refused(
            HttpStatusCode.Conflict, service.Administrator.PostAsJsonAsync("/api/sources", Quick("line-1"), ServiceJson.Options)));
        Assert.Equal("settings", (await GetAsync<List<SourceInfo>>(service.Administrator, "/api/sources")).Single().From);
        Assert.Contains("settings", await Refused(HttpStatusCode.Conflict, service.Administrator.DeleteAsync("/api/sources/fixed")));
        Assert.Empty(await GetAsync<List<string>>(service.Administrator, "/api/sources/roots"));
    }

    [Fact]
    public async Task Two_who_change_one_source_are_told_apart_and_what_cannot_be_is_refused()
    {
        Directory.CreateDirectory(Root);
        await using ServiceUnderTest service = await StartAsync();
        await PostAsync<SourceSettings>(service.Administrator, "/api/sources", Quick(""));
        HttpResponseMessage changed = await Ok(Change(Quick("a"), "\"1\""));

        Assert.Equal("\"2\"", changed.Headers.ETag!.Tag);
        await Refused(HttpStatusCode.PreconditionFailed, Change(Quick("b"), "\"1\""));
        Assert.Contains("stays", await Refused(HttpStatusCode.BadRequest, Change(Quick("a") with { Name = "x" }, null)));
        Assert.Contains("already", await Refused(HttpStatusCode.Conflict, Post(Quick("a"))));
        Assert.Contains("one of camera", await Refused(HttpStatusCode.BadRequest, Post(Quick("a") with { Name = "x", Root = "other" })));
        Assert.Contains("letters", await Refused(HttpStatusCode.BadRequest, Post(Quick("a") with { Name = "x/y" })));
        Assert.Contains("PollSeconds", await Refused(HttpStatusCode.BadRequest, Post(Quick("a") with { Name = "x", PollSeconds = 0 })));
        string nulls = "{\"name\": \"nulls\", \"root\": \"camera\", \"folder\": null}";
        await Ok(service.Administrator.PostAsync("/api/sources", new StringContent(nulls, null, "application/json")));
        HttpClient engineer = await service.WithKeyAsync("lab", Role.Engineer);
        await Refused(HttpStatusCode.Forbidden, engineer.PostAsJsonAsync("/api/sources", Quick("a"), ServiceJson.Options));
        Assert.Equal(["camera"], await GetAsync<List<string>>(service.Administrator, "/api/sources/roots"));

        Task<HttpResponseMessage> Post(SourceSettings wanted) => service.Administrator.PostAsJsonAsync("/api/sources", wanted, ServiceJson.Options);

        Task<HttpResponseMessage> Change(SourceSettings wanted, string? tag)
        {
            var request = new HttpRequestMessage(HttpMethod.Put, "/api/sources/first") { Content = JsonContent.Create(wanted, options: ServiceJson.Options) };
            if (tag is not null) request.Headers.IfMatch.ParseAdd(tag);
            return service.Administrator.SendAsync(request);
        }
    }

    private static IDbContextFactory<ServiceContext> Contexts(ServiceUnderTest service) =>
        service.Services.GetRequiredService<IDbContextFactory<ServiceContext>>();

    private FolderSource NewSource(ServiceUnderTest service, List<string> told, IDbContextFactory<ServiceContext>? contexts = null) => new(
        new FolderOptions
        {
            Name = "first",
            Root = new FolderRoot { Name = "camera", Path = Root },
            Folder = "line-1",
            Subfolders = true,
            PollSeconds = 0.1,
            SettleSeconds = 0.05,
        },
        service.Services.GetRequiredService<ServiceOptions>(), contexts ?? Contexts(service), TimeProvider.System, (line, _) => told.Add(line));

    private static SourceSettings Quick(string folder) => new()
    {
        Name = "first",
        Root = "camera",
        Folder = folder,
        Product = "plate",
        PollSeconds = 0.1,
        SettleSeconds = 0.05,
    };

    private void Put(string path, int seed)
    {
        string whole = Path.Combine(Root, path);
        Directory.CreateDirectory(Path.GetDirectoryName(whole)!);
        File.WriteAllBytes(whole, TestPictures.Good(seed));
    }

    private Task<ServiceUnderTest> StartAsync(string? database = null) => ServiceUnderTest.StartAsync(
        InFolder("data"), backbone, database, ["--Service:FolderRoots:0:Name=camera", $"--Service:FolderRoots:0:Path={Root}"]);

    private static Task<InspectionResult> ComeAsync(ServiceUnderTest service, string part) =>
        Eventually.GetAsync(() => LatestAsync(service), one => one.Part == part && one.State == InspectionState.Done, part);

    private static async Task<InspectionResult> LatestAsync(ServiceUnderTest service)
    {
        Page<InspectionResult> page = await GetAsync<Page<InspectionResult>>(service.Administrator, "/api/inspections?limit=1");
        return page.Items.Count > 0 ? page.Items[0] : new InspectionResult();
    }

    private sealed class LoadedFiles : IMaterializationInterceptor
    {
        public List<string> Paths { get; } = [];

        public object InitializedInstance(MaterializationInterceptionData materializationData, object entity)
        {
            if (entity is FolderFileRow row) Paths.Add(row.Path);
            return entity;
        }
    }

    private sealed class CountingContexts(DbContextOptions<ServiceContext> options) : IDbContextFactory<ServiceContext>
    {
        public ServiceContext CreateDbContext() => new(options);
    }
}
