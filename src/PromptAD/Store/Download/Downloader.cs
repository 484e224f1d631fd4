using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Security.Cryptography;
using PromptAD.Files;

namespace PromptAD.Store.Download;

/// <summary>
/// Fetches a large file over an unreliable network. Bytes go to <c>name.part</c>; a stall, a cut connection or a busy server leads to a new
/// try that asks for the rest only, and the file gets its name when it is complete and its hash fits. Where no server has answered yet and
/// none can be reached, there is no network, and no second try.
/// A download that is cancelled or gives up leaves <c>name.part</c> and <c>name.part.json</c> on purpose, so that the next one goes on from
/// there; nothing else stays behind.
/// </summary>
/// <remarks>
/// The tries are a loop of our own rather than a resilience library's, because a new try is another request (other range, other version)
/// and the limit is on tries that got no further, neither of which such a library can see.
/// </remarks>
internal sealed class Downloader : IDisposable
{
    private const int BufferSize = 1 << 17;
    private readonly DownloadOptions options;
    private readonly TimeProvider time;
    private readonly HttpClient client;
    private readonly Func<DnsEndPoint, CancellationToken, Task<Stream>> connect;
    private bool answered;

    /// <param name="options">Patience and limits; the defaults without.</param>
    /// <param name="time">The clock of pauses and timeouts, but for the one of connecting; the system's without.</param>
    /// <param name="connect">Reaches a server; over TCP without.</param>
    public Downloader(
        DownloadOptions? options = null,
        TimeProvider? time = null,
        Func<DnsEndPoint, CancellationToken, Task<Stream>>? connect = null)
    {
        this.options = options ?? new();
        this.time = time ?? TimeProvider.System;
        this.connect = connect ?? ConnectAsync;
        // The handler itself never follows a redirection from https to http.
        var handler = new SocketsHttpHandler { MaxAutomaticRedirections = 10, ConnectCallback = ConnectInTimeAsync };
        client = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
        client.DefaultRequestHeaders.UserAgent.Add(new ProductInfoHeaderValue("promptad", null));
        client.DefaultRequestHeaders.AcceptEncoding.Add(new StringWithQualityHeaderValue("identity"));
    }

    /// <summary>Fetches a file, or finds that it is already there.</summary>
    /// <param name="address">An https address; http is accepted from this machine, or where a whole hash says what must arrive.</param>
    /// <param name="destination">The file to make or replace.</param>
    /// <param name="sha256">The SHA-256 it must have, or at least the first 8 digits; null accepts whatever comes.</param>
    /// <param name="progress">Told of every block that arrives and of every trouble.</param>
    /// <param name="cancellation">Stops it; what arrived is kept for the next time.</param>
    /// <exception cref="PromptADException">The address or hash is malformed, the server refuses or does not deliver, the hash differs, or
    /// the file cannot be written.</exception>
    public async Task<DownloadedFile> FetchAsync(
        Uri address,
        string destination,
        string? sha256 = null,
        IProgress<DownloadProgress>? progress = null,
        CancellationToken cancellation = default)
    {
        ExpectedHash? hash = sha256 is null ? null : new ExpectedHash(sha256);
        CheckAddress(address, hash);
        string target = Path.GetFullPath(destination);
        try
        {
            if (hash is not null && await FindAsync(target, hash, cancellation) is { } found) return found;
            if (Directory.Exists(target)) throw new IOException("a folder of that name exists");
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            using var part = new PartialFile(target, address);
            await TransferAsync(part, progress, cancellation);
            return await FinishAsync(part, target, hash, cancellation);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new PromptADException(
                Problem.Unwritable,
                $"Cannot write '{destination}': {AtomicFile.Reason(e)}. Choose a folder that can be written and has free space.", e);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => client.Dispose();

    private static void CheckAddress(Uri address, ExpectedHash? hash)
    {
        bool known = address.IsAbsoluteUri && (address.Scheme == Uri.UriSchemeHttps || address.Scheme == Uri.UriSchemeHttp);
        if (!known) throw new PromptADException(
            Problem.InvalidArgument,
            $"'{address}' is not a web address. Give one that starts with https://.");
        bool safe = address.Scheme == Uri.UriSchemeHttps || address.IsLoopback || hash is { IsWhole: true };
        if (!safe)
            throw new PromptADException(
                Problem.InvalidArgument,
                $"'{address}' is not encrypted. Give an https address, or the file's whole SHA-256 (64 digits).");
    }

    private static async Task<DownloadedFile?> FindAsync(string target, ExpectedHash hash, CancellationToken cancellation)
    {
        if (!File.Exists(target)) return null;
        using FileStream stream = File.OpenRead(target);
        string actual = Convert.ToHexStringLower(await SHA256.HashDataAsync(stream, cancellation));
        return hash.Fits(actual) ? new(target, stream.Length, actual, WasThere: true) : null;
    }

    private static async Task<DownloadedFile> FinishAsync(
        PartialFile part, string target, ExpectedHash? hash, CancellationToken cancellation)
    {
        long size = part.Length;
        string actual = await part.HashAsync(cancellation);
        if (hash is null || hash.Fits(actual))
        {
            part.Complete();
            return new DownloadedFile(target, size, actual, WasThere: false);
        }
        part.Delete();
        throw new PromptADException(
            Problem.Damaged, $"What came from '{part.State.Address}' has the SHA-256 {actual}; expected was {hash}. "
            + "It was deleted; check the address and the hash.");
    }

    private static async Task<Stream> ConnectAsync(DnsEndPoint server, CancellationToken cancellation)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(server, cancellation);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    // The system's resolver cannot be cancelled and may ask servers that are not there for half a minute; it is left to itself.
    private async ValueTask<Stream> ConnectInTimeAsync(SocketsHttpConnectionContext context, CancellationToken cancellation)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        either.CancelAfter(options.ConnectTimeout);
        try
        {
            return await connect(context.DnsEndPoint, either.Token).WaitAsync(either.Token);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new SocketException((int)SocketError.TimedOut);
        }
    }

    private async Task TransferAsync(PartialFile part, IProgress<DownloadProgress>? progress, CancellationToken cancellation)
    {
        // What counts is the furthest byte ever reached: a server that starts over again and again must not keep us here for ever.
        long furthest = part.Length;
        int failures = 0;
        answered = false;
        while (!part.IsComplete)
        {
            try
            {
                await TryAsync(part, progress, cancellation);
            }
            catch (TransferInterruption interruption)
            {
                failures = part.Length > furthest ? 0 : failures + 1;
                furthest = Math.Max(furthest, part.Length);
                if (failures == options.Attempts) throw GivenUp(part, interruption);
                progress?.Report(new(part.Length, part.State.Total, interruption.Message));
                await Task.Delay(PauseAfter(failures, interruption), time, cancellation);
            }
        }
    }

    private TimeSpan PauseAfter(int failures, TransferInterruption interruption)
    {
        TimeSpan pause = interruption.Pause ?? options.FirstPause * Math.Pow(2, Math.Max(0, failures - 1));
        return TimeSpan.FromTicks(Math.Clamp(pause.Ticks, 0, options.LongestPause.Ticks));
    }

    private async Task TryAsync(PartialFile part, IProgress<DownloadProgress>? progress, CancellationToken cancellation)
    {
        using HttpRequestMessage request = Request(part);
        using HttpResponseMessage response =
            await WaitAsync(token => client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, token), part, cancellation);
        answered = true;
        DownloadResponse.Apply(response, part, time.GetUtcNow());
        CheckSize(part);
        if (part.IsComplete) return;
        using Stream body = await WaitAsync(response.Content.ReadAsStreamAsync, part, cancellation);
        var buffer = new byte[BufferSize];
        while (await WaitAsync(token => body.ReadAsync(buffer, token).AsTask(), part, cancellation) is var count and > 0)
        {
            if (part.Length + count > part.State.Total)
            {
                part.Restart();
                throw new TransferInterruption("the server sent more than it had announced");
            }
            await part.AppendAsync(buffer.AsMemory(0, count), cancellation);
            CheckSize(part);
            progress?.Report(new(part.Length, part.State.Total));
        }
        if (part.State.Total is null) part.Remember(part.State with { Total = part.Length });
        else if (!part.IsComplete) throw new TransferInterruption("the server ended before the end of the file");
    }

    private static HttpRequestMessage Request(PartialFile part)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, part.State.Address);
        if (!part.CanResume) return request;
        request.Headers.Range = new RangeHeaderValue(part.Length, null);
        request.Headers.IfRange = part.State.EntityTag is { } tag
            ? new RangeConditionHeaderValue(new EntityTagHeaderValue(tag))
            : new RangeConditionHeaderValue(part.State.LastModified!.Value);
        return request;
    }

    // Only what the network does goes through here, so that an IOException from anywhere else is the disk's.
    private async Task<T> WaitAsync<T>(Func<CancellationToken, Task<T>> operation, PartialFile part, CancellationToken cancellation)
    {
        using var stall = new CancellationTokenSource(options.StallTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, stall.Token);
        try
        {
            return await operation(either.Token);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new TransferInterruption($"nothing arrived for {options.StallTimeout.TotalSeconds:0.#} seconds");
        }
        catch (HttpRequestException e) when (e.HttpRequestError == HttpRequestError.SecureConnectionError)
        {
            string reason = AtomicFile.Reason(e.InnerException ?? e);
            throw new PromptADException(
                Problem.Network,
                $"Cannot download '{part.State.Address}': {reason}. Check the address and this machine's certificates.", e);
        }
        catch (HttpRequestException e) when (!answered && IsUnreached(e.HttpRequestError))
        {
            string what = $"Cannot download '{part.State.Address}': {AtomicFile.Reason(e)}{Kept(part)}.";
            throw new PromptADException(options.Unreached(what), e);
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            throw new TransferInterruption(AtomicFile.Reason(e), inner: e);
        }
    }

    private void CheckSize(PartialFile part)
    {
        long size = Math.Max(part.Length, part.State.Total ?? 0);
        if (size <= options.MaximumSize) return;
        part.Restart();
        throw new PromptADException(
            Problem.OutOfRange,
            $"'{part.State.Address}' is larger than {options.MaximumSize:N0} bytes, so it is another file than was asked for. "
            + "Check the address.");
    }

    private PromptADException GivenUp(PartialFile part, TransferInterruption interruption)
    {
        return new PromptADException(
            Problem.Network,
            $"Cannot download '{part.State.Address}': {interruption.Message}, and {options.Attempts} tries got no further. "
            + $"Check the network and run it again{Kept(part)}.",
            interruption);
    }

    private static bool IsUnreached(HttpRequestError error) =>
        error is HttpRequestError.NameResolutionError or HttpRequestError.ConnectionError or HttpRequestError.ProxyTunnelError;

    private static string Kept(PartialFile part) =>
        part.CanResume ? $"; {part.Length:N0} bytes are kept and it goes on from there" : "";
}
