using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace PromptAD.Tests.Store.Download;

/// <summary>Answers one request on a connection.</summary>
/// <param name="request">The request's head.</param>
/// <param name="stream">The connection, closed when the answer ends.</param>
/// <param name="stop">Set when the test ends.</param>
internal delegate Task Answer(string request, Stream stream, CancellationToken stop);

/// <summary>
/// An HTTP server on this machine that gives the answers it is told, in turn, the last again and again. It writes bytes, not HTTP, so it
/// can stall, cut off and lie. It stops with the test, at the latest after half a minute.
/// </summary>
internal sealed class ScriptedServer : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource stop = new(TimeSpan.FromSeconds(30));
    private readonly ConcurrentQueue<string> requests = [];
    private readonly Answer[] answers;
    private readonly Task loop;

    public ScriptedServer(params Answer[] answers)
    {
        this.answers = answers;
        listener.Start();
        Address = new Uri($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/weights.pt");
        loop = RunAsync();
    }

    public Uri Address { get; }

    /// <summary>The heads of all requests so far.</summary>
    public IReadOnlyList<string> Requests => [.. requests];

    /// <summary>The byte that each request started at.</summary>
    public IReadOnlyList<long> Starts => [.. requests.Select(StartOf)];

    /// <summary>The byte that a request starts at: 0, or what its Range header says.</summary>
    public static long StartOf(string request) => Header(request, "Range") is { } range ? long.Parse(range["bytes=".Length..^1]) : 0;

    public static string? Header(string request, string name) =>
        request.Split("\r\n").FirstOrDefault(line => line.StartsWith(name + ": ", StringComparison.Ordinal))?[(name.Length + 2)..];

    /// <summary>A well-behaved server: ranges, validators and all.</summary>
    public static Answer Serve(byte[] content, string validator = "ETag: \"v1\"") => (request, stream, stop) =>
    {
        string tag = validator.Split(": ")[1];
        int start = Header(request, "If-Range") == tag ? (int)StartOf(request) : 0;
        string head = start == 0 ? "200 OK" : $"206 Partial Content\r\nContent-Range: bytes {start}-{content.Length - 1}/{content.Length}";
        return WriteAsync(stream, $"{head}\r\n{validator}\r\nContent-Length: {content.Length - start}", content[start..], stop);
    };

    /// <summary>Sends exactly this head (status and headers) and body, then closes.</summary>
    public static Answer Send(string head, byte[]? body = null) => (_, stream, stop) => WriteAsync(stream, head, body ?? [], stop);

    /// <summary>Sends exactly this head and body, then nothing more until the test ends.</summary>
    public static Answer SendThenStall(string head, byte[] body) => async (request, stream, stop) =>
    {
        await WriteAsync(stream, head, body, stop);
        await Stall(request, stream, stop);
    };

    /// <summary>Takes the request and says nothing.</summary>
    public static Task Stall(string request, Stream stream, CancellationToken stop) => Task.Delay(Timeout.Infinite, stop);

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        listener.Stop();
        await loop;
        stop.Dispose();
    }

    private async Task RunAsync()
    {
        try
        {
            for (int i = 0; ; i++)
            {
                TcpClient client = await listener.AcceptTcpClientAsync(stop.Token);
                _ = AnswerAsync(client, answers[Math.Min(i, answers.Length - 1)]);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or InvalidOperationException)
        {
            // The test has ended, perhaps between two connections.
        }
    }

    private async Task AnswerAsync(TcpClient client, Answer answer)
    {
        try
        {
            using TcpClient connection = client;
            await using NetworkStream stream = connection.GetStream();
            string request = await ReadHeadAsync(stream);
            requests.Enqueue(request);
            await answer(request, stream, stop.Token);
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or ObjectDisposedException)
        {
            // The client hung up, or the test has ended.
        }
    }

    private async Task<string> ReadHeadAsync(NetworkStream stream)
    {
        var head = new StringBuilder();
        var buffer = new byte[1024];
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            int count = await stream.ReadAsync(buffer, stop.Token);
            if (count == 0) throw new IOException("no request");
            head.Append(Encoding.ASCII.GetString(buffer, 0, count));
        }
        return head.ToString();
    }

    private static async Task WriteAsync(Stream stream, string head, byte[] body, CancellationToken stop)
    {
        byte[] bytes = [.. Encoding.ASCII.GetBytes($"HTTP/1.1 {head}\r\nConnection: close\r\n\r\n"), .. body];
        await stream.WriteAsync(bytes, stop);
        await stream.FlushAsync(stop);
    }
}
