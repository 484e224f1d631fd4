using PromptAD.Client;
using PromptAD.Server.Sources;
using PromptAD.Server.Tests.Fixtures;
using static PromptAD.Server.Tests.Fixtures.ServiceUnderTest;

namespace PromptAD.Server.Tests.Sources;

/// <summary>Watched folders.</summary>
public sealed class FolderTests(TinyBackbone backbone, PostgresCluster cluster) : TemporaryFolder
{
    private string Watched => InFolder("watched");

    [Theory]
    [InlineData("SQLite")]
    [InlineData("PostgreSQL")]
    public async Task Each_file_is_inspected_once_even_over_restarts(string kind)
    {
        if (kind == "PostgreSQL") PostgresCluster.Demand();
        string? database = kind == "PostgreSQL" ? await cluster.NewDatabaseAsync() : null;
        Directory.CreateDirectory(Watched);
        Put("a.bmp", TestPictures.Good(1));
        Put("notes.txt", [1]);
        await using (ServiceUnderTest service = await StartAsync(database))
        {
            await service.ImportAsync("plate", backbone);
            Assert.Equal("a", (await ComeAsync(service, 1)).Single().Part);
            File.SetLastWriteTimeUtc(Path.Combine(Watched, "a.bmp"), DateTime.UtcNow.AddMinutes(1)); // touched
            Put("b.bmp", TestPictures.Defect(2));
            Assert.Equal("b", (await ComeAsync(service, 2))[0].Part);
        }
        Put("c.bmp", TestPictures.Good(1)); // the same picture under another name is another part

        await using ServiceUnderTest again = await StartAsync(database);

        IReadOnlyList<InspectionResult> all = await ComeAsync(again, 3);
        Assert.Equal(["c", "b", "a"], all.Select(one => one.Part));
        Assert.All(all, one => Assert.Equal(("line-1", "image/bmp"), (one.Station, one.MediaType)));
        Put("a.bmp", TestPictures.Good(9)); // written anew
        Assert.Equal("a", (await ComeAsync(again, 4))[0].Part);
    }

    [Fact]
    public async Task What_was_inspected_and_not_yet_written_down_is_not_inspected_again()
    {
        Directory.CreateDirectory(Watched);
        Put("a.bmp", TestPictures.Good(1));
        await using (ServiceUnderTest service = await StartAsync())
        {
            await service.ImportAsync("plate", backbone);
            await ComeAsync(service, 1);
        }
        await using (var db = new Microsoft.Data.Sqlite.SqliteConnection(PromptAD.Server.Storage.DatabaseSetup.SqliteConnectionString(InFolder("data"))))
        {
            await db.OpenAsync();
            using Microsoft.Data.Sqlite.SqliteCommand forget = db.CreateCommand();
            forget.CommandText = "DELETE FROM folder_files"; // as a process that was killed between both left it
            Assert.Equal(1, await forget.ExecuteNonQueryAsync());
        }
        Put("b.bmp", TestPictures.Good(2));

        await using ServiceUnderTest again = await StartAsync();

        Assert.Equal(["b", "a"], (await ComeAsync(again, 2)).Select(one => one.Part));
    }

    [Fact]
    public async Task A_file_that_is_still_written_is_waited_for()
    {
        Directory.CreateDirectory(Watched);
        await using ServiceUnderTest service = await StartAsync();
        await service.ImportAsync("plate", backbone);
        byte[] picture = TestPictures.Good(1);
        await using (var stream = new FileStream(Path.Combine(Watched, "slow.bmp"), FileMode.Create, FileAccess.Write, FileShare.ReadWrite))
        {
            await stream.WriteAsync(picture.AsMemory(0, 2000));
            await stream.FlushAsync();
            Put("quick.bmp", TestPictures.Good(2));
            Assert.Equal("quick", (await ComeAsync(service, 1)).Single().Part); // open for writing: only the other one came
            await stream.WriteAsync(picture.AsMemory(2000));
        }

        InspectionResult slow = (await ComeAsync(service, 2))[0];
        Assert.Equal(("slow", InspectionState.Done), (slow.Part, slow.State));
    }

    [Fact]
    public async Task A_camera_that_pauses_and_locks_nothing_gets_one_inspection()
    {
        Directory.CreateDirectory(Watched);
        await using ServiceUnderTest service = await StartAsync();
        await service.ImportAsync("plate", backbone);
        byte[] picture = TestPictures.Good(1);
        Put("slow.bmp", picture[..2000]);
        Put("quick.bmp", TestPictures.Good(2));
        Assert.Equal("quick", (await ComeAsync(service, 1)).Single().Part);
        await Task.Delay(1000); // twenty times the settle time
        Put("slow.bmp", picture);

        Assert.Equal([("slow", InspectionState.Done), ("quick", InspectionState.Done)], (await ComeAsync(service, 2)).Select(one => (one.Part, one.State)));
    }

    [Fact]
    public async Task A_picture_that_stays_cut_short_becomes_a_failed_inspection()
    {
        Directory.CreateDirectory(Watched);
        await using ServiceUnderTest service = await StartAsync();
        await service.ImportAsync("plate", backbone);
        Put("cut.bmp", TestPictures.Good(1)[..2000]);

        Assert.Equal(("cut", InspectionState.Failed), (await ComeAsync(service, 1)).Select(one => (one.Part, one.State)).Single());
    }

    [Fact]
    public async Task What_is_no_picture_or_too_large_is_told_once_and_stops_nothing()
    {
        Directory.CreateDirectory(Watched);
        await using ServiceUnderTest service = await StartAsync(settings: ["--Service:MaxPictureMegabytes=1"]);
        await service.ImportAsync("plate", backbone);
        Put("1-broken.png", [1, 2, 3]);
        Put("2-large.bmp", new byte[1_000_001]);
        Put("3-good.bmp", TestPictures.Good(1));

        IReadOnlyList<InspectionResult> all = await ComeAsync(service, 2);

        Assert.Equal((InspectionState.Failed, InspectionState.Done), (all[1].State, all[0].State));
        SourceInfo source = await SourceAsync(service, one => one.Errors > 0);
        Assert.Contains("2-large.bmp", source.LastError);
        Put("4-good.bmp", TestPictures.Good(2));
        await ComeAsync(service, 3);
        Assert.Equal(1, (await SourceAsync(service, _ => true)).Errors);
        Assert.Contains("promptad_source_errors_total", await service.Administrator.GetStringAsync("/metrics"));
    }

    [Fact]
    public async Task A_folder_that_goes_away_is_found_again_and_holds_up_nothing()
    {
        await using ServiceUnderTest service = await StartAsync(); // not there yet
        await service.ImportAsync("plate", backbone);
        SourceInfo away = await SourceAsync(service, one => one.Errors > 0);
        Assert.Equal("The folder is not there; it is looked for again.", away.LastError);
        await JudgeAsync(service.Administrator, "plate", TestPictures.Good(1));

        Directory.CreateDirectory(Watched);
        Put("a.bmp", TestPictures.Good(2));
        await ComeAsync(service, 2);
        Directory.Move(Watched, InFolder("elsewhere"));
        await SourceAsync(service, one => one.Errors > away.Errors + 3);
        Directory.Move(InFolder("elsewhere"), Watched);
        Put("b.bmp", TestPictures.Good(3));

        Assert.Equal(["b", "a", null], (await ComeAsync(service, 3)).Select(one => one.Part));
    }

    [Fact]
    public async Task A_thousand_files_at_once_come_in_their_order_through_a_short_queue()
    {
        const int Many = 1000;
        Directory.CreateDirectory(Watched);
        for (int i = 0; i < Many; i++)
        {
            Put($"{i:D4}.bmp", TestPictures.Good(i));
            File.SetLastWriteTimeUtc(Path.Combine(Watched, $"{i:D4}.bmp"), DateTime.UtcNow.AddSeconds(i - Many));
        }
        await using ServiceUnderTest service = await StartAsync(settings: ["--Service:QueueLength=4"]);
        await service.ImportAsync("plate", backbone);

        await SourceAsync(service, one => one.Pictures == Many);

        long? before = null;
        List<string?> parts = [];
        do
        {
            Page<InspectionResult> page = await GetAsync<Page<InspectionResult>>(service.Administrator, $"/api/inspections?limit=500{(before is null ? "" : $"&before={before}")}");
            parts.AddRange(page.Items.Select(one => one.Part));
            before = page.Next;
        }
        while (before is not null);
        Assert.Equal(Enumerable.Range(0, Many).Select(i => $"{i:D4}"), Enumerable.Reverse(parts));
    }

    [Fact]
    public async Task Without_a_product_the_recipe_of_the_station_judges_and_files_wait_for_one()
    {
        Directory.CreateDirectory(Watched);
        Put("a.bmp", TestPictures.Good(1));
        await using ServiceUnderTest service = await ServiceUnderTest.StartAsync(InFolder("data"), backbone, settings: Settings(product: ""));
        await service.ImportAsync("plate", backbone);
        Assert.Contains("recipe", (await SourceAsync(service, one => one.Errors > 0)).LastError);

        using InspectionClient desk = new(service.Address, (await PostAsync<CreatedKey>(service.Administrator, "/api/keys", new NewKey("desk", Role.Operator))).Key);
        await desk.PrepareRecipeAsync("line-1", "plate");

        Assert.Equal("plate", (await ComeAsync(service, 1)).Single().Product);
        Assert.Equal("line-1", (await desk.ListSourcesAsync()).Single().Station);
    }

    [Fact]
    public async Task Subfolders_are_looked_into_where_that_is_wanted_and_linked_ones_never()
    {
        Directory.CreateDirectory(Path.Combine(Watched, "sub", "deep"));
        Directory.CreateDirectory(InFolder("elsewhere"));
        await File.WriteAllBytesAsync(Path.Combine(InFolder("elsewhere"), "linked.bmp"), TestPictures.Good(3));
        Directory.CreateSymbolicLink(Path.Combine(Watched, "sub", "link"), InFolder("elsewhere"));
        Directory.CreateSymbolicLink(Path.Combine(Watched, "sub", "loop"), Watched);
        Put("sub/a.bmp", TestPictures.Good(1));
        Put("sub/deep/b.bmp", TestPictures.Good(2));
        await using ServiceUnderTest service = await StartAsync(settings: ["--Service:Folders:0:Subfolders=true"]);
        await service.ImportAsync("plate", backbone);

        await ComeAsync(service, 2);
        Put("c.bmp", TestPictures.Good(4));

        Assert.Equal(["a", "b", "c"], (await ComeAsync(service, 3)).Select(one => one.Part).Order());
    }

    [Fact]
    public void Folders_that_cannot_be_watched_are_refused_in_one_line()
    {
        FolderOptions fine = new() { Name = "a", Path = Folder };
        foreach (FolderOptions[] wrong in (FolderOptions[][])[[new() { Path = Folder }], [fine, fine], [new() { Name = "a", Path = "here" }], [new() { Name = "a", Path = Folder, PollSeconds = 0 }]])
        {
            PromptADException error = Assert.Throws<PromptADException>(() => FolderOptions.Check(wrong));
            Assert.DoesNotContain('\n', error.Message);
        }
    }

    private void Put(string name, byte[] bytes)
    {
        string aside = InFolder($"aside-{Guid.NewGuid():N}");
        File.WriteAllBytes(aside, bytes);
        File.Move(aside, Path.Combine(Watched, name), overwrite: true);
    }

    private string[] Settings(string product) =>
    [
        "--Service:Folders:0:Name=camera", $"--Service:Folders:0:Path={Watched}", "--Service:Folders:0:Station=line-1",
        "--Service:Folders:0:PollSeconds=0.1", "--Service:Folders:0:SettleSeconds=0.05", .. product.Length > 0 ? [$"--Service:Folders:0:Product={product}"] : Array.Empty<string>(),
    ];

    private Task<ServiceUnderTest> StartAsync(string? database = null, string[]? settings = null) =>
        ServiceUnderTest.StartAsync(InFolder("data"), backbone, database, [.. Settings("plate"), .. settings ?? []]);

    private static async Task<IReadOnlyList<InspectionResult>> ComeAsync(ServiceUnderTest service, int count)
    {
        Page<InspectionResult> page = await Eventually.GetAsync(
            () => GetAsync<Page<InspectionResult>>(service.Administrator, "/api/inspections?limit=500"),
            page => page.Items.Count >= count && page.Items.All(one => one.State != InspectionState.Queued), $"inspection {count}");
        Assert.Equal(count, page.Items.Count);
        return page.Items;
    }

    private static async Task<SourceInfo> SourceAsync(ServiceUnderTest service, Func<SourceInfo, bool> isThere) => await Eventually.GetAsync(
        async () => (await GetAsync<List<SourceInfo>>(service.Administrator, "/api/sources")).Single(), isThere, "the source");
}
