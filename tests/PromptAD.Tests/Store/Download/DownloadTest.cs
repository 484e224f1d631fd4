using System.Net;
using System.Security.Cryptography;
using PromptAD.Store.Download;

namespace PromptAD.Tests.Store.Download;

/// <summary>A folder, a file that servers have, and a download in a hurry.</summary>
public abstract class DownloadTest : IDisposable
{
    /// <summary>The head of an answer with the whole <see cref="Content"/>.</summary>
    private protected const string Whole = "200 OK\r\nETag: \"v1\"\r\nContent-Length: 300000";

    private protected static readonly byte[] Content = MakeContent(seed: 1);
    private protected static readonly string Hash = Convert.ToHexStringLower(SHA256.HashData(Content));
    private protected readonly string folder = Directory.CreateTempSubdirectory("promptad-download-").FullName;
    private protected readonly HurriedClock clock = new();
    private protected readonly List<DownloadProgress> reports = [];

    // An hour of a hurried clock is 3.6 s: long enough not to be met by accident.
    private protected DownloadOptions options = new() { StallTimeout = TimeSpan.FromHours(1) };

    // How servers are reached; null for the way that all programs go.
    private protected Func<DnsEndPoint, CancellationToken, Task<Stream>>? connect;

    private protected string Destination => Path.Combine(folder, "weights.pt");

    private protected IEnumerable<string> Files =>
        Directory.EnumerateFileSystemEntries(folder).Select(path => Path.GetFileName(path)).Order();

    /// <summary>The timers that are no timeouts, in seconds.</summary>
    private protected IEnumerable<int> Pauses =>
        clock.Timers.Where(timer => timer < TimeSpan.FromMinutes(10)).Select(timer => (int)timer.TotalSeconds);

    private protected static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <inheritdoc/>
    public void Dispose()
    {
        Directory.Delete(folder, recursive: true);
        GC.SuppressFinalize(this);
    }

    private protected static byte[] MakeContent(int seed)
    {
        var content = new byte[300_000];
        new Random(seed).NextBytes(content);
        return content;
    }

    private protected Task<DownloadedFile> FetchAsync(ScriptedServer server) => FetchAsync(server.Address, Hash);

    private protected async Task<DownloadedFile> FetchAsync(Uri address, string? hash, string? destination = null)
    {
        using var download = new Downloader(options, clock, connect);
        return await download.FetchAsync(address, destination ?? Destination, hash, new ReportTo(reports.Add), Token);
    }

    private protected Task<PromptADException> RefusedAsync(ScriptedServer server) => RefusedAsync(server.Address, Hash);

    private protected async Task<PromptADException> RefusedAsync(Uri address, string hash, string? destination = null)
    {
        PromptADException error = await Assert.ThrowsAsync<PromptADException>(() => FetchAsync(address, hash, destination));
        Assert.DoesNotContain('\n', error.Message);
        return error;
    }

    /// <summary>Leaves what an earlier download would have left.</summary>
    private protected async Task LeavePartAsync(byte[] bytes, string notes)
    {
        await File.WriteAllBytesAsync(Destination + ".part", bytes, Token);
        await File.WriteAllTextAsync(Destination + ".part.json", notes, Token);
    }

    private protected void AssertComplete(int requests, ScriptedServer server)
    {
        Assert.Equal(Content, File.ReadAllBytes(Destination));
        Assert.Equal(["weights.pt"], Files);
        Assert.Equal(requests, server.Requests.Count);
    }

    private protected sealed class ReportTo(Action<DownloadProgress> report) : IProgress<DownloadProgress>
    {
        public void Report(DownloadProgress value) => report(value);
    }
}
