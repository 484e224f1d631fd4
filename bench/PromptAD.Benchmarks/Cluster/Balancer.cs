using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;

namespace PromptAD.Benchmarks.Cluster;

/// <summary>
/// A load balancer as a plant has one before its nodes: it gives each connection to the next node that says it is ready, and breaks those to
/// a node that does not.
/// </summary>
internal sealed class Balancer : IAsyncDisposable
{
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(250), Patience = TimeSpan.FromSeconds(1);

    private readonly TcpListener listener;
    private readonly CancellationTokenSource stop = new();
    private readonly Lock gate = new();
    private readonly List<Backend> backends = [];
    private int next;

    /// <param name="address">Where it listens, on a free port.</param>
    public Balancer(IPAddress? address = null)
    {
        listener = new TcpListener(address ?? IPAddress.Loopback, 0);
        listener.Start();
        _ = Task.Run(AcceptAsync);
    }

    /// <summary>Where it listens.</summary>
    public IPEndPoint EndPoint => (IPEndPoint)listener.LocalEndpoint;

    /// <summary>Where it listens, for HTTP.</summary>
    public Uri Address => new($"http://{EndPoint}");

    /// <summary>Adds a node, which is asked whether it is ready.</summary>
    public void Add(Uri node)
    {
        var backend = new Backend(node.Host, node.Port);
        lock (gate) backends.Add(backend);
        _ = Task.Run(() => WatchAsync(backend, node));
    }

    /// <summary>Adds something else, which is always ready.</summary>
    public void Add(string host, int port)
    {
        lock (gate) backends.Add(new Backend(host, port) { IsReady = true });
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        listener.Dispose();
        lock (gate)
        {
            foreach (Backend one in backends) one.Break();
        }
    }

    [SuppressMessage("Reliability", "CA1031", Justification = "A node that does not answer is not ready.")]
    private async Task WatchAsync(Backend backend, Uri node)
    {
        using var http = new HttpClient { BaseAddress = node, Timeout = Patience };
        while (!stop.IsCancellationRequested)
        {
            try
            {
                using HttpResponseMessage answer = await http.GetAsync("/health/ready", stop.Token);
                backend.IsReady = answer.IsSuccessStatusCode;
            }
            catch (Exception)
            {
                backend.IsReady = false;
                backend.Break();
            }
            await Task.Delay(BetweenLooks, stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    [SuppressMessage("Reliability", "CA1031", Justification = "It ends when it is disposed of.")]
    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                TcpClient client = await listener.AcceptTcpClientAsync(stop.Token);
                _ = Task.Run(() => ServeAsync(client));
            }
        }
        catch (Exception)
        {
            // disposed of
        }
    }

    [SuppressMessage("Reliability", "CA1031", Justification = "A connection that breaks is the senders' to make again.")]
    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        {
            if (Choose() is not { } backend) return;
            using var node = new TcpClient { NoDelay = true };
            client.NoDelay = true;
            try
            {
                await node.ConnectAsync(backend.Host, backend.Port, stop.Token).AsTask().WaitAsync(Patience);
                backend.Open[client] = true;
                await using NetworkStream near = client.GetStream(), far = node.GetStream();
                await Task.WhenAny(near.CopyToAsync(far), far.CopyToAsync(near));
            }
            catch (Exception)
            {
                // broken
            }
            finally
            {
                backend.Open.TryRemove(client, out _);
            }
        }
    }

    private Backend? Choose()
    {
        lock (gate)
        {
            for (int i = 0; i < backends.Count; i++)
            {
                Backend one = backends[next++ % backends.Count];
                if (one.IsReady) return one;
            }
            return null;
        }
    }

    private sealed class Backend(string host, int port)
    {
        public string Host => host;

        public int Port => port;

        public bool IsReady { get; set; }

        public ConcurrentDictionary<TcpClient, bool> Open { get; } = [];

        public void Break()
        {
            foreach (TcpClient client in Open.Keys) client.Dispose();
        }
    }
}
