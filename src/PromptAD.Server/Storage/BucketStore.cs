using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Net;
using Amazon;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;

namespace PromptAD.Server.Storage;

/// <summary>
/// Files as objects of an S3-compatible store, which writes each whole or not at all. Several processes may share the bucket. The store
/// must show what was just written, as Amazon's does.
/// </summary>
internal sealed class BucketStore : FileStore, IDisposable
{
    private const string FileFolder = "files/", RemovalFolder = "removals/", SharedFolder = "shared/";

    // A removal is over, or given up, within the first; whoever keeps the same file meanwhile waits for the second.
    private static readonly TimeSpan LongestRemoval = TimeSpan.FromSeconds(5), LongestWait = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(100), LongestRequest = TimeSpan.FromSeconds(15);

    private readonly BucketOptions options;
    private readonly AmazonS3Client client;

    /// <param name="options">The bucket.</param>
    /// <exception cref="PromptADException">There are no credentials, or no region.</exception>
    public BucketStore(BucketOptions options)
    {
        this.options = options;
        var settings = new AmazonS3Config
        {
            Timeout = LongestRequest,
            MaxErrorRetry = 2,
            // Older stores know no checksums beside the signature; files are compared with their hashes anyway.
            RequestChecksumCalculation = RequestChecksumCalculation.WHEN_REQUIRED,
            ResponseChecksumValidation = ResponseChecksumValidation.WHEN_REQUIRED,
        };
        if (options.Endpoint is { } endpoint)
        {
            settings.ServiceURL = endpoint;
            settings.ForcePathStyle = true;
            settings.AuthenticationRegion = options.Region ?? "us-east-1";
        }
        else if (options.Region is { } region)
        {
            settings.RegionEndpoint = RegionEndpoint.GetBySystemName(region);
        }
        try
        {
            client = new AmazonS3Client(settings);
        }
        catch (Exception e) when (e is AmazonClientException or AmazonServiceException)
        {
            throw new PromptADException(
                Problem.Environment,
                $"{Place} cannot be used: {Line(e)} Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, and Service:Bucket:Region.",
                e);
        }
    }

    /// <inheritdoc/>
    public override string Place => $"The bucket '{options.Name}'";

    /// <inheritdoc/>
    public override void Check()
    {
        string name = $"{SharedFolder}check-{Guid.NewGuid():N}";
        try
        {
            Put(name, [1]);
            bool isThere = Get(name) is [1];
            Delete(name);
            if (!isThere) throw new StoreAwayException($"{Place} does not show what was just written.");
        }
        catch (StoreAwayException e)
        {
            throw new PromptADException(
                Problem.Environment, $"{e.Message} Look at Service:Bucket, the credentials, and what they may do.", e);
        }
    }

    /// <inheritdoc/>
    public override string Keep(ReadOnlySpan<byte> content)
    {
        string hash = HashOf(content), name = NameOf(hash);
        byte[] bytes = content.ToArray();
        Found? known = Find(name);
        // One that is not old enough to be removed stays for as long as a row may need.
        if (known is { } kept && kept.Length == bytes.Length && Age(kept) < LeastAge / 2) return hash;
        Put(name, bytes);
        // An old one may be being removed now: whoever removes it has said so before it looked at the age, or sees that it is new.
        if (known is not null && WasBeingRemoved(hash)) Put(name, bytes);
        return hash;
    }

    /// <inheritdoc/>
    public override string Take(string path) => Keep(File.ReadAllBytes(path));

    /// <inheritdoc/>
    public override long? Remove(string hash)
    {
        string name = NameOf(hash), removal = RemovalFolder + hash;
        if (Find(name) is not { } seen) return 0;
        if (Age(seen) < LeastAge) return null;
        Put(removal, [1]);
        long since = Stopwatch.GetTimestamp();
        long? freed = null;
        if (Find(name) is not { } old)
        {
            freed = 0;
        }
        else if (Age(old) >= LeastAge && Stopwatch.GetElapsedTime(since) < LongestRemoval)
        {
            Delete(name);
            freed = old.Length;
        }
        Delete(removal);
        return freed;
    }

    /// <inheritdoc/>
    public override long LengthOf(string hash) => Find(NameOf(hash))?.Length ?? 0;

    /// <inheritdoc/>
    public override bool Has(string hash) => Find(NameOf(hash)) is not null;

    /// <inheritdoc/>
    public override string PathOf(string hash, string folder)
    {
        string path = Path.Combine(folder, Known(hash));
        if (!File.Exists(path)) File.WriteAllBytes(path, Read(hash));
        return path;
    }

    /// <inheritdoc/>
    public override IEnumerable<StoredFile> All() =>
        from one in List(FileFolder)
        let hash = one.Name[(one.Name.LastIndexOf('/') + 1)..]
        where IsHash(hash)
        select new StoredFile(hash, one.Length);

    /// <inheritdoc/>
    public override void SweepUp(bool isShared)
    {
        foreach (Found one in List(RemovalFolder).Where(one => Age(one) > LeastAge).ToList()) Delete(one.Name);
    }

    /// <inheritdoc/>
    public override byte[]? ReadShared(string name) => Get(SharedFolder + name);

    /// <inheritdoc/>
    public override void WriteShared(string name, byte[] content) => Put(SharedFolder + name, content);

    /// <summary>The small files whose names begin alike.</summary>
    public IEnumerable<byte[]> ReadAllShared(string folder) =>
        List(SharedFolder + folder).Select(one => Get(one.Name)).OfType<byte[]>();

    /// <inheritdoc/>
    public void Dispose() => client.Dispose();

    /// <inheritdoc/>
    protected override byte[]? Fetch(string hash) => Get(NameOf(hash));

    private static string NameOf(string hash) => $"{FileFolder}{Known(hash)[..2]}/{hash}";

    private static TimeSpan Age(Found one) => DateTime.UtcNow - one.Written;

    /// <summary>Whether somebody was about to remove a file; when this returns, nobody is any more.</summary>
    private bool WasBeingRemoved(string hash)
    {
        bool was = false;
        // One that is older was left by a process that was killed.
        while (Find(RemovalFolder + hash) is { } removal && Age(removal) < LongestWait)
        {
            was = true;
            Thread.Sleep(BetweenLooks);
        }
        return was;
    }

    private Found? Find(string name) => Ask<Found?>(async () =>
    {
        GetObjectMetadataResponse answer = await client.GetObjectMetadataAsync(Bucket, options.Prefix + name);
        return new Found(name, answer.ContentLength, Utc(answer.LastModified));
    });

    private byte[]? Get(string name) => Ask<byte[]?>(async () =>
    {
        using GetObjectResponse answer = await client.GetObjectAsync(Bucket, options.Prefix + name);
        using var content = new MemoryStream((int)Math.Max(0, answer.ContentLength));
        await answer.ResponseStream.CopyToAsync(content);
        return content.ToArray();
    });

    private void Put(string name, byte[] content) => Ask(async () => (object?)await client.PutObjectAsync(new PutObjectRequest
    {
        BucketName = Bucket,
        Key = options.Prefix + name,
        InputStream = new MemoryStream(content, writable: false),
        UseChunkEncoding = false,
    }));

    private void Delete(string name) => Ask(async () => (object?)await client.DeleteObjectAsync(Bucket, options.Prefix + name));

    private IEnumerable<Found> List(string folder)
    {
        var request = new ListObjectsV2Request { BucketName = Bucket, Prefix = options.Prefix + folder };
        while (Ask(async () => await client.ListObjectsV2Async(request)) is { } page)
        {
            foreach (S3Object one in page.S3Objects ?? [])
                yield return new Found(one.Key[options.Prefix.Length..], one.Size ?? 0, Utc(one.LastModified));
            if (page.IsTruncated is not true) yield break;
            request.ContinuationToken = page.NextContinuationToken;
        }
    }

    private string Bucket => options.Name!;

    /// <summary>Asks the store; what is not there is null. The SDK has no members that wait; this thread does.</summary>
    [SuppressMessage("Reliability", "CA1031", Justification = "An answer that is none of S3 makes the SDK throw anything.")]
    private T? Ask<T>(Func<Task<T>> request)
    {
        try
        {
            return Task.Run(request).GetAwaiter().GetResult();
        }
        catch (AmazonS3Exception e) when (e is { StatusCode: HttpStatusCode.NotFound, ErrorCode: not "NoSuchBucket" })
        {
            return default;
        }
        catch (Exception e)
        {
            throw new StoreAwayException($"{Place} cannot be used: {Line(e)}", e);
        }
    }

    private static DateTime Utc(DateTime? time) => time?.ToUniversalTime() ?? DateTime.UtcNow;

    private static string Line(Exception error)
    {
        string line = error.Message.ReplaceLineEndings(" ").Trim();
        return line.EndsWith('.') ? line : $"{line}.";
    }

    private sealed record Found(string Name, long Length, DateTime Written);
}
