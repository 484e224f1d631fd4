using System.Diagnostics.CodeAnalysis;
using Npgsql;
using PromptAD.Server.Operations;
using PromptAD.Server.Storage;

namespace PromptAD.Server.Cluster;

/// <summary>
/// Who does what, in one table of the database and by its clock. A lease lasts for some seconds and is renewed; a node that cannot renew it
/// ends the work before another one may begin. Each node takes first what it is the first choice for, so that work is spread. One that does
/// not reach the store of files takes nothing, and gives back what it has.
/// </summary>
internal sealed partial class ClusterLeases(
    ServiceOptions options, Nodes nodes, FileStore files, IFatalErrorHandler fatal, TimeProvider clock, ILogger<ClusterLeases> log)
    : BackgroundService, ILeases
{
    private const int LooksBeforeSecondChoice = 3;
    private static readonly TimeSpan Lasts = TimeSpan.FromSeconds(6), Margin = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan BetweenRenewals = TimeSpan.FromSeconds(1.5), BetweenBeats = TimeSpan.FromSeconds(5);

    private readonly NpgsqlDataSource database = NpgsqlDataSource.Create(options.Database!);
    private readonly string node = options.Cluster.NodeName;
    private volatile bool hasStore = true;

    /// <summary>The name, and which start of the program it is: a node that is started anew is another one.</summary>
    private string Holder => $"{node} {nodes.Own.ToParsableString()}";

    /// <inheritdoc/>
    public async Task RunAsync(
        string name, Func<CancellationToken, Task> work, CancellationToken stopping, Func<bool>? isBusy = null)
    {
        await Task.Yield(); // who starts work does not wait for the database
        int looks = 0;
        while (!stopping.IsCancellationRequested)
        {
            if (await TakeAsync(name, ++looks))
            {
                looks = 0;
                await HoldAsync(name, work, isBusy, stopping);
            }
            await Task.Delay(BetweenRenewals, clock, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Which work each node does.</summary>
    public async Task<Dictionary<string, string>> AllAsync(CancellationToken cancellation)
    {
        Dictionary<string, string> all = await PairsAsync("SELECT name, holder FROM leases WHERE until > clock_timestamp()", cancellation);
        return all.ToDictionary(one => one.Key, one => one.Value.Split(' ')[0], StringComparer.Ordinal);
    }

    /// <summary>The version of each node's program.</summary>
    public Task<Dictionary<string, string>> VersionsAsync(CancellationToken cancellation) =>
        PairsAsync("SELECT node, version FROM cluster_nodes", cancellation);

    /// <inheritdoc/>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        try
        {
            await using NpgsqlCommand command = database.CreateCommand("DELETE FROM cluster_nodes WHERE node = @node AND silo = @silo");
            command.Parameters.AddWithValue("node", node);
            command.Parameters.AddWithValue("silo", nodes.Own.ToParsableString());
            await command.ExecuteNonQueryAsync(cancellationToken);
        }
        catch (NpgsqlException e)
        {
            LogTrouble(e.Message); // it counts as gone soon
        }
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        database.Dispose();
        base.Dispose();
    }

    private async Task<Dictionary<string, string>> PairsAsync(string query, CancellationToken cancellation)
    {
        await using NpgsqlCommand command = database.CreateCommand(query);
        await using NpgsqlDataReader rows = await command.ExecuteReaderAsync(cancellation);
        var all = new Dictionary<string, string>(StringComparer.Ordinal);
        while (await rows.ReadAsync(cancellation)) all[rows.GetString(0)] = rows.GetString(1);
        return all;
    }

    /// <inheritdoc/>
    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(BeatAsync(stoppingToken), WatchStoreAsync(stoppingToken));

    /// <summary>Keeps in mind whether this node reaches the store of files; one that hangs does not hold up anything else.</summary>
    private async Task WatchStoreAsync(CancellationToken stopping)
    {
        Task<bool> asking = Task.FromResult(true);
        while (!stopping.IsCancellationRequested)
        {
            if (asking.IsCompleted) asking = Task.Run(files.Answers, CancellationToken.None);
            await Task.WhenAny(asking, Task.Delay(BetweenBeats, clock, stopping));
            hasStore = asking is { IsCompletedSuccessfully: true, Result: true };
            await Task.Delay(BetweenRenewals, clock, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Says in the database that this node is there.</summary>
    [SuppressMessage("Reliability", "CA1031", Justification = "It is said again.")]
    private async Task BeatAsync(CancellationToken stopping)
    {
        using var timer = new PeriodicTimer(BetweenBeats, clock);
        do
        {
            try
            {
                await using NpgsqlCommand command = database.CreateCommand("""
                    INSERT INTO cluster_nodes (node, silo, protocol, version, address, started, seen)
                    VALUES (@node, @silo, @protocol, @version, @address, clock_timestamp(), clock_timestamp())
                    ON CONFLICT (node) DO UPDATE SET silo = @silo, protocol = @protocol, version = @version, address = @address,
                        started = CASE WHEN cluster_nodes.silo = @silo THEN cluster_nodes.started ELSE clock_timestamp() END,
                        seen = clock_timestamp()
                    WHERE cluster_nodes.silo = @silo OR cluster_nodes.address = @address
                        OR cluster_nodes.seen < clock_timestamp() - @alive
                    """);
                command.Parameters.AddWithValue("node", node);
                command.Parameters.AddWithValue("silo", nodes.Own.ToParsableString());
                command.Parameters.AddWithValue("protocol", ClusterJoin.Protocol);
                command.Parameters.AddWithValue("version", ClusterJoin.Version);
                command.Parameters.AddWithValue("address", $"{nodes.Own.Endpoint}");
                command.Parameters.AddWithValue("alive", ClusterJoin.AliveFor);
                if (await command.ExecuteNonQueryAsync(stopping) == 0)
                    fatal.OnFatalException(this, $"Another node is called '{node}'; give this one a name with Service:Cluster:Node.", null);
            }
            catch (Exception e) when (!stopping.IsCancellationRequested)
            {
                LogTrouble(e.Message);
            }
        }
        while (await timer.WaitForNextTickAsync(stopping));
    }

    /// <summary>Works until the lease is lost, given up, or the work has ended.</summary>
    private async Task HoldAsync(
        string name, Func<CancellationToken, Task> work, Func<bool>? isBusy, CancellationToken stopping)
    {
        using var turn = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        Task working = Task.Run(() => work(turn.Token), CancellationToken.None);
        long renewed = clock.GetTimestamp();
        int others = 0;
        while (!working.IsCompleted && !stopping.IsCancellationRequested)
        {
            await Task.WhenAny(working, Task.Delay(BetweenRenewals, clock, stopping));
            if (working.IsCompleted || stopping.IsCancellationRequested) break;
            // Given back where another node is its first choice: a node that comes gets its share, and one that drains keeps none.
            others = hasStore && nodes.FirstFor(name) == nodes.Own ? 0 : others + 1;
            if (others >= LooksBeforeSecondChoice && isBusy?.Invoke() is not true) break;
            TimeSpan left = Lasts - Margin - clock.GetElapsedTime(renewed);
            if (left <= TimeSpan.Zero) break;
            long before = clock.GetTimestamp();
            Task<bool> renewing = PutAsync(name);
            await Task.WhenAny(renewing, Task.Delay(left, clock, stopping)); // a database that hangs is not waited for
            if (renewing is { IsCompletedSuccessfully: true, Result: true }) renewed = before;
        }
        await turn.CancelAsync();
        try
        {
            await working.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        finally
        {
            if (working.Exception is { } error) LogEnded(error, name);
            await ReleaseAsync(name);
        }
    }

    private async Task<bool> TakeAsync(string name, int looks)
    {
        if (!hasStore) return false;
        if (nodes.FirstFor(name) != nodes.Own && (looks <= LooksBeforeSecondChoice || nodes.IsDraining)) return false;
        return await PutAsync(name);
    }

    /// <summary>Takes a lease that nobody has, or renews an own one.</summary>
    [SuppressMessage("Reliability", "CA1031", Justification = "It is tried again.")]
    private async Task<bool> PutAsync(string name)
    {
        try
        {
            await using NpgsqlCommand command = database.CreateCommand("""
                INSERT INTO leases (name, holder, until) VALUES (@name, @holder, clock_timestamp() + @lasts)
                ON CONFLICT (name) DO UPDATE SET holder = @holder, until = clock_timestamp() + @lasts
                WHERE leases.holder = @holder OR leases.until < clock_timestamp()
                """);
            command.CommandTimeout = (int)Math.Ceiling((Lasts - Margin).TotalSeconds);
            command.Parameters.AddWithValue("name", name);
            command.Parameters.AddWithValue("holder", Holder);
            command.Parameters.AddWithValue("lasts", Lasts);
            return await command.ExecuteNonQueryAsync() == 1;
        }
        catch (Exception e)
        {
            LogTrouble(e.Message);
            return false;
        }
    }

    [SuppressMessage("Reliability", "CA1031", Justification = "It ends by itself soon.")]
    private async Task ReleaseAsync(string name)
    {
        try
        {
            await using NpgsqlCommand command = database.CreateCommand("DELETE FROM leases WHERE name = @name AND holder = @holder");
            command.Parameters.AddWithValue("name", name);
            command.Parameters.AddWithValue("holder", Holder);
            await command.ExecuteNonQueryAsync();
        }
        catch (Exception e)
        {
            LogTrouble(e.Message);
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "What this node does as '{Name}' has ended with an error; it is begun again")]
    private partial void LogEnded(Exception exception, string name);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Who does what in the cluster cannot be told now: {Reason}")]
    private partial void LogTrouble(string reason);
}
