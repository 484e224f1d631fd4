using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace PromptAD.Server.Tests.Fixtures;

/// <summary>Debian's broker as a program on the loopback address; it ends with this process, however that ends.</summary>
internal sealed partial class Mosquitto : IAsyncDisposable
{
    private const string Program = "/usr/sbin/mosquitto";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly string folder;
    private Process? process;

    private Mosquitto(string folder, int port) => (this.folder, Port) = (folder, port);

    public int Port { get; }

    /// <summary>Whether it is installed.</summary>
    public static bool IsThere => File.Exists(Program);

    /// <summary>Starts one, which keeps its sessions and messages in a folder.</summary>
    public static async Task<Mosquitto> LaunchAsync(string folder)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        int port = ((IPEndPoint)listener.LocalEndpoint).Port;
        listener.Stop();
        Directory.CreateDirectory(folder);
        await File.WriteAllTextAsync(Path.Combine(folder, "mosquitto.conf"), $"""
            listener {port} 127.0.0.1
            allow_anonymous true
            persistence true
            persistence_location {folder}/
            user {Environment.UserName}
            """);
        var broker = new Mosquitto(folder, port);
        await broker.StartAgainAsync();
        return broker;
    }

    /// <summary>Starts it again, with the sessions and messages that it had.</summary>
    public async Task StartAgainAsync()
    {
        string command = $"'{Program}' -c '{folder}/mosquitto.conf' >/dev/null 2>&1 & p=$!; cat >/dev/null; kill $p; wait $p";
        process = Process.Start(new ProcessStartInfo("/bin/sh") { ArgumentList = { "-c", command }, RedirectStandardInput = true })!;
        var waited = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                using var client = new TcpClient();
                await client.ConnectAsync(IPAddress.Loopback, Port);
                return;
            }
            catch (SocketException) when (waited.Elapsed < Patience)
            {
                await Task.Delay(20); // until it listens
            }
        }
    }

    /// <summary>Ends it; it keeps sessions and messages.</summary>
    public async Task StopAsync()
    {
        if (process is null) return;
        process.StandardInput.Close(); // the shell around it ends it then
        await process.WaitForExitAsync();
        process.Dispose();
        process = null;
    }

    public async ValueTask DisposeAsync() => await StopAsync();
}
