using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace PromptAD.Server.Tests.Fixtures;

/// <summary>
/// PostgreSQL as a program on the loopback address, with its data in a temporary folder. It ends when this process does, however that ends.
/// Started when a database is first asked for.
/// </summary>
public sealed partial class PostgresCluster : IAsyncDisposable
{
    private const string Versions = "/usr/lib/postgresql";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly SemaphoreSlim turn = new(1, 1);
    private string? folder;
    private Process? server;
    private string? connection;
    private int port;

    /// <summary>Where PostgreSQL's programs are; null where it is not installed.</summary>
    public static string? Programs { get; } = Directory.Exists(Versions)
        ? Directory.EnumerateDirectories(Versions).Select(version => Path.Combine(version, "bin"))
            .Where(bin => File.Exists(Path.Combine(bin, "postgres"))).Order().LastOrDefault()
        : null;

    /// <summary>A new, empty database.</summary>
    /// <returns>Its connection string.</returns>
    public async Task<string> NewDatabaseAsync()
    {
        await turn.WaitAsync();
        try
        {
            if (connection is null) await StartAsync();
        }
        finally
        {
            turn.Release();
        }
        string name = $"test_{Guid.NewGuid():N}";
        await using NpgsqlConnection admin = new(connection);
        await admin.OpenAsync();
        await using NpgsqlCommand create = new($"CREATE DATABASE {name}", admin);
        await create.ExecuteNonQueryAsync();
        return new NpgsqlConnectionStringBuilder(connection) { Database = name }.ConnectionString;
    }

    /// <summary>Ends it, as a fast shutdown does; it keeps its data.</summary>
    public async Task StopAsync()
    {
        NpgsqlConnection.ClearAllPools();
        if (server is null) return;
        server.StandardInput.Close(); // the shell around it ends it then
        await server.WaitForExitAsync();
        server.Dispose();
        server = null;
    }

    /// <summary>Starts it again, with its data, under the same address.</summary>
    public async Task StartAgainAsync()
    {
        string options = $"-D '{Data}' -p {port} -k '' -c listen_addresses=127.0.0.1 -c fsync=off -c shared_buffers=32MB -c max_connections=400";
        server = Shell($"{AsUser}'{Programs}/postgres' {options} >'{folder}.log' 2>&1 & p=$!; cat >/dev/null; kill -INT $p; wait $p; rm -f '{folder}.log'");
        var waited = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                await using NpgsqlConnection first = new(connection);
                await first.OpenAsync();
                return;
            }
            catch (NpgsqlException) when (waited.Elapsed < Patience)
            {
                await Task.Delay(50); // until it listens
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        turn.Dispose();
        if (folder is not null) Directory.Delete(folder, recursive: true);
    }

    private string Data => Path.Combine(folder!, "data");

    // PostgreSQL refuses to run as root; its package has made a user for it.
    private static string AsUser => Environment.UserName == "root" ? "setpriv --reuid=postgres --regid=postgres --clear-groups " : "";

    private async Task StartAsync()
    {
        folder = Directory.CreateTempSubdirectory("promptad-postgres-").FullName;
        if (AsUser.Length > 0) await RunAsync($"chown postgres '{folder}'");
        await RunAsync($"{AsUser}'{Programs}/initdb' -D '{Data}' -U postgres -A trust -E UTF8 --no-sync >/dev/null");
        port = FreePort();
        connection = new NpgsqlConnectionStringBuilder
        {
            Host = "127.0.0.1",
            Port = port,
            Username = "postgres",
            Database = "postgres",
            MaxPoolSize = 20,
            // Every test has a database, and so a pool, of its own.
            ConnectionIdleLifetime = 20,
            ConnectionPruningInterval = 5,
        }.ConnectionString;
        await StartAgainAsync();
    }

    private static async Task RunAsync(string command)
    {
        using Process process = Shell(command);
        await process.WaitForExitAsync();
        if (process.ExitCode != 0) throw new InvalidOperationException($"{command} ended with {process.ExitCode}.");
    }

    private static Process Shell(string command) =>
        Process.Start(new ProcessStartInfo("/bin/sh") { ArgumentList = { "-c", command }, RedirectStandardInput = true })!;

    /// <summary>A port of the loopback address that nobody listens on.</summary>
    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
