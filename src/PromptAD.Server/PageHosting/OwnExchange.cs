using System.Diagnostics.CodeAnalysis;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Http.Features;

namespace PromptAD.Server.PageHosting;

/// <summary>One request of a page and its answer, which may go on for as long as somebody reads.</summary>
[SuppressMessage("Design", "CA1001", Justification = "The source has no timer and no handle, and may be asked to cancel at any time.")]
internal sealed class OwnExchange : HttpResponseFeature, IHttpRequestBodyDetectionFeature
{
    private readonly HttpRequestMessage request;
    private readonly DefaultHttpContext context;
    private readonly StreamResponseBodyFeature answer;
    private readonly Pipe pipe = new();
    private readonly CancellationTokenSource aborted = new();
    private readonly TaskCompletionSource<HttpResponseMessage> response = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Stack<(Func<object, Task> Call, object State)> starting = new(), completed = new();
    private bool hasStarted;

    /// <param name="request">What is asked for.</param>
    /// <param name="body">Its body.</param>
    /// <param name="caller">Who asks.</param>
    /// <param name="scopes">Where the request gets its services from.</param>
    public OwnExchange(HttpRequestMessage request, byte[] body, PageCaller caller, IServiceScopeFactory scopes)
    {
        this.request = request;
        answer = new StreamResponseBodyFeature(new WritingStream(this, pipe.Writer.AsStream()));
        CanHaveBody = request.Content is not null;
        var features = new FeatureCollection();
        features.Set<IHttpRequestFeature>(Describe(request, body));
        features.Set<IHttpResponseFeature>(this);
        features.Set<IHttpResponseBodyFeature>(answer);
        features.Set<IHttpRequestBodyDetectionFeature>(this);
        features.Set<IHttpRequestLifetimeFeature>(new HttpRequestLifetimeFeature { RequestAborted = aborted.Token });
        features.Set(caller);
        context = new DefaultHttpContext(features) { ServiceScopeFactory = scopes };
    }

    /// <summary>The answer, as soon as it begins.</summary>
    public Task<HttpResponseMessage> Response => response.Task;

    /// <inheritdoc/>
    public bool CanHaveBody { get; }

    /// <inheritdoc/>
    public override bool HasStarted => hasStarted;

    /// <summary>Nobody waits for the answer any more.</summary>
    public void Abort() => aborted.Cancel();

    /// <summary>Has the request answered.</summary>
    public async Task RunAsync(OwnPipeline pipeline)
    {
        Exception? error = null;
        try
        {
            await pipeline.AnswerAsync(context);
            await answer.CompleteAsync();
            await StartAsync();
        }
        catch (Exception e)
        {
            error = e;
            response.TrySetException(e as HttpRequestException ?? new HttpRequestException(e.Message, e));
        }
        finally
        {
            foreach ((Func<object, Task> call, object state) in completed) await call(state);
            await pipe.Writer.CompleteAsync(error is null ? null : new IOException(error.Message, error));
        }
    }

    /// <inheritdoc/>
    public override void OnStarting(Func<object, Task> callback, object state) => starting.Push((callback, state));

    /// <inheritdoc/>
    public override void OnCompleted(Func<object, Task> callback, object state) => completed.Push((callback, state));

    private static HttpRequestFeature Describe(HttpRequestMessage request, byte[] body)
    {
        var described = new HttpRequestFeature
        {
            Method = request.Method.Method,
            Scheme = request.RequestUri!.Scheme,
            Path = PathString.FromUriComponent(request.RequestUri).Value ?? "/",
            QueryString = request.RequestUri.Query,
            RawTarget = request.RequestUri.PathAndQuery,
            Protocol = HttpProtocol.Http11,
            Body = new MemoryStream(body, writable: false),
        };
        described.Headers.Host = request.RequestUri.Authority;
        foreach ((string name, IEnumerable<string> values) in request.Headers) described.Headers.Append(name, values.ToArray());
        if (request.Content is null) return described;
        foreach ((string name, IEnumerable<string> values) in request.Content.Headers) described.Headers.Append(name, values.ToArray());
        described.Headers.ContentLength = body.Length;
        return described;
    }

    private async Task StartAsync()
    {
        if (hasStarted) return;
        while (starting.TryPop(out (Func<object, Task> Call, object State) one)) await one.Call(one.State);
        hasStarted = true;
        var message = new HttpResponseMessage((System.Net.HttpStatusCode)StatusCode)
        {
            RequestMessage = request,
            Content = new StreamContent(new ReadingStream(this, pipe.Reader.AsStream())),
        };
        foreach ((string name, Microsoft.Extensions.Primitives.StringValues values) in Headers)
        {
            if (!message.Headers.TryAddWithoutValidation(name, values.ToArray()))
                message.Content.Headers.TryAddWithoutValidation(name, values.ToArray());
        }
        response.TrySetResult(message);
    }

    /// <summary>What an endpoint writes to. The answer begins with the first byte.</summary>
    private sealed class WritingStream(OwnExchange exchange, Stream inner) : Stream
    {
        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            await exchange.StartAsync();
            await inner.WriteAsync(buffer, cancellationToken);
        }

        public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

        public override async Task FlushAsync(CancellationToken cancellationToken)
        {
            await exchange.StartAsync();
            await inner.FlushAsync(cancellationToken);
        }

        public override void Flush() => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();
    }

    /// <summary>What the page reads from. Closing it ends the request.</summary>
    private sealed class ReadingStream(OwnExchange exchange, Stream inner) : Stream
    {
        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            inner.ReadAsync(buffer, cancellationToken);

        public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            inner.ReadAsync(buffer, offset, count, cancellationToken);

        public override int Read(byte[] buffer, int offset, int count) => inner.Read(buffer, offset, count);

        public override void Flush() => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                exchange.Abort();
                inner.Dispose();
            }
            base.Dispose(disposing);
        }
    }
}
