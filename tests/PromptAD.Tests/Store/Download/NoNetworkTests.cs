using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using static PromptAD.Tests.Store.Download.ScriptedServer;

namespace PromptAD.Tests.Store.Download;

/// <summary>What a download does where no server can be reached: it says so at once, unless one has answered before.</summary>
public sealed class NoNetworkTests : DownloadTest
{
    private const string Advice = "Check the network and its proxy, or give another address.";

    [Fact]
    public async Task Says_that_nobody_listens_without_another_try()
    {
        Uri address = ClosedPort();

        PromptADException error = await RefusedAsync(address, Hash);

        Assert.Matches($"^Cannot download '{address}': .*refused.*[.] {Advice}$", error.Message);
        Assert.Empty(Pauses);
        Assert.Empty(reports);
        Assert.Empty(Files);
    }

    [Fact]
    public async Task Says_that_a_name_is_not_known_without_another_try()
    {
        var address = new Uri("https://models.invalid/weights.pt"); // a name that is reserved for not being there

        PromptADException error = await RefusedAsync(address, Hash);

        Assert.StartsWith($"Cannot download '{address}': ", error.Message);
        Assert.EndsWith($". {Advice}", error.Message);
        Assert.Empty(Pauses);
        Assert.Empty(Files);
    }

    [Theory]
    [InlineData(true)] // packets that get lost
    [InlineData(false)] // a resolver that cannot be stopped
    public async Task Does_not_wait_long_for_a_server_that_cannot_be_reached(bool heedsCancellation)
    {
        options = options with { ConnectTimeout = TimeSpan.FromMilliseconds(50) };
        int tries = 0;
        connect = async (server, cancellation) =>
        {
            tries++;
            await Task.Delay(Timeout.Infinite, heedsCancellation ? cancellation : Token);
            throw new UnreachableException();
        };
        var address = new Uri("https://models.example/weights.pt");

        PromptADException error = await RefusedAsync(address, Hash).WaitAsync(TimeSpan.FromSeconds(20), Token);

        Assert.Equal($"Cannot download '{address}': {TimedOut} (models.example:443). {Advice}", error.Message);
        Assert.Equal(1, tries);
        Assert.Empty(Pauses);
        Assert.Empty(Files);
    }

    [Fact]
    public async Task Tells_what_is_kept_of_an_earlier_download()
    {
        Uri address = ClosedPort();
        await LeavePartAsync(new byte[1000], $$"""{"Address":"{{address}}","EntityTag":"\u0022v1\u0022"}""");

        PromptADException error = await RefusedAsync(address, Hash);

        Assert.EndsWith($"; 1,000 bytes are kept and it goes on from there. {Advice}", error.Message);
        Assert.Equal(["weights.pt.part", "weights.pt.part.json"], Files);
    }

    [Fact]
    public async Task Tries_again_where_the_network_breaks_on_the_way()
    {
        await using var server = new ScriptedServer(Send(Whole, Content[..200_000]), Serve(Content));
        int tries = 0;
        connect = async (address, cancellation) =>
        {
            if (++tries == 2) throw new SocketException((int)SocketError.NetworkUnreachable);
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
            await socket.ConnectAsync(address, cancellation);
            return new NetworkStream(socket, ownsSocket: true);
        };

        await FetchAsync(server);

        AssertComplete(requests: 2, server);
        Assert.Equal(3, tries);
        Assert.Equal([1, 1], Pauses);
        Assert.Equal([0, 200_000], server.Starts);
    }

    [Fact]
    public async Task A_pull_says_how_to_import_a_file()
    {
        Uri address = ClosedPort();
        var store = new BackboneStore(Path.Combine(folder, "store"));
        var watch = Stopwatch.StartNew();

        PromptADException error = await Assert.ThrowsAsync<PromptADException>(
            () => store.PullAsync("vit-b-16", new BackbonePullOptions { Address = address, Sha256 = Hash }, cancellation: Token));

        Assert.EndsWith(
            ". Check the network and its proxy, or get the file on another computer "
            + "and import it with BackboneStore.Import.",
            error.Message);
        Assert.InRange(watch.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(3));
    }

    private static string TimedOut => new SocketException((int)SocketError.TimedOut).Message;

    private static Uri ClosedPort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var address = new Uri($"http://{listener.LocalEndpoint}/weights.pt");
        listener.Stop();
        return address;
    }
}
