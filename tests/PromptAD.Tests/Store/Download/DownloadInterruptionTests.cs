using PromptAD.Store.Download;
using static PromptAD.Tests.Store.Download.ScriptedServer;

namespace PromptAD.Tests.Store.Download;

/// <summary>What a download does when servers stall, cut off and are busy.</summary>
public sealed class DownloadInterruptionTests : DownloadTest
{
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
            $"Cannot download '{server.Address}': nothing arrived for 20 seconds, and 2 tries got no further. "
            + "Check the network and run it again.",
            error.Message);
        Assert.Empty(Files);
    }

    [Fact]
    public async Task Goes_on_as_long_as_there_is_progress_however_small()
    {
        options = options with { Attempts = 2 };
        IEnumerable<Answer> drips = Enumerable.Range(1, 5).Select(i => Send(
            $"206 Partial Content\r\nETag: \"v1\"\r\nContent-Range: bytes {i}-299999/300000\r\nContent-Length: {300_000 - i}",
            Content[i..(i + 1)]));
        await using var server = new ScriptedServer([Send(Whole, Content[..1]), .. drips, Serve(Content)]);

        await FetchAsync(server);

        AssertComplete(requests: 7, server);
        Assert.Equal([0, 1, 2, 3, 4, 5, 6], server.Starts);
    }

    [Fact(Timeout = 20_000)]
    public async Task Gives_up_on_a_server_that_starts_over_for_ever()
    {
        options = options with { Attempts = 3 };
        await using var server = new ScriptedServer(Send(Whole, Content[..1000]));

        PromptADException error = await RefusedAsync(server).WaitAsync(TestContext.Current.CancellationToken);

        Assert.Equal(4, server.Requests.Count); // one that got somewhere, and three that got no further
        Assert.EndsWith(
            "3 tries got no further. Check the network and run it again; 1,000 bytes are kept and it goes on from there.", error.Message);
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
    public async Task Ends_where_a_server_says_that_there_is_no_more()
    {
        await using var server = new ScriptedServer(
            Send("200 OK\r\nETag: \"v1\"\r\nContent-Length: 999999", Content),
            Send($"416 Range Not Satisfiable\r\nContent-Range: bytes */{Content.Length}\r\nContent-Length: 0"));

        await FetchAsync(server);

        AssertComplete(requests: 2, server);
        Assert.Equal([0, Content.Length], server.Starts);
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
        Assert.Contains(": the server answered 503 (ServiceUnavailable), and 5 tries got no further.", error.Message);
    }

    [Theory]
    [InlineData("7", 7)]
    [InlineData("86400", 30)]
    [InlineData("Wed, 21 Oct 2015 07:28:00 GMT", 0)]
    public async Task Waits_as_long_as_a_busy_server_asks_within_reason(string retryAfter, int seconds)
    {
        string busy = $"503 Service Unavailable\r\nRetry-After: {retryAfter}\r\nContent-Length: 0";
        await using var server = new ScriptedServer(Send(busy), Serve(Content));

        await FetchAsync(server);

        Assert.Equal(seconds == 0 ? [] : [seconds], Pauses);
    }

    [Fact]
    public async Task Leaves_what_arrived_when_cancelled_and_goes_on_from_there_next_time()
    {
        await using var server = new ScriptedServer(SendThenStall(Whole, Content[..200_000]), Serve(Content));
        using var cancellation = new CancellationTokenSource();
        var cancelAtTheStall = new ReportTo(report =>
        {
            if (report.Received == 200_000) cancellation.Cancel();
        });
        using var download = new Downloader(options, clock);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => download.FetchAsync(server.Address, Destination, Hash, cancelAtTheStall, cancellation.Token));
        Assert.Equal(["weights.pt.part", "weights.pt.part.json"], Files);
        await FetchAsync(server);

        AssertComplete(requests: 2, server);
        Assert.Equal([0, 200_000], server.Starts);
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
    [InlineData("""{"Address":"ADDRESS","EntityTag":"W/\u0022weak\u0022"}""")]
    [InlineData("""{"Address":"not an address","EntityTag":"\u0022v1\u0022"}""")]
    [InlineData("""{"Address":"ADDRESS","Total":"many"}""")]
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
}
