using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using static PromptAD.Tests.Store.Download.ScriptedServer;

namespace PromptAD.Tests.Store.Download;

/// <summary>What a download does when servers lie or refuse.</summary>
public sealed class DownloadDistrustTests : DownloadTest
{
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
        const string Head = "206 Partial Content\r\nETag: \"v1\"\r\nContent-Range: bytes 200000-299999/300000\r\nContent-Length: 50000";
        Answer lie = Send(Head, Content[200_000..250_000]);
        await using var server = new ScriptedServer(Send(Whole, Content[..200_000]), lie, Serve(Content));

        await FetchAsync(server);

        AssertComplete(requests: 3, server);
        Assert.Equal([0, 200_000, 250_000], server.Starts);
    }

    [Fact]
    public async Task Starts_over_where_a_server_has_less_than_is_here()
    {
        await using var server = new ScriptedServer(
            Send(Whole, Content[..200_000]),
            Send("416 Range Not Satisfiable\r\nContent-Range: bytes */1000\r\nContent-Length: 0"),
            Serve(Content));

        await FetchAsync(server);

        AssertComplete(requests: 3, server);
        Assert.Equal([0, 200_000, 0], server.Starts);
    }

    [Theory]
    [InlineData("404 Not Found", "the server answered 404 (NotFound). Check the address.")]
    [InlineData("410 Gone", "the server answered 410 (Gone). Check the address.")]
    [InlineData("401 Unauthorized", "the server answered 401 (Unauthorized). It needs a login or is blocked here; give an address that")]
    [InlineData("403 Forbidden", "the server answered 403 (Forbidden). It needs a login or is blocked here; give an address that")]
    [InlineData("204 No Content", "the server answered 204 (NoContent). Check the address.")]
    public async Task Does_not_ask_twice_what_a_server_refuses(string status, string reason)
    {
        await using var server = new ScriptedServer(Send($"{status}\r\nContent-Length: 0"));

        PromptADException error = await RefusedAsync(server);

        Assert.StartsWith($"Cannot download '{server.Address}': {reason}", error.Message);
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
            Send(Whole, Content[..200_000]),
            Send("200 OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: 7", "<html/>"u8.ToArray()));

        PromptADException error = await RefusedAsync(server);

        Assert.Equal(
            $"'{server.Address}' gives a web page instead of a file. Open it in a browser: a login or a proxy may be in the way.",
            error.Message);
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

    [Theory]
    [InlineData("ftp://example.org/weights.pt", "is not a web address. Give one that starts with https://.")]
    [InlineData("weights.pt", "is not a web address. Give one that starts with https://.")]
    [InlineData("http://example.org/weights.pt", "is not encrypted. Give an https address, or the file's whole SHA-256 (64 digits).")]
    public async Task Refuses_an_address_that_nothing_protects(string address, string reason)
    {
        PromptADException error = await RefusedAsync(new Uri(address, UriKind.RelativeOrAbsolute), Hash[..8]);

        Assert.Equal($"'{address}' {reason}", error.Message);
    }

    [Fact]
    public async Task Says_that_a_server_speaks_no_tls()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var address = new Uri($"https://{listener.LocalEndpoint}/weights.pt");
        Task answer = AnswerPlainlyAsync();

        PromptADException error = await RefusedAsync(address, Hash);

        await answer;
        Assert.StartsWith($"Cannot download '{address}': ", error.Message);
        Assert.EndsWith("Check the address and this machine's certificates.", error.Message);
        Assert.Empty(Files);

        async Task AnswerPlainlyAsync()
        {
            using TcpClient client = await listener.AcceptTcpClientAsync(Token);
            await client.GetStream().WriteAsync("HTTP/1.1 400 Bad Request\r\n\r\n"u8.ToArray(), Token);
        }
    }
}
