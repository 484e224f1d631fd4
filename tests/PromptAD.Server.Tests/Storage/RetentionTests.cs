using System.Net;
using System.Net.Http.Json;
using Microsoft.Extensions.DependencyInjection;
using PromptAD.Client;
using PromptAD.Server.Commands;
using PromptAD.Server.Inspections;
using PromptAD.Server.Operations;
using PromptAD.Server.Storage;
using PromptAD.Server.Tests.Fixtures;
using static PromptAD.Server.Tests.Fixtures.ServiceUnderTest;

namespace PromptAD.Server.Tests.Storage;

/// <summary>Which pictures go, and which never do.</summary>
public sealed class RetentionTests(TinyBackbone backbone, PostgresCluster cluster) : TemporaryFolder
{
    [Theory]
    [InlineData("SQLite")]
    [InlineData("PostgreSQL")]
    public async Task Old_pictures_of_good_parts_go_and_all_others_stay_until_their_own_limit(string kind)
    {
        if (kind == "PostgreSQL") PostgresCluster.Demand();
        string? database = kind == "PostgreSQL" ? await cluster.NewDatabaseAsync() : null;
        await using ServiceUnderTest service = await StartAsync(database, "--Service:KeepOkDays=7", "--Service:KeepOtherDays=30");
        long good = await KeepAsync(service, 1, 8, InspectionVerdict.OK), young = await KeepAsync(service, 2, 6, InspectionVerdict.OK);
        long bad = await KeepAsync(service, 3, 8, InspectionVerdict.NG), review = await KeepAsync(service, 4, 8, InspectionVerdict.Review);
        long failed = await KeepAsync(service, 5, 8, null, InspectionState.Failed), old = await KeepAsync(service, 6, 31, InspectionVerdict.NG);
        long missed = await KeepAsync(service, 7, 8, InspectionVerdict.OK, reviewed: ReviewedAs.Defect);
        long shared = await KeepAsync(service, 3, 8, InspectionVerdict.OK); // the same picture as of the bad one

        Assert.Equal(3, await service.Services.GetRequiredService<Retention>().RunAsync(CancellationToken.None));

        HttpClient client = service.Administrator;
        foreach (long id in (long[])[young, bad, review, failed, missed]) await Ok(client.GetAsync($"/api/inspections/{id}/picture"));
        foreach (long id in (long[])[good, old, shared])
        {
            Assert.Contains($"inspection {id}", await Refused(HttpStatusCode.Gone, client.GetAsync($"/api/inspections/{id}/picture")));
            Assert.NotNull((await GetAsync<InspectionResult>(client, $"/api/inspections/{id}")).PictureRemoved);
        }
        Assert.False(service.Services.GetRequiredService<FileStore>().Has(FileStore.HashOf(TestPictures.Good(1))));
        Page<AuditEntry> audit = await GetAsync<Page<AuditEntry>>(client, "/api/audit");
        Assert.Equal(2, audit.Items.Count(entry => entry is { Action: "pictures.removed", Actor: "retention" }));
        Assert.Equal(0, await service.Services.GetRequiredService<Retention>().RunAsync(CancellationToken.None));
        string[] where = database is null ? [] : ["--database", database];
        Assert.Equal(0, await ServiceCommand.RunAsync(["check", "--data", Folder, .. where], TextWriter.Null, CancellationToken.None));
    }

    [Fact]
    public async Task Want_of_room_takes_the_oldest_good_ones_and_nothing_else()
    {
        await using ServiceUnderTest service = await StartAsync(null, "--Service:MostGigabytes=1");
        long[] bad = [await KeepAsync(service, 1, 400, InspectionVerdict.NG), await KeepAsync(service, 2, 400, null, InspectionState.Failed)];
        List<long> good = [];
        for (int i = 3; i < 9; i++) good.Add(await KeepAsync(service, i, 40 - i, InspectionVerdict.OK));
        var files = (FolderStore)service.Services.GetRequiredService<FileStore>();
        var options = service.Services.GetRequiredService<ServiceOptions>();
        options.MostGigabytes = (files.All().Sum(file => file.Length) - TestPictures.Good(1).Length - 1) / 1e9;

        Assert.Equal(2, await service.Services.GetRequiredService<Retention>().RunAsync(CancellationToken.None));

        foreach (long id in good[..2]) await Refused(HttpStatusCode.Gone, service.Administrator.GetAsync($"/api/inspections/{id}/picture"));
        foreach (long id in good[2..].Concat(bad)) await Ok(service.Administrator.GetAsync($"/api/inspections/{id}/picture"));
        options.MostGigabytes = 1e-9;
        Assert.Equal(4, await service.Services.GetRequiredService<Retention>().RunAsync(CancellationToken.None));
        foreach (long id in bad) await Ok(service.Administrator.GetAsync($"/api/inspections/{id}/picture"));
    }

    [Fact]
    public async Task A_file_that_was_kept_again_just_now_stays_and_what_is_taught_with_does_too()
    {
        await using ServiceUnderTest service = await StartAsync(null, "--Service:KeepOkDays=7");
        var files = (FolderStore)service.Services.GetRequiredService<FileStore>();
        await KeepAsync(service, 1, 8, InspectionVerdict.OK);
        await KeepAsync(service, 2, 8, InspectionVerdict.OK);
        files.Keep(TestPictures.Good(1)); // its row is not written yet
        await service.SendPictureAsync("/api/products/plate/pictures", TestPictures.Good(2));
        Age(files, TestPictures.Good(2));

        Assert.Equal(2, await service.Services.GetRequiredService<Retention>().RunAsync(CancellationToken.None));

        Assert.True(files.Has(FileStore.HashOf(TestPictures.Good(1))));
        Assert.True(files.Has(FileStore.HashOf(TestPictures.Good(2))));
        Age(files, TestPictures.Good(1));
        await service.Services.GetRequiredService<Retention>().RunAsync(CancellationToken.None);
        Assert.False(files.Has(FileStore.HashOf(TestPictures.Good(1))));
    }

    [Fact]
    public async Task A_file_that_nothing_names_goes_whoever_left_it_there()
    {
        await using ServiceUnderTest service = await StartAsync(null);
        var files = (FolderStore)service.Services.GetRequiredService<FileStore>();
        string[] kept = [.. files.All().Select(file => file.Hash)]; // the detector
        byte[] forgotten = TestPictures.Good(9);
        files.Keep(forgotten); // and killed before its row was written
        Age(files, forgotten);
        foreach (string hash in kept) File.SetLastWriteTimeUtc(files.PathOf(hash), DateTime.UtcNow.AddDays(-2));

        Assert.Equal(0, await service.Services.GetRequiredService<Retention>().RunAsync(CancellationToken.None));

        Assert.Equal(kept.Order(), files.All().Select(file => file.Hash).Order());
    }

    private static void Age(FolderStore files, byte[] picture) =>
        File.SetLastWriteTimeUtc(files.PathOf(FileStore.HashOf(picture)), DateTime.UtcNow.AddHours(-2));

    private async Task<ServiceUnderTest> StartAsync(string? database, params string[] settings)
    {
        ServiceUnderTest service = await ServiceUnderTest.StartAsync(Folder, backbone, database, settings);
        await service.ImportAsync("plate", backbone);
        return service;
    }

    private static async Task<long> KeepAsync(
        ServiceUnderTest service, int seed, double days, InspectionVerdict? verdict, InspectionState state = InspectionState.Done, ReviewedAs? reviewed = null)
    {
        var files = (FolderStore)service.Services.GetRequiredService<FileStore>();
        var row = new InspectionRow
        {
            ProductId = "plate",
            Version = 1,
            Station = "line-1",
            Received = DateTime.UtcNow.AddDays(-days),
            PictureHash = files.Keep(TestPictures.Good(seed)),
            MediaType = "image/bmp",
            State = state,
            Verdict = verdict,
        };
        await service.Services.GetRequiredService<InspectionWriter>().AddAsync(row);
        if (reviewed is not null)
            await Ok(service.Administrator.PutAsJsonAsync($"/api/inspections/{row.Id}/review", new ReviewRequest(reviewed), ServiceJson.Options));
        Age(files, TestPictures.Good(seed));
        return row.Id;
    }
}
