using System.Globalization;
using System.Net.Sockets;
using System.Reflection;
using System.Text;
using Npgsql;
using PromptAD.Files;
using PromptAD.Server.Operations;
using PromptAD.Server.Storage;

namespace PromptAD.Server.Cluster;

/// <summary>What has to be right before a node joins: it says what is wrong, and disturbs nobody.</summary>
internal sealed class ClusterJoin(ServiceOptions options, FileStore files, TimeProvider clock)
{
    /// <summary>What nodes say to each other; raised where nodes of the version before would not understand.</summary>
    public const int Protocol = 1;

    private const int OldestProtocol = 1; // that this program can work beside
    private static readonly TimeSpan MostClockDifference = TimeSpan.FromSeconds(2);

    /// <summary>How long a node counts as there after it has said so.</summary>
    public static TimeSpan AliveFor { get; } = TimeSpan.FromSeconds(20);

    /// <summary>This program's version, as it was released.</summary>
    public static string Version { get; } =
        typeof(ClusterJoin).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];

    /// <summary>Looks at everything that nodes must agree on, and changes nothing.</summary>
    /// <exception cref="PromptADException">They do not agree.</exception>
    public async Task CheckAsync(CancellationToken cancellation)
    {
        CheckAddress();
        await using NpgsqlConnection? connection = await OpenAsync(cancellation);
        if (connection is null) return; // it is made with the first tables
        await CheckClockAsync(connection, cancellation);
        bool isThere = await ClusterTables.AreThereAsync(connection, cancellation);
        Known? known = isThere ? await ReadAsync(connection, cancellation) : null;
        if (known is not null) CheckName(known);
        CheckStore(known?.Store ?? "");
        if (isThere) await CheckPeersAsync(connection, cancellation);
    }

    /// <summary>Makes the cluster's tables and marks its folder where this is the first node.</summary>
    /// <exception cref="PromptADException">Another node was faster, and they do not agree.</exception>
    public async Task JoinAsync(CancellationToken cancellation)
    {
        await using NpgsqlConnection connection = (await OpenAsync(cancellation))!;
        await ClusterTables.MakeAsync(connection, cancellation);
        // Two first nodes do it one after the other.
        await using NpgsqlTransaction turn = await connection.BeginTransactionAsync(cancellation);
        await RunAsync("LOCK TABLE cluster IN EXCLUSIVE MODE", []);
        if (await ReadAsync(connection, cancellation) is { } known)
        {
            CheckName(known);
            CheckStore(known.Store);
            return;
        }
        CheckStore("");
        string mark = Marked() ?? Guid.NewGuid().ToString("N");
        files.WriteShared(FileStore.MarkName, Encoding.ASCII.GetBytes(mark));
        await RunAsync("INSERT INTO cluster (name, store) VALUES ($1, $2)", [options.Cluster.Name, mark]);
        await turn.CommitAsync(cancellation);

        async Task RunAsync(string text, string[] values)
        {
            await using var command = new NpgsqlCommand(text, connection);
            foreach (string value in values) command.Parameters.AddWithValue(value);
            await command.ExecuteNonQueryAsync(cancellation);
        }
    }

    /// <summary>Refuses a service of its own on a database that a cluster uses.</summary>
    /// <exception cref="PromptADException">Nodes of a cluster run on it.</exception>
    public async Task CheckAloneAsync(CancellationToken cancellation)
    {
        string? before = null; // of the cluster that this service was
        await using NpgsqlConnection? connection = options.Database is null ? null : await OpenAsync(cancellation);
        if (connection is not null && await ClusterTables.AreThereAsync(connection, cancellation))
        {
            List<Peer> alive = await PeersAsync(connection, cancellation);
            if (alive.Count > 0)
            {
                throw new PromptADException(
                    Problem.Conflict,
                    $"Nodes of a cluster run on this database ({string.Join(", ", alive.Select(one => one.Node))}); start with --cluster, "
                    + "end them, or name another database.");
            }
            before = (await ReadAsync(connection, cancellation))?.Store;
        }
        string? marked = Marked();
        if (marked is null || marked == before || marked == OwnMark()) return;
        throw new PromptADException(
            Problem.Conflict,
            IsBucket
                ? $"{files.Place} belongs to another service or a cluster; name another one with --bucket, or set Service:Bucket:Prefix. "
                    + $"Where that one is given up, remove its object '{Mark}'."
                : $"{files.Place} belongs to a cluster; start with --cluster and the cluster's --database, or name another one with "
                    + "--data.");
    }

    /// <summary>
    /// Marks a bucket as this service's own: two of them in one would remove each other's files. A folder needs none, since SQLite's file
    /// is in it.
    /// </summary>
    /// <exception cref="PromptADException">Another service was faster.</exception>
    public async Task MarkAloneAsync(CancellationToken cancellation)
    {
        if (!IsBucket || Marked() is not null) return;
        string mark = OwnMark() ?? Guid.NewGuid().ToString("N");
        AtomicFile.Write(OwnMarkPath, stream => stream.Write(Encoding.ASCII.GetBytes(mark)));
        files.WriteShared(FileStore.MarkName, Encoding.ASCII.GetBytes(mark));
        await CheckAloneAsync(cancellation);
    }

    /// <summary>A node that takes the address of another one would put it out of the cluster.</summary>
    private void CheckAddress()
    {
        ClusterOptions node = options.Cluster;
        try
        {
            using var listener = new TcpListener(node.FindAddress(), node.Port);
            listener.Start();
        }
        catch (SocketException e)
        {
            string reason = e.SocketErrorCode switch
            {
                SocketError.AddressAlreadyInUse => "another program listens there; choose another port with --node-port",
                SocketError.AddressNotAvailable => "it is none of this machine's; set Service:Cluster:Address",
                _ => e.Message,
            };
            throw new PromptADException(Problem.Environment, $"This node cannot listen at {Endpoint}: {reason}.", e);
        }
    }

    private async Task CheckClockAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        DateTimeOffset before = clock.GetUtcNow();
        await using var command = new NpgsqlCommand("SELECT clock_timestamp()", connection);
        var there = (DateTime)(await command.ExecuteScalarAsync(cancellation))!;
        DateTimeOffset after = clock.GetUtcNow();
        TimeSpan ahead = before - there > TimeSpan.Zero ? before - there : after - there < TimeSpan.Zero ? after - there : TimeSpan.Zero;
        if (ahead.Duration() <= MostClockDifference) return;
        throw new PromptADException(
            Problem.Environment,
            string.Create(
                CultureInfo.InvariantCulture,
                $"This node's clock is {ahead.Duration().TotalSeconds:F0} s {(ahead > TimeSpan.Zero ? "ahead of" : "behind")} the "
                + $"database's; at most {MostClockDifference.TotalSeconds:F0} s are allowed. Let both follow one time server."));
    }

    private void CheckName(Known known)
    {
        if (known.Name == options.Cluster.Name) return;
        throw new PromptADException(
            Problem.Conflict,
            $"The database belongs to cluster '{known.Name}', this node to '{options.Cluster.Name}'; name the cluster's own database, or "
            + "the cluster with Service:Cluster:Name.");
    }

    private async Task CheckPeersAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        List<Peer> alive = await PeersAsync(connection, cancellation);
        if (alive.Find(one => one.Protocol is < OldestProtocol or > Protocol) is { } other)
        {
            throw new PromptADException(
                Problem.Unsupported,
                $"Node {other.Node} runs version {other.Version} and speaks protocol {other.Protocol}; this program, {Version}, speaks "
                + $"{OldestProtocol} to {Protocol}. Upgrade one version after the other.");
        }
        if (alive.Find(one => one.Node == options.Cluster.NodeName) is { } same && same.Address != Endpoint)
        {
            throw new PromptADException(
                Problem.Conflict,
                $"Another node is called '{same.Node}' (at {same.Address}); give this one a name with Service:Cluster:Node.");
        }
    }

    /// <summary>Where other nodes reach this one.</summary>
    public string Endpoint => $"{options.Cluster.FindAddress()}:{options.Cluster.Port}";

    private bool IsBucket => options.Bucket.Name is not null;

    private string Setting => IsBucket ? "--bucket" : "--data";

    /// <summary>What the mark is called, for messages.</summary>
    private string Mark => files.PathOfShared(FileStore.MarkName);

    private string OwnMarkPath => Path.Combine(options.DataFolder, "bucket-id");

    /// <summary>The mark of the bucket that is this service's own; null for none.</summary>
    private string? OwnMark() => IsBucket && File.Exists(OwnMarkPath) ? File.ReadAllText(OwnMarkPath).Trim() : null;

    /// <summary>The mark of the store; null where it has none.</summary>
    private string? Marked() => files.ReadShared(FileStore.MarkName) is { } mark ? Encoding.ASCII.GetString(mark).Trim() : null;

    /// <param name="known">The store that the database names; empty for none.</param>
    private void CheckStore(string known)
    {
        string? marked = Marked();
        if (marked == known || (known.Length == 0 && (marked is null || marked == OwnMark()))) return;
        if (known.Length == 0)
        {
            throw new PromptADException(
                Problem.Conflict,
                $"{files.Place} belongs to the cluster of another database; name that one with --database, or another store with "
                + $"{Setting}. Where the old database is given up, remove '{Mark}'.");
        }
        if (marked is null)
        {
            throw new PromptADException(
                Problem.Environment,
                $"{files.Place} is not the cluster's: it has no file '{Mark}'. Name with {Setting} the one that all nodes share, and "
                + "mount it where it is a folder.");
        }
        throw new PromptADException(
            Problem.Conflict,
            $"{files.Place} belongs to another cluster ({marked[..Math.Min(8, marked.Length)]}, not {known[..8]}); name with {Setting} the "
            + "one that all nodes share.");
    }

    /// <returns>Null where the database is not there yet.</returns>
    private async Task<NpgsqlConnection?> OpenAsync(CancellationToken cancellation)
    {
        var connection = new NpgsqlConnection(options.Database);
        try
        {
            await connection.OpenAsync(cancellation);
            return connection;
        }
        catch (NpgsqlException e)
        {
            await connection.DisposeAsync();
            if (e is PostgresException { SqlState: PostgresErrorCodes.InvalidCatalogName }) return null;
            throw DatabaseSetup.Unusable(e);
        }
    }

    private static async Task<Known?> ReadAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand("SELECT name, store FROM cluster", connection);
        await using NpgsqlDataReader rows = await command.ExecuteReaderAsync(cancellation);
        return await rows.ReadAsync(cancellation) ? new Known(rows.GetString(0), rows.GetString(1)) : null;
    }

    private static async Task<List<Peer>> PeersAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(
            "SELECT node, version, protocol, address FROM cluster_nodes WHERE seen > clock_timestamp() - @alive", connection);
        command.Parameters.AddWithValue("alive", AliveFor);
        await using NpgsqlDataReader rows = await command.ExecuteReaderAsync(cancellation);
        List<Peer> peers = [];
        while (await rows.ReadAsync(cancellation))
            peers.Add(new Peer(rows.GetString(0), rows.GetString(1), rows.GetInt32(2), rows.GetString(3)));
        return peers;
    }

    private sealed record Known(string Name, string Store);

    private sealed record Peer(string Node, string Version, int Protocol, string Address);
}
