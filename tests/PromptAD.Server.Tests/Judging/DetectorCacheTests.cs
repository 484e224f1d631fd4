using Microsoft.Extensions.Logging.Abstractions;
using PromptAD.Server.Judging;
using PromptAD.Server.Operations;
using PromptAD.Server.Storage;
using PromptAD.Server.Tests.Fixtures;

namespace PromptAD.Server.Tests.Judging;

public sealed class DetectorCacheTests : TemporaryFolder
{
    private readonly FolderStore files;
    private readonly DetectorCache cache;
    private readonly string[] hashes;

    public DetectorCacheTests(TinyBackbone backbone)
    {
        files = new FolderStore(InFolder("files"), new DiskSpace(Folder, reserve: 0), NullLogger.Instance);
        cache = new DetectorCache(files, new ServiceOptions { DataFolder = Folder, BackboneStore = backbone.Folder, CachedDetectors = 2 });
        hashes = [.. Enumerable.Range(0, 4).Select(i => files.Keep(With(backbone.Detector, 0.9f + (i / 100f))))];
    }

    [Fact]
    public void Detectors_share_an_encoder_and_those_not_used_longest_leave()
    {
        foreach (string hash in hashes) cache.Lend(hash).Dispose();

        Assert.Equal((2, 1), (cache.Count, cache.Encoders));
    }

    [Fact]
    public void One_that_is_in_use_judges_on_after_it_has_left()
    {
        using DetectorCache.Loan used = cache.Lend(hashes[0]);
        for (int i = 1; i < hashes.Length; i++) cache.Lend(hashes[i]).Dispose();

        Assert.Equal(2, cache.Count);
        Assert.True(used.Detector.Predict(TestPictures.Good(1)).Score > 0);
        used.Dispose();
        Assert.Throws<ObjectDisposedException>(() => used.Detector.Predict(TestPictures.Good(1)));
    }

    [Fact]
    public void The_same_one_is_loaded_once()
    {
        using DetectorCache.Loan first = cache.Lend(hashes[0]), second = cache.Lend(hashes[0]);

        Assert.Same(first.Detector, second.Detector);
        Assert.Equal(1, cache.Count);
    }

    [Fact]
    public void Many_threads_and_few_places_give_the_right_verdicts()
    {
        float[] scores = new float[200];
        Parallel.For(0, scores.Length, i =>
        {
            using DetectorCache.Loan loan = cache.Lend(hashes[i % hashes.Length]);
            scores[i] = loan.Detector.Predict(TestPictures.Good(1)).Score + loan.Detector.Limits!.NG.Score;
        });

        Assert.Equal(4, scores.Distinct().Count());
        Assert.Equal((2, 1), (cache.Count, cache.Encoders));
    }

    [Fact]
    public void A_file_that_is_gone_is_asked_for_again_later()
    {
        byte[] bytes = files.Read(hashes[0]);
        File.Delete(files.PathOf(hashes[0]));
        Assert.Throws<LostFileException>(() => cache.Lend(hashes[0]));

        files.Keep(bytes);

        cache.Lend(hashes[0]).Dispose();
        Assert.Equal(1, cache.Count);
    }

    [Fact]
    public void A_backbone_that_is_not_there_is_named()
    {
        using var other = new DetectorCache(
            files, new ServiceOptions { DataFolder = Folder, BackboneStore = InFolder("empty"), CachedDetectors = 2 });

        PromptADException error = Assert.Throws<PromptADException>(() => other.Lend(hashes[0]));

        Assert.Contains(TinyBackbone.Id, error.Message);
        Assert.Equal((0, 0), (other.Count, other.Encoders));
    }

    public override void Dispose()
    {
        cache.Dispose();
        Assert.Equal(0, cache.Encoders);
        base.Dispose();
    }

    private static byte[] With(byte[] detector, float limit)
    {
        Detector moved = Detector.Load(new MemoryStream(detector)).WithLimits(new LimitOptions { ReviewScore = 0.5f, NGScore = limit });
        using var stream = new MemoryStream();
        moved.Save(stream);
        return stream.ToArray();
    }
}
