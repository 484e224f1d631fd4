using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using Amazon;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;
using PromptAD.Files;

namespace PromptAD.Server.Storage;

/// <summary>
/// Files as objects of an S3-compatible store, which writes each whole or not at all. Several processes may share the bucket. A file is an
/// object <c>files/ab/HASH/NAME</c> with a new name each time that it is kept: what removes an old object, however late, never takes away
/// one that was kept since. The store must show what was just written, as Amazon's does.
/// </summary>
internal sealed partial class BucketStore : FileStore, IDisposable
{
    private const string FileFolder = "files/", SharedFolder = "shared/";
    private const int Looks = 3; // for a file whose object is replaced meanwhile

    // Of one try, of all tries and reading together, of trouble during which nobody else waits, and of clocks.
    private static readonly TimeSpan LongestTry = TimeSpan.FromSeconds(15), LongestRequest = TimeSpan.FromSeconds(40);
    private static readonly TimeSpan TroubleLasts = TimeSpan.FromSeconds(2), MostClockDifference = TimeSpan.FromMinutes(1);

    private readonly BucketOptions options;
    private readonly DiskSpace space;
    private readonly ILogger log;
    private readonly AmazonS3Client client;
    private Trouble? trouble; // the last time that the store did not answer; null since it has

    /// <param name="options">The bucket.</param>
    /// <param name="space">The disk that copies are put on.</param>
    /// <param name="log">Told of trouble.</param>
    /// <exception cref="PromptADException">There are no credentials, or no region.</exception>
    public BucketStore(BucketOptions options, DiskSpace space, ILogger log)
    {
        (this.options, this.space, this.log) = (options, space, log);
        var settings = new AmazonS3Config
        {
            Timeout = LongestTry,
            MaxErrorRetry = 1,
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
    public override bool Answers()
    {
        if (trouble is null) return true;
        try
        {
            _ = List(SharedFolder).Any();
            return true;
        }
        catch (StoreAwayException)
        {
            return false;
        }
    }

    /// <inheritdoc/>
    public override void Check()
    {
        string folder = $"{SharedFolder}check/", name = $"{folder}{Guid.NewGuid():N}";
        try
        {
            Put(name, [1]);
            bool isThere = Get(name) is [1];
            Found? listed = List(folder).FirstOrDefault(one => one.Name == name);
            Delete(name);
            if (!isThere || listed is null || Get(name) is not null)
                throw new StoreAwayException($"{Place} does not show what was just written, or removed.");
            if (Age(listed).Duration() > MostClockDifference)
            {
                throw new StoreAwayException(
                    $"{Place} has a clock of its own: {listed.Written:O}, where this computer has {DateTime.UtcNow:O}. At most "
                    + $"{MostClockDifference.TotalSeconds} s are allowed; let both follow one time server.");
            }
        }
        catch (StoreAwayException e)
        {
            string cause = e.InnerException is { } inner ? $"{Place} cannot be used: {Line(inner)}" : e.Message;
            throw new PromptADException(
                Problem.Environment,
                $"{cause} Look at Service:Bucket, the credentials, and what they may do: list, read, write, delete.",
                e);
        }
    }

    /// <inheritdoc/>
    public override string Keep(ReadOnlySpan<byte> content)
    {
        string hash = HashOf(content);
        byte[] bytes = content.ToArray();
        List<Found> known = [.. List(FolderOf(hash))];
        // One that is far from being old enough to be removed stays for as long as a row may need.
        if (known.Exists(one => one.Length == bytes.Length && Age(one) < LeastAge / 2)) return hash;
        Put($"{FolderOf(hash)}{Guid.NewGuid():N}", bytes);
        foreach (Found one in known) Delete(one.Name); // those who are reading it look again
        return hash;
    }

    /// <inheritdoc/>
    public override string Take(string path) => Keep(File.ReadAllBytes(path));

    /// <inheritdoc/>
    public override long? Remove(string hash)
    {
        List<Found> known = [.. List(FolderOf(hash))];
        if (known.Exists(one => Age(one) < LeastAge)) return null;
        foreach (Found one in known) Delete(one.Name);
        return known.Sum(one => one.Length);
    }

    /// <inheritdoc/>
    public override long LengthOf(string hash) => Newest(hash)?.Length ?? 0;

    /// <inheritdoc/>
    public override bool Has(string hash) => Newest(hash) is not null;

    /// <inheritdoc/>
    public override string PathOf(string hash, string folder)
    {
        string path = Path.Combine(folder, Known(hash));
        if (File.Exists(path)) return path;
        byte[] content = Read(hash);
        space.Demand(content.Length);
        DiskSpace.Watch(() => AtomicFile.Write(path, stream => stream.Write(content)));
        return path;
    }

    /// <inheritdoc/>
    public override IEnumerable<StoredFile> All()
    {
        // Objects of the same file come one after the other.
        StoredFile? last = null;
        foreach (Found one in List(FileFolder))
        {
            if (one.Name.Split('/') is not [_, _, var hash, _] || !IsHash(hash)) continue;
            if (last is { } before && before.Hash != hash) yield return before;
            last = new StoredFile(hash, one.Length + (last is { } same && same.Hash == hash ? same.Length : 0));
        }
        if (last is { } end) yield return end;
    }

    /// <inheritdoc/>
    public override void SweepUp(bool isShared)
    {
        // Nothing is left half-written.
    }

    /// <inheritdoc/>
    public override byte[]? ReadShared(string name) => Get(SharedFolder + name);

    /// <inheritdoc/>
    public override void WriteShared(string name, byte[] content) => Put(SharedFolder + name, content);

    /// <inheritdoc/>
    public override string PathOfShared(string name) => options.Prefix + SharedFolder + name;

    /// <summary>The small files whose names begin alike.</summary>
    public IEnumerable<byte[]> ReadAllShared(string folder) =>
        List(SharedFolder + folder).Select(one => Get(one.Name)).OfType<byte[]>();

    /// <inheritdoc/>
    public void Dispose() => client.Dispose();

    /// <inheritdoc/>
    protected override byte[]? Fetch(string hash)
    {
        for (int look = 0; look < Looks; look++)
        {
            if (Newest(hash) is not { } newest) return null;
            if (Get(newest.Name) is { } content) return content;
        }
        return null;
    }

    private static string FolderOf(string hash) => $"{FileFolder}{Known(hash)[..2]}/{hash}/";

    private static TimeSpan Age(Found one) => DateTime.UtcNow - one.Written;

    private Found? Newest(string hash) => List(FolderOf(hash)).MaxBy(one => one.Written);

    /// <returns>The bytes; null where there is no such object.</returns>
    private byte[]? Get(string name) => Ask<byte[]?>(async ending =>
    {
        try
        {
            using GetObjectResponse answer = await client.GetObjectAsync(Bucket, options.Prefix + name, ending);
            using var content = new MemoryStream((int)Math.Max(0, answer.ContentLength));
            await answer.ResponseStream.CopyToAsync(content, ending);
            return content.ToArray();
        }
        catch (AmazonS3Exception e) when (e.ErrorCode == "NoSuchKey")
        {
            return null;
        }
    });

    private void Put(string name, byte[] content) => Ask(ending => client.PutObjectAsync(
        new PutObjectRequest
        {
            BucketName = Bucket,
            Key = options.Prefix + name,
            InputStream = new MemoryStream(content, writable: false),
            UseChunkEncoding = false,
        },
        ending));

    private void Delete(string name) => Ask(ending => client.DeleteObjectAsync(Bucket, options.Prefix + name, ending));

    private IEnumerable<Found> List(string folder)
    {
        var request = new ListObjectsV2Request { BucketName = Bucket, Prefix = options.Prefix + folder };
        while (true)
        {
            ListObjectsV2Response page = Ask(ending => client.ListObjectsV2Async(request, ending));
            foreach (S3Object one in page.S3Objects ?? [])
                yield return new Found(one.Key[options.Prefix.Length..], one.Size ?? 0, Utc(one.LastModified));
            if (page.IsTruncated is not true) yield break;
            request.ContinuationToken = page.NextContinuationToken;
        }
    }

    private string Bucket => options.Name!;

    /// <summary>Asks the store. The SDK has no members that wait; this thread does.</summary>
    [SuppressMessage("Reliability", "CA1031", Justification = "An answer that is none of S3 makes the SDK throw anything.")]
    private T Ask<T>(Func<CancellationToken, Task<T>> request)
    {
        // While it does not answer, one after the other finds out, and not all at once.
        if (trouble is { } known && Stopwatch.GetElapsedTime(known.Since) < TroubleLasts) throw Away(known.Cause);
        try
        {
            using var ending = new CancellationTokenSource(LongestRequest);
            T answer = Task.Run(() => request(ending.Token)).GetAwaiter().GetResult();
            trouble = null;
            return answer;
        }
        catch (Exception e)
        {
            trouble = new Trouble(Stopwatch.GetTimestamp(), e);
            LogAway(log, Place, Line(e));
            throw Away(e);
        }
    }

    private static DateTime Utc(DateTime? time) => time?.ToUniversalTime() ?? DateTime.UtcNow;

    private static string Line(Exception error)
    {
        string line = error.Message.ReplaceLineEndings("\n").Split('\n')[0].Trim();
        // A heading of lines that follow, such as of all places where credentials were looked for.
        if (line.EndsWith(':')) line = line[..(line.IndexOf(". ", StringComparison.Ordinal) is var at and > 0 ? at : line.Length - 1)];
        return line.EndsWith('.') ? line : $"{line}.";
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Place} cannot be used: {Reason}")]
    private static partial void LogAway(ILogger log, string place, string reason);

    /// <summary>An object.</summary>
    private sealed record Found(string Name, long Length, DateTime Written);

    /// <summary>The store did not answer.</summary>
    private sealed record Trouble(long Since, Exception Cause);
}
