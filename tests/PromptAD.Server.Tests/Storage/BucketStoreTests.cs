using System.Net;
using Microsoft.Extensions.DependencyInjection;
using PromptAD.Client;
using PromptAD.Server.Commands;
using PromptAD.Server.Storage;
using PromptAD.Server.Tests.Fixtures;
using static PromptAD.Server.Tests.Fixtures.ServiceUnderTest;

namespace PromptAD.Server.Tests.Storage;

/// <summary>Pictures and detectors in a bucket.</summary>
public sealed class BucketStoreTests(TinyBackbone backbone) : TemporaryFolder, IAsyncLifetime
{
    private static readonly byte[] Content = [1, 2, 3];
    private static readonly string Hash = FileStore.HashOf(Content), Stored = $"files/{Hash[..2]}/{Hash}";

    private TestBucket bucket = null!;
    private BucketStore store = null!;

    public async ValueTask InitializeAsync()
    {
        bucket = await TestBucket.StartAsync();
        store = Of(TestBucket.Name);
    }

    public async ValueTask DisposeAsync()
    {
        store.Dispose();
        await bucket.DisposeAsync();
        Dispose();
    }

    [Fact]
    public void Bytes_come_back_by_their_hash_and_are_sent_once()
    {
        store.Check();
        Assert.Empty(bucket.Objects);
        Assert.Equal(Hash, store.Keep(Content));
        bucket.Before = (method, _) => Assert.NotEqual("PUT", method);
        Assert.Equal(Hash, store.Keep(Content));

        Assert.Equal([Stored], bucket.Objects.Keys);
        Assert.Equal(Content, store.Read(Hash));
        Assert.True(store.Has(Hash));
        Assert.Equal(3, store.LengthOf(Hash));
        Assert.Equal(0, store.LengthOf(FileStore.HashOf([9])));
        Assert.Throws<ArgumentException>(() => store.Read("../../etc/passwd"));
    }

    [Fact]
    public void A_list_goes_on_over_its_pages()
    {
        string[] hashes = [.. Enumerable.Range(0, 5).Select(i => store.Keep([(byte)i]))];
        bucket.Objects["files/00/something-else"] = ([1], DateTime.UtcNow);

        Assert.Equal(hashes.Order(), store.All().Select(file => file.Hash).Order());
        Assert.Equal(5, store.All().Sum(file => file.Length));
    }

    [Fact]
    public void What_is_gone_or_has_changed_is_told_apart()
    {
        Assert.Contains("not in the store", Assert.Throws<LostFileException>(() => store.Read(Hash)).Message);
        bucket.Objects[Stored] = ([9], DateTime.UtcNow);
        Assert.Contains("other bytes", Assert.Throws<LostFileException>(() => store.Read(Hash)).Message);
        store.Keep(Content); // what a store has cut short is kept again
        Assert.Equal(Content, store.Read(Hash));
    }

    [Fact]
    public void A_file_goes_an_hour_after_it_was_kept_and_not_before()
    {
        Assert.Equal(0, store.Remove(Hash));
        store.Keep(Content);
        Assert.Null(store.Remove(Hash));
        bucket.Age(Stored, TimeSpan.FromMinutes(61));

        Assert.Equal(3, store.Remove(Hash));
        Assert.Empty(bucket.Objects);
    }

    [Fact]
    public void One_that_is_kept_while_it_is_being_removed_stays()
    {
        store.Keep(Content);
        bucket.Age(Stored, TimeSpan.FromHours(2));
        // Another node keeps it once the removal was announced: before the age is looked at again.
        bool isKept = false;
        bucket.Before = (method, name) =>
        {
            if (isKept || method != "HEAD" || name != Stored || !bucket.Objects.ContainsKey($"removals/{Hash}")) return;
            isKept = true;
            bucket.Objects[Stored] = (Content, DateTime.UtcNow);
        };

        Assert.Null(store.Remove(Hash));
        Assert.True(isKept);
        Assert.Equal([Stored], bucket.Objects.Keys);
    }

    [Fact]
    public async Task One_that_is_removed_while_it_is_being_kept_is_kept_again()
    {
        store.Keep(Content);
        bucket.Age(Stored, TimeSpan.FromHours(2));
        bucket.Objects[$"removals/{Hash}"] = ([1], DateTime.UtcNow);
        using var seen = new ManualResetEventSlim();
        int looks = 0;
        bucket.Before = (method, name) =>
        {
            if (method == "HEAD" && name == $"removals/{Hash}" && ++looks == 2) seen.Set();
        };

        Task<string> keeping = Task.Run(() => store.Keep(Content));
        Assert.True(seen.Wait(TimeSpan.FromSeconds(30)));
        bucket.Objects.TryRemove(Stored, out _); // whoever removes it had looked before it was written
        bucket.Objects.TryRemove($"removals/{Hash}", out _);

        Assert.Equal(Hash, await keeping);
        Assert.Equal([Stored], bucket.Objects.Keys);
    }

    [Fact]
    public void What_a_killed_process_left_holds_nobody_up_and_is_swept_up()
    {
        store.Keep(Content);
        bucket.Age(Stored, TimeSpan.FromHours(2));
        bucket.Objects[$"removals/{Hash}"] = ([1], DateTime.UtcNow.AddHours(-2));

        store.Keep(Content);
        store.SweepUp(isShared: true);

        Assert.Equal([Stored], bucket.Objects.Keys);
    }

    [Fact]
    public void A_file_for_programs_is_a_copy()
    {
        store.Keep(Content);

        string path = store.PathOf(Hash, Folder);

        Assert.Equal(Content, File.ReadAllBytes(path));
        Assert.Equal(Folder, Path.GetDirectoryName(path));
    }

    [Theory]
    [InlineData("no-such-bucket", "The bucket 'no-such-bucket' cannot be used: NoSuchBucket in words.")]
    [InlineData(TestBucket.Name, "The bucket 'parts' cannot be used: InternalError in words.")]
    public void What_cannot_be_used_is_told_in_one_line(string name, string expected)
    {
        bucket.IsAway = name == TestBucket.Name;
        using BucketStore other = Of(name);

        PromptADException refused = Assert.Throws<PromptADException>(other.Check);

        Assert.StartsWith(expected, refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', refused.Message);
        Assert.Throws<StoreAwayException>(() => other.Keep(Content));
        Assert.Throws<StoreAwayException>(() => other.Read(Hash));
    }

    [Theory]
    [InlineData("Parts", "", null, "Name is 'Parts'")]
    [InlineData("parts", "a\n", null, "Prefix is")]
    [InlineData("parts", "", "minio:9000", "Endpoint is 'minio:9000'")]
    public void Settings_that_cannot_be_are_told(string name, string prefix, string? endpoint, string expected) => Assert.Contains(
        $"Service:Bucket:{expected}",
        Assert.Throws<PromptADException>(() => new BucketOptions { Name = name, Prefix = prefix, Endpoint = endpoint }.Check()).Message);

    [Fact]
    public async Task A_service_teaches_judges_and_comes_back_from_a_backup()
    {
        string backup = InFolder("backup");
        string[] place = ["--data", InFolder("data"), .. bucket.Settings];
        long id;
        await using (ServiceUnderTest service = await ServiceUnderTest.StartAsync(InFolder("data"), backbone, settings: bucket.Settings))
        {
            Assert.Equal(JobState.Completed, (await service.TeachAsync("plate")).State);
            id = (await JudgeAsync(service.Administrator, "plate", TestPictures.Good(9))).Id;
            StorageInfo storage = await GetAsync<StorageInfo>(service.Administrator, "/api/storage");
            Assert.Equal((TestBucket.Name, 6L), (storage.Bucket, storage.FileCount)); // 4 taught, 1 judged, 1 detector
            bucket.IsAway = true;
            await Refused(HttpStatusCode.ServiceUnavailable, InspectAsync(service.Administrator, "plate", TestPictures.Good(10)));
            bucket.IsAway = false;
            Assert.Equal(1, (await GetAsync<InspectionCounts>(service.Administrator, "/api/inspections/counts")).All);
        }
        Assert.False(Directory.Exists(InFolder("data/files")));
        using var output = new StringWriter();
        Assert.Equal(0, await ServiceCommand.RunAsync(["backup", backup, .. place], output, CancellationToken.None));
        bucket.Objects.Clear();
        Directory.Delete(InFolder("data"), recursive: true);

        Assert.Equal(0, await ServiceCommand.RunAsync(["restore", backup, .. place], output, CancellationToken.None));
        Assert.Equal(0, await ServiceCommand.RunAsync(["check", .. place], output, CancellationToken.None));
        await using ServiceUnderTest again = await ServiceUnderTest.StartAsync(InFolder("data"), backbone, settings: bucket.Settings);
        Assert.Equal(
            TestPictures.Good(9), await again.Administrator.GetByteArrayAsync($"/api/inspections/{id}/picture"));
    }

    private BucketStore Of(string name) => new(new BucketOptions { Name = name, Endpoint = bucket.Endpoint });
}
