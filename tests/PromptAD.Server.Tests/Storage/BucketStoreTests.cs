using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
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
    private static readonly string Hash = FileStore.HashOf(Content), Objects = $"files/{Hash[..2]}/{Hash}/";

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

        Assert.StartsWith(Objects, Assert.Single(bucket.Objects.Keys), StringComparison.Ordinal);
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
        bucket.Objects["files/00/something/else"] = ([1], DateTime.UtcNow);
        bucket.Objects[$"files/{hashes[2][..2]}/{hashes[2]}/twice"] = ([2], DateTime.UtcNow);

        Assert.Equal(hashes.Order(), store.All().Select(file => file.Hash).Order());
        Assert.Equal(6, store.All().Sum(file => file.Length));
    }

    [Fact]
    public void What_is_gone_or_has_changed_is_told_apart()
    {
        Assert.Contains("not in the store", Assert.Throws<LostFileException>(() => store.Read(Hash)).Message);
        bucket.Objects[$"{Objects}x"] = ([9], DateTime.UtcNow);
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
        bucket.Age(Objects, TimeSpan.FromMinutes(61));

        Assert.Equal(3, store.Remove(Hash));
        Assert.Empty(bucket.Objects);
    }

    [Theory]
    [InlineData("before it is looked at")]
    [InlineData("before it is removed")]
    [InlineData("after it was removed")]
    public void One_that_is_kept_again_while_it_is_being_removed_stays(string when)
    {
        store.Keep(Content);
        bucket.Age(Objects, TimeSpan.FromHours(2));
        string old = bucket.Objects.Keys.Single();
        using BucketStore other = Of(TestBucket.Name);
        bool isKept = false;
        bucket.Before = (method, name) =>
        {
            if (isKept || (method == "DELETE") != (when == "before it is removed")) return;
            isKept = true;
            if (when != "after it was removed") Assert.Equal(Hash, other.Keep(Content));
        };

        store.Remove(Hash);
        if (when == "after it was removed") other.Keep(Content);
        bucket.Before = null;
        // The request to remove the old one comes once more, late: as the SDK or a proxy repeats it.
        bucket.Objects.TryRemove(old, out _);

        Assert.True(isKept);
        Assert.Equal(Content, store.Read(Hash));
        Assert.NotEqual(old, bucket.Objects.Keys.Single());
    }

    [Fact]
    public void One_that_is_kept_anew_while_it_is_read_is_read()
    {
        store.Keep(Content);
        bucket.Age(Objects, TimeSpan.FromHours(2));
        using BucketStore other = Of(TestBucket.Name);
        bool isKept = false;
        bucket.Before = (method, name) =>
        {
            if (isKept || method != "GET" || !name.StartsWith(Objects, StringComparison.Ordinal)) return;
            isKept = true;
            other.Keep(Content); // and so the old object goes
        };

        Assert.Equal(Content, store.Read(Hash));
        Assert.True(isKept);
    }

    [Fact]
    public async Task While_it_is_away_nobody_waits_and_when_it_is_back_it_is_used()
    {
        bucket.IsAway = true;
        Assert.Throws<StoreAwayException>(() => store.Keep(Content));
        int asked = 0;
        bucket.Before = (_, _) => asked++;
        Assert.Throws<StoreAwayException>(() => store.Read(Hash));
        Assert.False(store.Answers());
        Assert.Equal(0, asked);
        bucket.IsAway = false;

        Assert.True(await Eventually.GetAsync(() => Task.FromResult(store.Answers()), answers => answers, "an answer"));
        Assert.Equal(Hash, store.Keep(Content));
    }

    [Fact]
    public void A_clock_of_its_own_is_told()
    {
        bucket.Ahead = TimeSpan.FromMinutes(-5);

        Assert.Contains("has a clock of its own", Assert.Throws<PromptADException>(store.Check).Message);
    }

    [Fact]
    public void An_answer_that_is_none_of_a_store_is_no_file_that_is_lost()
    {
        store.Keep(Content);
        bucket.IsProxy = true;

        Assert.Throws<StoreAwayException>(() => store.Read(Hash));
    }

    [Fact]
    public async Task Two_services_do_not_share_a_bucket()
    {
        await using (ServiceUnderTest one = await ServiceUnderTest.StartAsync(InFolder("one"), backbone, settings: bucket.Settings))
        {
        }

        PromptADException refused = await Assert.ThrowsAsync<PromptADException>(
            () => ServiceUnderTest.StartAsync(InFolder("two"), backbone, settings: bucket.Settings));
        Assert.StartsWith("The bucket 'parts' belongs to another service or a cluster;", refused.Message, StringComparison.Ordinal);
        Assert.Contains("remove its object 'shared/store-id'", refused.Message);
        await using ServiceUnderTest again = await ServiceUnderTest.StartAsync(InFolder("one"), backbone, settings: bucket.Settings);
        await using ServiceUnderTest beside = await ServiceUnderTest.StartAsync(
            InFolder("two"), backbone, settings: [.. bucket.Settings, "--Service:Bucket:Prefix=two/"]);
        Assert.True(bucket.Objects.ContainsKey("two/shared/store-id"));
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

    private BucketStore Of(string name) =>
        new(new BucketOptions { Name = name, Endpoint = bucket.Endpoint }, new DiskSpace(Folder, reserve: 0), NullLogger.Instance);
}
