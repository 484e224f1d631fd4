using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Npgsql;
using PromptAD.Files;
using PromptAD.Server.Operations;

namespace PromptAD.Server.Cluster;

/// <summary>What has to be right before a node joins: it says what is wrong, and disturbs nobody.</summary>
internal sealed class ClusterJoin(ServiceOptions options, TimeProvider clock)
{
    /// <summary>What nodes say to each other; raised where nodes of the version before would not understand.</summary>
    public const int Protocol = 1;

    private const int OldestProtocol = 1; // that this program can work beside
    private const string MarkName = "store-id";
    private static readonly TimeSpan MostClockDifference = TimeSpan.FromSeconds(2), AliveFor = TimeSpan.FromSeconds(20);

    /// <summary>This program's version.</summary>
    public static string Version { get; } = typeof(ClusterJoin).Assembly.GetName().Version?.ToString(3) ?? "0";

    /// <summary>Looks at everything that nodes must agree on.</summary>
    /// <exception cref="PromptADException">They do not agree.</exception>
    public async Task CheckAsync(CancellationToken cancellation)
    {
        CheckAddress();
        await using var connection = new NpgsqlConnection(options.Database);
        await connection.OpenAsync(cancellation);
        await CheckClockAsync(connection, cancellation);
        await ClusterTables.MakeAsync(connection, cancellation);
        await CheckNodesAsync(connection, cancellation);
        await CheckStoreAsync(connection, cancellation);
    }

    /// <summary>Refuses a service of its own on a database that a cluster uses.</summary>
    /// <exception cref="PromptADException">Nodes of a cluster run on it.</exception>
    public async Task CheckAloneAsync(CancellationToken cancellation)
    {
        await using var connection = new NpgsqlConnection(options.Database);
        await connection.OpenAsync(cancellation);
        if (!await ClusterTables.AreThereAsync(connection, cancellation)) return;
        List<Peer> alive = await PeersAsync(connection, cancellation);
        if (alive.Count == 0) return;
        throw new PromptADException(
            Problem.Conflict,
            $"Nodes of a cluster run on this database ({string.Join(", ", alive.Select(one => one.Node))}); start with --cluster, "
            + "end them, or name another database.");
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

    private async Task CheckNodesAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        await using var insert = new NpgsqlCommand(
            "INSERT INTO cluster (name, store) VALUES (@name, @store) ON CONFLICT DO NOTHING", connection);
        insert.Parameters.AddWithValue("name", options.Cluster.Name);
        insert.Parameters.AddWithValue("store", "");
        await insert.ExecuteNonQueryAsync(cancellation);
        await using var read = new NpgsqlCommand("SELECT name FROM cluster", connection);
        var name = (string)(await read.ExecuteScalarAsync(cancellation))!;
        if (name != options.Cluster.Name)
        {
            throw new PromptADException(
                Problem.Conflict,
                $"The database belongs to cluster '{name}', this node to '{options.Cluster.Name}'; name the cluster's own database, or the "
                + "cluster with Service:Cluster:Name.");
        }
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

    private async Task CheckStoreAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        string path = Path.Combine(options.DataFolder, MarkName);
        // The first node marks the folder; two first ones do it one after the other.
        await using NpgsqlTransaction turn = await connection.BeginTransactionAsync(cancellation);
        await using var read = new NpgsqlCommand("SELECT store FROM cluster FOR UPDATE", connection);
        var known = (string)(await read.ExecuteScalarAsync(cancellation))!;
        string? marked = File.Exists(path) ? (await File.ReadAllTextAsync(path, cancellation)).Trim() : null;
        if (known.Length == 0)
        {
            if (marked is not null)
            {
                throw new PromptADException(
                    Problem.Conflict,
                    $"The data folder '{options.DataFolder}' belongs to the cluster of another database; name that one with --database, or "
                    + $"another folder with --data. Where the old database is given up, remove the file '{MarkName}'.");
            }
            marked = Guid.NewGuid().ToString("N");
            AtomicFile.Write(path, stream => stream.Write(Encoding.ASCII.GetBytes(marked)));
            await using var set = new NpgsqlCommand("UPDATE cluster SET store = @store", connection);
            set.Parameters.AddWithValue("store", marked);
            await set.ExecuteNonQueryAsync(cancellation);
        }
        else if (marked is null)
        {
            throw new PromptADException(
                Problem.Environment,
                $"The data folder '{options.DataFolder}' is not the cluster's: it has no file '{MarkName}'. Mount the folder that all "
                + "nodes share, and name it with --data.");
        }
        else if (marked != known)
        {
            throw new PromptADException(
                Problem.Conflict,
                $"The data folder '{options.DataFolder}' belongs to another cluster ({marked[..Math.Min(8, marked.Length)]}, not "
                + $"{known[..8]}); name with --data the folder that all nodes share.");
        }
        await turn.CommitAsync(cancellation);
        string probe = Path.Combine(options.DataFolder, AtomicFile.NewName());
        try
        {
            await File.WriteAllTextAsync(probe, "", cancellation);
            File.Delete(probe);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new PromptADException(
                Problem.Unwritable, $"This node cannot write into the data folder '{options.DataFolder}': {e.Message}", e);
        }
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

    private sealed record Peer(string Node, string Version, int Protocol, string Address);
}
