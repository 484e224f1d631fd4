using Npgsql;

namespace PromptAD.Server.Cluster;

/// <summary>
/// The tables of a cluster, in PostgreSQL beside the service's own: who belongs to it, who does what, and what Orleans keeps of its
/// silos. Orleans asks for its statements by the names that are in <c>OrleansQuery</c>; it brings none itself.
/// </summary>
internal static class ClusterTables
{
    private const string Tables = """
        CREATE TABLE IF NOT EXISTS cluster (
            only_one boolean PRIMARY KEY DEFAULT true CHECK (only_one), name text NOT NULL, store text NOT NULL);
        CREATE TABLE IF NOT EXISTS cluster_nodes (
            node text PRIMARY KEY, silo text NOT NULL, protocol integer NOT NULL, version text NOT NULL, address text NOT NULL,
            started timestamptz NOT NULL, seen timestamptz NOT NULL);
        CREATE TABLE IF NOT EXISTS leases (name text PRIMARY KEY, holder text NOT NULL, until timestamptz NOT NULL);
        CREATE TABLE IF NOT EXISTS OrleansQuery (QueryKey varchar(64) PRIMARY KEY, QueryText text NOT NULL);
        CREATE TABLE IF NOT EXISTS grain_states (
            service text NOT NULL, type text NOT NULL, n0 bigint NOT NULL, n1 bigint NOT NULL, key text NOT NULL, payload bytea,
            version integer NOT NULL, PRIMARY KEY (service, type, n0, n1, key));
        CREATE TABLE IF NOT EXISTS silo_tables (cluster text PRIMARY KEY, version integer NOT NULL);
        CREATE TABLE IF NOT EXISTS silos (
            cluster text NOT NULL REFERENCES silo_tables, address text NOT NULL, port integer NOT NULL, generation integer NOT NULL,
            name text NOT NULL, host text NOT NULL, status integer NOT NULL, proxy_port integer NOT NULL, suspects text,
            started timestamptz NOT NULL, alive timestamptz NOT NULL, PRIMARY KEY (cluster, address, port, generation));
        """;

    private const string Silo = """
        s.address AS "Address", s.port AS "Port", s.generation AS "Generation", s.name AS "SiloName", s.host AS "HostName",
        s.status AS "Status", s.proxy_port AS "ProxyPort", s.suspects AS "SuspectTimes", s.started AS "StartTime",
        s.alive AS "IAmAliveTime", t.version AS "Version"
        """;

    private const string ThisSilo = "cluster = @DeploymentId AND address = @Address AND port = @Port AND generation = @Generation";

    private const string ThisGrain =
        "service = @ServiceId AND type = @GrainTypeString AND n0 = @GrainIdN0 AND n1 = @GrainIdN1 "
        + "AND key = coalesce(@GrainIdExtensionString, '')";

    // One change of the table of silos after the other: who read an older version changes nothing.
    private const string Turn =
        "WITH turn AS (UPDATE silo_tables SET version = version + 1 WHERE cluster = @DeploymentId AND version = @Version RETURNING 1)";

    private static readonly Dictionary<string, string> Queries = new()
    {
        ["InsertMembershipVersionKey"] = """
            WITH made AS (INSERT INTO silo_tables (cluster, version) VALUES (@DeploymentId, 0) ON CONFLICT DO NOTHING RETURNING 1)
            SELECT count(*) > 0 FROM made
            """,
        ["InsertMembershipKey"] = $"""
            {Turn}, made AS (
                INSERT INTO silos (cluster, address, port, generation, name, host, status, proxy_port, started, alive)
                SELECT @DeploymentId, @Address, @Port, @Generation, @SiloName, @HostName, @Status, @ProxyPort, @StartTime, @IAmAliveTime
                FROM turn RETURNING 1)
            SELECT count(*) > 0 FROM made
            """,
        ["UpdateMembershipKey"] = $"""
            {Turn}, made AS (
                UPDATE silos SET status = @Status, suspects = @SuspectTimes, alive = @IAmAliveTime
                WHERE {ThisSilo} AND EXISTS (SELECT 1 FROM turn) RETURNING 1)
            SELECT count(*) > 0 FROM made
            """,
        ["UpdateIAmAlivetimeKey"] = $"UPDATE silos SET alive = @IAmAliveTime WHERE {ThisSilo}",
        ["MembershipReadRowKey"] = $"""
            SELECT {Silo} FROM silo_tables t LEFT JOIN silos s
                ON s.cluster = t.cluster AND s.address = @Address AND s.port = @Port AND s.generation = @Generation
            WHERE t.cluster = @DeploymentId
            """,
        ["MembershipReadAllKey"] =
            $"SELECT {Silo} FROM silo_tables t LEFT JOIN silos s ON s.cluster = t.cluster WHERE t.cluster = @DeploymentId",
        ["DeleteMembershipTableEntriesKey"] =
            "DELETE FROM silos WHERE cluster = @DeploymentId; DELETE FROM silo_tables WHERE cluster = @DeploymentId",
        ["CleanupDefunctSiloEntriesKey"] =
            "DELETE FROM silos WHERE cluster = @DeploymentId AND alive < @IAmAliveTime AND status <> 3", // 3 is active
        ["GatewaysQueryKey"] = """
            SELECT address AS "Address", proxy_port AS "ProxyPort", generation AS "Generation" FROM silos
            WHERE cluster = @DeploymentId AND status = @Status AND proxy_port > 0
            """,
        ["ReadFromStorageKey"] = $"""
            SELECT payload AS "PayloadBinary", NULL::text AS "PayloadXml", NULL::text AS "PayloadJson", version AS "Version"
            FROM grain_states WHERE {ThisGrain}
            """,
        // Who has read an older version changes nothing, and is told the version that it has.
        ["WriteToStorageKey"] = $"""
            WITH made AS (
                INSERT INTO grain_states (service, type, n0, n1, key, payload, version)
                SELECT @ServiceId, @GrainTypeString, @GrainIdN0, @GrainIdN1, coalesce(@GrainIdExtensionString, ''), @PayloadBinary, 1
                WHERE @GrainStateVersion::integer IS NULL ON CONFLICT DO NOTHING RETURNING version),
            changed AS (
                UPDATE grain_states SET payload = @PayloadBinary, version = version + 1
                WHERE {ThisGrain} AND version = @GrainStateVersion::integer RETURNING version)
            SELECT coalesce((SELECT version FROM made), (SELECT version FROM changed), @GrainStateVersion::integer)
                AS "NewGrainStateVersion"
            """,
        ["ClearStorageKey"] = $"""
            WITH changed AS (
                UPDATE grain_states SET payload = NULL, version = version + 1
                WHERE {ThisGrain} AND version = @GrainStateVersion::integer RETURNING version)
            SELECT coalesce((SELECT version FROM changed), @GrainStateVersion::integer) AS "NewGrainStateVersion"
            """,
    };

    /// <summary>Makes the tables where they are missing.</summary>
    public static async Task MakeAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        await using NpgsqlTransaction all = await connection.BeginTransactionAsync(cancellation);
        // Nodes that start at the same moment make them one after the other.
        await RunAsync("SELECT pg_advisory_xact_lock(hashtext('promptad cluster'))");
        await RunAsync(Tables);
        foreach ((string key, string text) in Queries)
        {
            await using var command = new NpgsqlCommand(
                "INSERT INTO OrleansQuery VALUES (@key, @text) ON CONFLICT (QueryKey) DO UPDATE SET QueryText = @text", connection);
            command.Parameters.AddWithValue("key", key);
            command.Parameters.AddWithValue("text", text);
            await command.ExecuteNonQueryAsync(cancellation);
        }
        await all.CommitAsync(cancellation);

        async Task RunAsync(string text)
        {
            await using var command = new NpgsqlCommand(text, connection);
            await command.ExecuteNonQueryAsync(cancellation);
        }
    }

    /// <summary>Whether the database has a cluster's tables.</summary>
    public static async Task<bool> AreThereAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand("SELECT to_regclass('cluster_nodes') IS NOT NULL", connection);
        return await command.ExecuteScalarAsync(cancellation) is true;
    }
}
