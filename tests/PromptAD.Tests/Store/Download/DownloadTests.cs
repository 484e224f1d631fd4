using PromptAD.Store.Download;
using static PromptAD.Tests.Store.Download.ScriptedServer;

namespace PromptAD.Tests.Store.Download;

/// <summary>What a download does with hashes, addresses and files when the server behaves.</summary>
public sealed class DownloadTests : DownloadTest
{
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

        await FetchAsync(server.Address, upper ? Hash[..digits].ToUpperInvariant() : Hash[..digits]);

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

        PromptADException error = await RefusedAsync(server.Address, hash);

        Assert.Equal($"'{hash}' is not a SHA-256. Give its 64 hexadecimal digits, or at least the first 8.", error.Message);
        Assert.Empty(server.Requests);
    }

    [Fact]
    public async Task Fetches_without_a_hash_what_cannot_be_checked()
    {
        await using var server = new ScriptedServer(Serve(Content));

        DownloadedFile file = await FetchAsync(server.Address, null);

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

    [Fact]
    public async Task Takes_a_body_of_unannounced_length()
    {
        await using var server = new ScriptedServer(Send("200 OK", Content));

        await FetchAsync(server);

        AssertComplete(requests: 1, server);
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

        PromptADException error = await RefusedAsync(server.Address, Hash, path);

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
}
