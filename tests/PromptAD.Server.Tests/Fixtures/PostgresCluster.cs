using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Npgsql;

[assembly: AssemblyFixture(typeof(PromptAD.Server.Tests.Fixtures.PostgresCluster))]

namespace PromptAD.Server.Tests.Fixtures;

/// <summary>
/// PostgreSQL as a program of these tests: on the loopback address, with its data in a temporary folder. It ends when this process does,
/// however that ends. Started by the first test that asks for a database.
/// </summary>
public sealed class PostgresCluster : IAsyncDisposable
{
    private const string Versions = "/usr/lib/postgresql";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly SemaphoreSlim turn = new(1, 1);
    private string? folder;
    private Process? server;
    private string? connection;

    /// <summary>Where PostgreSQL's programs are; null where it is not installed.</summary>
    public static string? Programs { get; } = Directory.Exists(Versions)
        ? Directory.EnumerateDirectories(Versions).Select(version => Path.Combine(version, "bin"))
            .Where(bin => File.Exists(Path.Combine(bin, "postgres"))).Order().LastOrDefault()
        : null;

    /// <summary>Skips a test, and says so, where there is no PostgreSQL.</summary>
    public static void Demand()
    {
        if (Programs is null) Console.Error.WriteLine("SKIPPED: no PostgreSQL in /usr/lib/postgresql; 'apt-get install postgresql' brings it.");
        Assert.SkipWhen(Programs is null, "No PostgreSQL in /usr/lib/postgresql; 'apt-get install postgresql' brings it.");
    }

    /// <summary>A new, empty database.</summary>
    /// <returns>Its connection string.</returns>
    public async Task<string> NewDatabaseAsync()
    {
        await turn.WaitAsync();
        try
        {
            connection ??= await StartAsync();
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

    public async ValueTask DisposeAsync()
    {
        NpgsqlConnection.ClearAllPools();
        turn.Dispose();
        if (server is not null)
        {
            server.StandardInput.Close(); // the shell around it ends it then
            await server.WaitForExitAsync();
            server.Dispose();
        }
        if (folder is not null) Directory.Delete(folder, recursive: true);
    }

    private async Task<string> StartAsync()
    {
        folder = Directory.CreateTempSubdirectory("promptad-postgres-").FullName;
        string data = Path.Combine(folder, "data"), bin = Programs!;
        // PostgreSQL refuses to run as root; its package has made a user for it.
        string before = Environment.UserName == "root" ? "setpriv --reuid=postgres --regid=postgres --clear-groups " : "";
        if (before.Length > 0) await RunAsync($"chown postgres '{folder}'");
        await RunAsync($"{before}'{bin}/initdb' -D '{data}' -U postgres -A trust -E UTF8 --no-sync >/dev/null");
        int port = FreePort();
        string options = $"-D '{data}' -p {port} -k '' -c listen_addresses=127.0.0.1 -c fsync=off -c shared_buffers=32MB";
        server = Shell($"{before}'{bin}/postgres' {options} >'{folder}.log' 2>&1 & p=$!; cat >/dev/null; kill -INT $p; wait $p; rm -f '{folder}.log'");
        string started = new NpgsqlConnectionStringBuilder
        {
            Host = "127.0.0.1",
            Port = port,
            Username = "postgres",
            Database = "postgres",
            MaxPoolSize = 20,
        }.ConnectionString;
        var waited = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                await using NpgsqlConnection first = new(started);
                await first.OpenAsync();
                return started;
            }
            catch (NpgsqlException) when (waited.Elapsed < Patience)
            {
                await Task.Delay(50); // until it listens
            }
        }
    }

    private static async Task RunAsync(string command)
    {
        using Process process = Shell(command);
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, command);
    }

    private static Process Shell(string command) =>
        Process.Start(new ProcessStartInfo("/bin/sh") { ArgumentList = { "-c", command }, RedirectStandardInput = true })!;

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
