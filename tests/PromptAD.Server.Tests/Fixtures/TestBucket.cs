using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Security;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace PromptAD.Server.Tests.Fixtures;

/// <summary>As much of an S3-compatible store as the service uses, in memory: objects by name, and pages of two in lists.</summary>
internal sealed class TestBucket : IAsyncDisposable
{
    public const string Name = "parts";

    private const int PageLength = 2;
    private const string Key = "test-key";

    private readonly WebApplication app;

    static TestBucket()
    {
        Environment.SetEnvironmentVariable("AWS_ACCESS_KEY_ID", Key);
        Environment.SetEnvironmentVariable("AWS_SECRET_ACCESS_KEY", "test-secret");
        Environment.SetEnvironmentVariable("AWS_EC2_METADATA_DISABLED", "true");
    }

    private TestBucket(WebApplication app) => this.app = app;

    /// <summary>The objects by their names.</summary>
    public ConcurrentDictionary<string, (byte[] Content, DateTime Written)> Objects { get; } = new(StringComparer.Ordinal);

    /// <summary>Whether every request gets an answer of 500.</summary>
    public bool IsAway { get; set; }

    /// <summary>Is told of a request before it is done: its method and the object's name.</summary>
    public Action<string, string>? Before { get; set; }

    public string Endpoint => app.Urls.Single();

    /// <summary>The settings of a service that keeps its files here.</summary>
    public string[] Settings => [$"--bucket={Name}", $"--Service:Bucket:Endpoint={Endpoint}"];

    public static async Task<TestBucket> StartAsync()
    {
        WebApplicationBuilder builder = WebApplication.CreateBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        WebApplication app = builder.Build();
        var bucket = new TestBucket(app);
        app.Run(bucket.AnswerAsync);
        await app.StartAsync();
        return bucket;
    }

    /// <summary>Whether all is answered with a page that says 404, as a proxy does.</summary>
    public bool IsProxy { get; set; }

    /// <summary>How far its clock is ahead.</summary>
    public TimeSpan Ahead { get; set; }

    /// <summary>Makes the objects whose names begin so as old as this.</summary>
    public void Age(string beginning, TimeSpan age)
    {
        foreach (string name in Objects.Keys.Where(one => one.StartsWith(beginning, StringComparison.Ordinal)))
            Objects[name] = (Objects[name].Content, DateTime.UtcNow - age);
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        HttpRequest request = context.Request;
        string[] path = request.Path.Value!.TrimStart('/').Split('/', 2);
        string name = path.ElementAtOrDefault(1) ?? "";
        Before?.Invoke(request.Method, name);
        if (IsAway)
            await RefuseAsync(HttpStatusCode.InternalServerError, "InternalError");
        else if (IsProxy)
            context.Response.StatusCode = StatusCodes.Status404NotFound;
        else if (!request.Headers.Authorization.ToString().Contains($"Credential={Key}/", StringComparison.Ordinal))
            await RefuseAsync(HttpStatusCode.Forbidden, "InvalidAccessKeyId");
        else if (path[0] != Name)
            await RefuseAsync(HttpStatusCode.NotFound, "NoSuchBucket");
        else if (request.Method == HttpMethods.Put)
            Objects[name] = (await BodyAsync(), DateTime.UtcNow + Ahead);
        else if (request.Method == HttpMethods.Delete)
            Delete();
        else if (name.Length == 0)
            await ListAsync(request.Query["prefix"].ToString(), request.Query["continuation-token"].ToString());
        else if (!Objects.TryGetValue(name, out (byte[] Content, DateTime Written) found))
            await RefuseAsync(HttpStatusCode.NotFound, "NoSuchKey");
        else
            await ShowAsync(found);

        void Delete()
        {
            Objects.TryRemove(name, out _);
            context.Response.StatusCode = StatusCodes.Status204NoContent;
        }

        async Task<byte[]> BodyAsync()
        {
            using var body = new MemoryStream();
            await request.Body.CopyToAsync(body);
            return body.ToArray();
        }

        async Task ShowAsync((byte[] Content, DateTime Written) found)
        {
            context.Response.ContentLength = found.Content.Length;
            context.Response.Headers.LastModified = found.Written.ToString("R", CultureInfo.InvariantCulture);
            context.Response.Headers.ETag = "\"1-1\""; // that of an object in parts is no hash that the SDK compares
            if (request.Method != HttpMethods.Head) await context.Response.Body.WriteAsync(found.Content);
        }

        async Task ListAsync(string prefix, string after)
        {
            string[] names =
            [
                .. Objects.Keys.Where(one => one.StartsWith(prefix, StringComparison.Ordinal) && string.CompareOrdinal(one, after) > 0)
                    .Order(StringComparer.Ordinal),
            ];
            var page = new StringBuilder("<ListBucketResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">");
            foreach (string one in names.Take(PageLength))
            {
                (byte[] content, DateTime written) = Objects[one];
                page.Append(CultureInfo.InvariantCulture, $"<Contents><Key>{SecurityElement.Escape(one)}</Key><Size>{content.Length}</Size>")
                    .Append(CultureInfo.InvariantCulture, $"<LastModified>{written:yyyy-MM-ddTHH:mm:ss.fffZ}</LastModified></Contents>");
            }
            bool hasMore = names.Length > PageLength;
            page.Append(CultureInfo.InvariantCulture, $"<IsTruncated>{(hasMore ? "true" : "false")}</IsTruncated>");
            if (hasMore) page.Append($"<NextContinuationToken>{SecurityElement.Escape(names[PageLength - 1])}</NextContinuationToken>");
            await context.Response.WriteAsync(page.Append("</ListBucketResult>").ToString());
        }

        async Task RefuseAsync(HttpStatusCode status, string code)
        {
            context.Response.StatusCode = (int)status;
            if (request.Method != HttpMethods.Head)
                await context.Response.WriteAsync($"<Error><Code>{code}</Code><Message>{code} in words</Message></Error>");
        }
    }
}
