using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using PromptAD.Backbones;
using static PromptAD.Tests.Backbones.Download.ScriptedServer;
using Fetcher = PromptAD.Backbones.Download;

namespace PromptAD.Tests.Backbones.Download;

public sealed class DownloadTests : IDisposable
{
    private const string Whole = "200 OK\r\nETag: \"v1\"\r\nContent-Length: 300000";
    private static readonly byte[] Content = MakeContent(seed: 1);
    private static readonly string Hash = Convert.ToHexStringLower(SHA256.HashData(Content));
    private readonly string folder = Directory.CreateTempSubdirectory("promptad-download-").FullName;
    private readonly HurriedClock clock = new();
    private readonly List<DownloadProgress> reports = [];

    // An hour of a hurried clock is 3.6 s: long enough not to be met by accident.
    private DownloadOptions options = new() { StallTimeout = TimeSpan.FromHours(1) };

    private string Destination => Path.Combine(folder, "weights.pt");

    private IEnumerable<string> Files => Directory.EnumerateFileSystemEntries(folder).Select(path => Path.GetFileName(path)).Order();

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task Fetches_a_file_and_leaves_nothing_else()
    {
        await using var server = new ScriptedServer(Serve(Content));

        DownloadedFile file = await FetchAsync(server);

        Assert.Equal(new DownloadedFile(Destination, Content.Length, Hash, WasThere: false), file);
        AssertComplete(requests: 1, server);
        Assert.Equal(new DownloadProgress(Content.Length, Content.Length), reports[^1]);
    }

    [Theory]
    [InlineData(8, false)]
    [InlineData(9, true)]
    [InlineData(64, true)]
    public async Task Takes_a_hash_or_its_start_in_either_case(int digits, bool upper)
    {
        await using var server = new ScriptedServer(Serve(Content));

        await FetchAsync(server, upper ? Hash[..digits].ToUpperInvariant() : Hash[..digits]);

        AssertComplete(requests: 1, server);
    }

    [Theory]
    [InlineData("")]
    [InlineData("1234567")]
    [InlineData("not hexadecimal")]
    [InlineData("00000000000000000000000000000000000000000000000000000000000000000")]
    public async Task Refuses_a_hash_that_is_none(string hash)
    {
        await using var server = new ScriptedServer(Serve(Content));

        PromptADException error = await RefusedAsync(server, hash);

        Assert.Equal($"'{hash}' is not a SHA-256. Give its 64 hexadecimal digits, or at least the first 8.", error.Message);
        Assert.Empty(server.Requests);
    }

    [Fact]
    public async Task Fetches_without_a_hash_what_cannot_be_checked()
    {
        await using var server = new ScriptedServer(Serve(Content));

        DownloadedFile file = await FetchAsync(server, null);

        Assert.Equal(Hash, file.Sha256);
        AssertComplete(requests: 1, server);
    }

    [Fact]
    public async Task Does_not_fetch_a_file_that_is_there()
    {
        await using var server = new ScriptedServer(Serve(Content));
        await File.WriteAllBytesAsync(Destination, Content, Token);

        DownloadedFile file = await FetchAsync(server);

        Assert.True(file.WasThere);
        Assert.Empty(server.Requests);
    }

    [Fact]
    public async Task Replaces_a_file_that_has_another_hash()
    {
        await using var server = new ScriptedServer(Serve(Content));
        await File.WriteAllTextAsync(Destination, "an old version", Token);

        await FetchAsync(server);

        AssertComplete(requests: 1, server);
    }

    [Fact]
    public async Task Follows_a_redirection()
    {
        await using var server = new ScriptedServer(Send("302 Found\r\nLocation: /elsewhere\r\nContent-Length: 0"), Serve(Content));

        await FetchAsync(server);

        AssertComplete(requests: 2, server);
        Assert.StartsWith("GET /elsewhere ", server.Requests[1]);
    }

    [Theory]
    [InlineData("ETag: \"v1\"")]
    [InlineData("Last-Modified: Wed, 21 Oct 2015 07:28:00 GMT")]
    public async Task Goes_on_where_a_connection_was_cut(string validator)
    {
        string whole = $"200 OK\r\n{validator}\r\nContent-Length: {Content.Length}";
        await using var server = new ScriptedServer(Send(whole, Content[..200_000]), Serve(Content, validator));

        await FetchAsync(server);

        AssertComplete(requests: 2, server);
        Assert.Equal([0, 200_000], server.Starts);
        Assert.Contains(reports, report => report is { Received: 200_000, Total: 300_000, Trouble: not null });
    }

    [Fact]
    public async Task Goes_on_where_a_server_stalled()
    {
        options = options with { StallTimeout = TimeSpan.FromSeconds(50) };
        await using var server = new ScriptedServer(SendThenStall(Whole, Content[..200_000]), Serve(Content));

        await FetchAsync(server);

        AssertComplete(requests: 2, server);
        Assert.Equal([0, 200_000], server.Starts);
        Assert.Contains(reports, report => report.Trouble == "nothing arrived for 50 seconds");
    }

    [Fact]
    public async Task Gives_up_on_a_server_that_never_answers()
    {
        options = options with { StallTimeout = TimeSpan.FromSeconds(20), Attempts = 2 };
        await using var server = new ScriptedServer(Stall);

        PromptADException error = await RefusedAsync(server);

        Assert.Equal(
            $"Cannot download '{server.Address}': nothing arrived for 20 seconds, and 2 tries got no further. Check the network and run it again.",
            error.Message);
        Assert.Empty(Files);
    }

    [Fact]
    public async Task Goes_on_as_long_as_there_is_progress_however_small()
    {
        options = options with { Attempts = 2 };
        Answer[] drips = [.. Enumerable.Range(0, 6).Select(i => i == 0
            ? Send(Whole, Content[..1])
            : Send($"206 Partial Content\r\nETag: \"v1\"\r\nContent-Range: bytes {i}-299999/300000\r\nContent-Length: {300_000 - i}", Content[i..(i + 1)]))];
        await using var server = new ScriptedServer([.. drips, Serve(Content)]);

        await FetchAsync(server);

        AssertComplete(requests: 7, server);
        Assert.Equal([0, 1, 2, 3, 4, 5, 6], server.Starts);
    }

    [Fact]
    public async Task Gives_up_on_a_server_that_starts_over_for_ever()
    {
        options = options with { Attempts = 3 };
        await using var server = new ScriptedServer(Send(Whole, Content[..1000]));

        PromptADException error = await RefusedAsync(server);

        Assert.Equal(4, server.Requests.Count); // one that got somewhere, and three that got no further
        Assert.Contains("3 tries got no further. Check the network and run it again; 1,000 bytes are kept and it goes on from there.", error.Message);
    }

    [Fact]
    public async Task Starts_over_where_a_server_knows_no_ranges()
    {
        Answer whole = Send($"200 OK\r\nETag: \"v1\"\r\nContent-Length: {Content.Length}", Content);
        await using var server = new ScriptedServer(Send(Whole, Content[..200_000]), whole);

        await FetchAsync(server);

        AssertComplete(requests: 2, server);
    }

    [Fact]
    public async Task Starts_over_where_a_server_gives_nothing_to_recognise_a_version_by()
    {
        string anonymous = $"200 OK\r\nETag: W/\"weak\"\r\nContent-Length: {Content.Length}";
        await using var server = new ScriptedServer(Send(anonymous, Content[..200_000]), Send(anonymous, Content));

        await FetchAsync(server);

        AssertComplete(requests: 2, server);
        Assert.Equal([0, 0], server.Starts);
    }

    [Fact]
    public async Task Starts_over_where_the_file_has_changed_on_the_way()
    {
        byte[] old = MakeContent(seed: 2);
        await using var server = new ScriptedServer(Send(Whole.Replace("v1", "v0"), old[..200_000]), Serve(Content));

        await FetchAsync(server);

        AssertComplete(requests: 2, server);
        Assert.Equal("\"v0\"", Header(server.Requests[1], "If-Range"));
    }

    [Theory]
    [InlineData("ETag: \"v2\"\r\nContent-Range: bytes 200000-299999/300000")] // ignores If-Range
    [InlineData("ETag: \"v1\"\r\nContent-Range: bytes 200000-399999/400000")] // another size
    [InlineData("ETag: \"v1\"\r\nContent-Range: bytes 100000-199999/300000")] // another part
    [InlineData("ETag: \"v1\"\r\nContent-Range: lines 200000-299999/300000")]
    [InlineData("ETag: \"v1\"\r\nContent-Range: nonsense")]
    [InlineData("ETag: \"v1\"")]
    public async Task Starts_over_where_the_rest_does_not_fit(string headers)
    {
        Answer lie = Send($"206 Partial Content\r\n{headers}\r\nContent-Length: 100000", new byte[100_000]);
        await using var server = new ScriptedServer(Send(Whole, Content[..200_000]), lie, Serve(Content));

        await FetchAsync(server);

        AssertComplete(requests: 3, server);
        Assert.Equal([0, 200_000, 0], server.Starts);
    }

    [Fact]
    public async Task Starts_over_where_more_comes_than_was_announced()
    {
        Answer lie = Send("206 Partial Content\r\nETag: \"v1\"\r\nContent-Range: bytes 200000-299999/300000", new byte[200_000]);
        await using var server = new ScriptedServer(Send(Whole, Content[..200_000]), lie, Serve(Content));

        await FetchAsync(server);

        AssertComplete(requests: 3, server);
    }

    [Fact]
    public async Task Asks_again_where_less_comes_than_was_announced()
    {
        Answer lie = Send("206 Partial Content\r\nETag: \"v1\"\r\nContent-Range: bytes 200000-299999/300000\r\nContent-Length: 50000", Content[200_000..250_000]);
        await using var server = new ScriptedServer(Send(Whole, Content[..200_000]), lie, Serve(Content));

        await FetchAsync(server);

        AssertComplete(requests: 3, server);
        Assert.Equal([0, 200_000, 250_000], server.Starts);
    }

    [Fact]
    public async Task Takes_a_body_of_unannounced_length()
    {
        await using var server = new ScriptedServer(Send("200 OK", Content));

        await FetchAsync(server);

        AssertComplete(requests: 1, server);
    }

    [Fact]
    public async Task Ends_where_a_server_says_that_there_is_no_more()
    {
        await using var server = new ScriptedServer(
            Send("200 OK\r\nETag: \"v1\"\r\nContent-Length: 999999", Content),
            Send($"416 Range Not Satisfiable\r\nContent-Range: bytes */{Content.Length}\r\nContent-Length: 0"));

        await FetchAsync(server);

        AssertComplete(requests: 2, server);
        Assert.Equal([0, Content.Length], server.Starts);
    }

    [Fact]
    public async Task Starts_over_where_a_server_has_less_than_is_here()
    {
        await using var server = new ScriptedServer(
            Send(Whole, Content[..200_000]), Send("416 Range Not Satisfiable\r\nContent-Range: bytes */1000\r\nContent-Length: 0"), Serve(Content));

        await FetchAsync(server);

        AssertComplete(requests: 3, server);
        Assert.Equal([0, 200_000, 0], server.Starts);
    }

    [Theory]
    [InlineData("500 Internal Server Error")]
    [InlineData("503 Service Unavailable")]
    [InlineData("429 Too Many Requests")]
    [InlineData("408 Request Timeout")]
    public async Task Asks_a_busy_server_again(string status)
    {
        await using var server = new ScriptedServer(Send($"{status}\r\nContent-Length: 0"), Serve(Content));

        await FetchAsync(server);

        AssertComplete(requests: 2, server);
    }

    [Fact]
    public async Task Waits_longer_each_time_and_not_for_ever()
    {
        options = options with { Attempts = 5, LongestPause = TimeSpan.FromSeconds(5) };
        await using var server = new ScriptedServer(Send("503 Service Unavailable\r\nContent-Length: 0"));

        PromptADException error = await RefusedAsync(server);

        Assert.Equal([1, 2, 4, 5], Pauses);
        Assert.StartsWith($"Cannot download '{server.Address}': the server answered 503 (ServiceUnavailable), and 5 tries got no further.", error.Message);
    }

    [Theory]
    [InlineData("7", 7)]
    [InlineData("86400", 30)]
    [InlineData("Wed, 21 Oct 2015 07:28:00 GMT", 0)]
    public async Task Waits_as_long_as_a_busy_server_asks_within_reason(string retryAfter, int seconds)
    {
        await using var server = new ScriptedServer(Send($"503 Service Unavailable\r\nRetry-After: {retryAfter}\r\nContent-Length: 0"), Serve(Content));

        await FetchAsync(server);

        Assert.Equal(seconds == 0 ? [] : [seconds], Pauses);
    }

    [Theory]
    [InlineData("404 Not Found", "the server answered 404 (NotFound). Check the address.")]
    [InlineData("410 Gone", "the server answered 410 (Gone). Check the address.")]
    [InlineData("401 Unauthorized", "the server answered 401 (Unauthorized). It needs a login or is blocked here; give an address that does not.")]
    [InlineData("403 Forbidden", "the server answered 403 (Forbidden). It needs a login or is blocked here; give an address that does not.")]
    [InlineData("204 No Content", "the server answered 204 (NoContent). Check the address.")]
    public async Task Does_not_ask_twice_what_a_server_refuses(string status, string reason)
    {
        await using var server = new ScriptedServer(Send($"{status}\r\nContent-Length: 0"));

        PromptADException error = await RefusedAsync(server);

        Assert.Equal($"Cannot download '{server.Address}': {reason}", error.Message);
        Assert.Single(server.Requests);
        Assert.Empty(Files);
    }

    [Fact]
    public async Task Refuses_to_be_redirected_in_circles()
    {
        await using var server = new ScriptedServer(Send("302 Found\r\nLocation: /again\r\nContent-Length: 0"));

        Assert.Contains("redirects too often", (await RefusedAsync(server)).Message);
        Assert.Empty(Files);
    }

    [Fact]
    public async Task Refuses_a_web_page_and_keeps_what_was_there()
    {
        await using var server = new ScriptedServer(
            Send(Whole, Content[..200_000]), Send("200 OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: 7", "<html/>"u8.ToArray()));

        PromptADException error = await RefusedAsync(server);

        Assert.Equal(
            $"'{server.Address}' gives a web page instead of a file. Open it in a browser: a login or a proxy may be in the way.", error.Message);
        Assert.Equal(["weights.pt.part", "weights.pt.part.json"], Files);
    }

    [Fact]
    public async Task Deletes_what_has_another_hash()
    {
        await using var server = new ScriptedServer(Serve(MakeContent(seed: 2)));

        PromptADException error = await RefusedAsync(server);

        Assert.Contains(Convert.ToHexStringLower(SHA256.HashData(MakeContent(seed: 2))), error.Message);
        Assert.Contains($"expected was {Hash}. It was deleted", error.Message);
        Assert.Empty(Files);
    }

    [Fact]
    public async Task Keeps_the_old_file_when_the_new_one_has_another_hash()
    {
        await using var server = new ScriptedServer(Serve(MakeContent(seed: 2)));
        await File.WriteAllTextAsync(Destination, "an old version", Token);

        await RefusedAsync(server);

        Assert.Equal("an old version", await File.ReadAllTextAsync(Destination, Token));
        Assert.Equal(["weights.pt"], Files);
    }

    [Theory]
    [InlineData("200 OK\r\nContent-Length: 300000")]
    [InlineData("200 OK")]
    public async Task Refuses_a_file_that_is_too_large(string head)
    {
        options = options with { MaximumSize = 299_999 };
        await using var server = new ScriptedServer(Send(head, Content));

        Assert.Contains("larger than 299,999 bytes", (await RefusedAsync(server)).Message);
        Assert.Empty(Files);
    }

    [Fact]
    public async Task Leaves_what_arrived_when_cancelled_and_goes_on_from_there_next_time()
    {
        using var cancellation = new CancellationTokenSource();
        await using (var stalling = new ScriptedServer(SendThenStall(Whole, Content[..200_000])))
        {
            var stop = new Reports(report =>
            {
                if (report.Received == 200_000) cancellation.Cancel();
            });
            using var download = new Fetcher(options, clock);
            await Assert.ThrowsAnyAsync<OperationCanceledException>(
                () => download.FetchAsync(stalling.Address, Destination, Hash, stop, cancellation.Token));
            MoveStateTo(stalling.Address, new Uri("http://127.0.0.1:1/weights.pt"));
        }
        Assert.Equal(["weights.pt.part", "weights.pt.part.json"], Files);

        await using var server = new ScriptedServer(Serve(Content));
        MoveStateTo(new Uri("http://127.0.0.1:1/weights.pt"), server.Address);
        await FetchAsync(server);

        AssertComplete(requests: 1, server);
        Assert.Equal([200_000], server.Starts);
    }

    [Fact]
    public async Task Does_not_mix_the_parts_of_two_addresses()
    {
        await using var server = new ScriptedServer(Serve(Content));
        await LeavePartAsync(new byte[1000], """{"Address":"https://example.org/other.pt","EntityTag":"\u0022v1\u0022","Total":300000}""");

        await FetchAsync(server);

        AssertComplete(requests: 1, server);
        Assert.Equal([0], server.Starts);
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[1, 2]")]
    [InlineData("{}")]
    [InlineData("""{"Address":"ADDRESS","EntityTag":"no quotes"}""")]
    [InlineData("""{"Address":"ADDRESS","EntityTag":"\u0022a\u0022\r\nHost: b","Total":-5}""")]
    [InlineData("""{"Address":"ADDRESS"}""")]
    public async Task Starts_over_where_the_notes_beside_a_part_are_damaged(string notes)
    {
        await using var server = new ScriptedServer(Serve(Content));
        await LeavePartAsync(new byte[1000], notes.Replace("ADDRESS", server.Address.ToString()));

        await FetchAsync(server);

        AssertComplete(requests: 1, server);
        Assert.Equal([0], server.Starts);
    }

    [Fact]
    public async Task Needs_no_server_for_a_part_that_is_the_whole()
    {
        await using var server = new ScriptedServer(Serve(Content));
        await LeavePartAsync(Content, $$"""{"Address":"{{server.Address}}","EntityTag":"\u0022v1\u0022","Total":300000}""");

        await FetchAsync(server);

        AssertComplete(requests: 0, server);
    }

    [Theory]
    [InlineData("ftp://example.org/weights.pt", "is not a web address. Give one that starts with https://.")]
    [InlineData("weights.pt", "is not a web address. Give one that starts with https://.")]
    [InlineData("http://example.org/weights.pt", "is not encrypted. Give an https address, or the whole SHA-256 of the file (64 digits).")]
    public async Task Refuses_an_address_that_nothing_protects(string address, string reason)
    {
        using var download = new Fetcher(options, clock);

        PromptADException error = await Assert.ThrowsAsync<PromptADException>(
            () => download.FetchAsync(new Uri(address, UriKind.RelativeOrAbsolute), Destination, Hash[..8], cancellation: Token));

        Assert.Equal($"'{address}' {reason}", error.Message);
    }

    [Fact]
    public async Task Says_that_nobody_listens()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var address = new Uri($"http://{listener.LocalEndpoint}/weights.pt");
        listener.Stop();
        using var download = new Fetcher(options with { Attempts = 2 }, clock);

        PromptADException error = await Assert.ThrowsAsync<PromptADException>(
            () => download.FetchAsync(address, Destination, Hash, cancellation: Token));

        Assert.StartsWith($"Cannot download '{address}': ", error.Message);
        Assert.Contains("refused", error.Message);
        Assert.Empty(Files);
    }

    [Fact]
    public async Task Says_that_a_server_speaks_no_tls()
    {
        await using var server = new ScriptedServer((_, stream, stop) => stream.WriteAsync("HTTP/1.1 400 Bad Request\r\n\r\n"u8.ToArray(), stop).AsTask());
        var address = new UriBuilder(server.Address) { Scheme = "https" }.Uri;
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        using var download = new Fetcher(options with { StallTimeout = TimeSpan.FromSeconds(300), Attempts = 1 }, clock);

        PromptADException error = await Assert.ThrowsAsync<PromptADException>(
            () => download.FetchAsync(address, Destination, Hash, cancellation: Token));

        Assert.StartsWith($"Cannot download '{address}': ", error.Message);
    }

    [Theory]
    [InlineData("weights.pt")] // a folder
    [InlineData("file/weights.pt")] // in what is a file
    public async Task Says_what_cannot_be_written(string name)
    {
        await using var server = new ScriptedServer(Serve(Content));
        await File.WriteAllTextAsync(Path.Combine(folder, "file"), "", Token);
        Directory.CreateDirectory(Destination);
        string path = Path.Combine(folder, name);
        using var download = new Fetcher(options, clock);

        PromptADException error = await Assert.ThrowsAsync<PromptADException>(
            () => download.FetchAsync(server.Address, path, Hash, cancellation: Token));

        Assert.StartsWith($"Cannot write '{path}': ", error.Message);
        Assert.EndsWith(". Choose a folder that can be written and has free space.", error.Message);
        Assert.Empty(server.Requests);
    }

    [Fact]
    public async Task Refuses_to_share_a_part_with_another_download()
    {
        await using var server = new ScriptedServer(Serve(Content));
        using FileStream other = new(Destination + ".part", FileMode.Create, FileAccess.ReadWrite, FileShare.None);

        Assert.StartsWith($"Cannot write '{Destination}': ", (await RefusedAsync(server)).Message);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    // Pauses are the timers that are not timeouts, in seconds.
    private IEnumerable<int> Pauses => clock.Timers.Where(timer => timer < TimeSpan.FromMinutes(10)).Select(timer => (int)timer.TotalSeconds);

    private static byte[] MakeContent(int seed)
    {
        var content = new byte[300_000];
        new Random(seed).NextBytes(content);
        return content;
    }

    private async Task<DownloadedFile> FetchAsync(ScriptedServer server, string? hash)
    {
        using var download = new Fetcher(options, clock);
        return await download.FetchAsync(server.Address, Destination, hash, new Reports(reports.Add), Token);
    }

    private Task<DownloadedFile> FetchAsync(ScriptedServer server) => FetchAsync(server, Hash);

    private async Task<PromptADException> RefusedAsync(ScriptedServer server, string? hash = null)
    {
        PromptADException error = await Assert.ThrowsAsync<PromptADException>(() => FetchAsync(server, hash ?? Hash));
        Assert.DoesNotContain('\n', error.Message);
        return error;
    }

    private async Task LeavePartAsync(byte[] bytes, string notes)
    {
        await File.WriteAllBytesAsync(Destination + ".part", bytes, Token);
        await File.WriteAllTextAsync(Destination + ".part.json", notes, Token);
    }

    // Every server of these tests has a port of its own, while the notes are about one address.
    private void MoveStateTo(Uri from, Uri to)
    {
        string path = Destination + ".part.json";
        File.WriteAllText(path, File.ReadAllText(path).Replace(from.ToString(), to.ToString()));
    }

    private void AssertComplete(int requests, ScriptedServer server)
    {
        Assert.Equal(Content, File.ReadAllBytes(Destination));
        Assert.Equal(["weights.pt"], Files);
        Assert.Equal(requests, server.Requests.Count);
    }

    private sealed class Reports(Action<DownloadProgress> report) : IProgress<DownloadProgress>
    {
        public void Report(DownloadProgress value) => report(value);
    }
}
