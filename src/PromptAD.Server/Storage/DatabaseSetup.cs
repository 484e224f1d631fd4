using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.EntityFrameworkCore.Storage;
using Npgsql;
using PromptAD.Server.Operations;

namespace PromptAD.Server.Storage;

/// <summary>Chooses the database and brings its tables up to date.</summary>
internal static class DatabaseSetup
{
    private const long MigrationLock = 0x50726F6D70744D67; // a number that nobody else in the database is likely to lock

    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(5);

    /// <summary>The name of SQLite's file in the data folder.</summary>
    public const string FileName = "service.db";

    /// <summary>Sets the database that the options name: PostgreSQL by its connection string, else SQLite in the data folder.</summary>
    /// <exception cref="PromptADException">The connection string cannot be read.</exception>
    public static void Configure(DbContextOptionsBuilder builder, ServiceOptions options)
    {
        if (options.Database is null)
        {
            builder.UseSqlite(SqliteConnectionString(options.DataFolder));
            return;
        }
        try
        {
            builder.UseNpgsql(new NpgsqlConnectionStringBuilder(options.Database).ConnectionString);
        }
        catch (ArgumentException e)
        {
            throw new PromptADException(
                Problem.InvalidArgument,
                "Service:Database is no connection string of PostgreSQL, such as \"Host=db;Database=promptad;Username=promptad\".", e);
        }
    }

    /// <summary>Where SQLite's file is.</summary>
    public static string SqliteConnectionString(string folder) =>
        new SqliteConnectionStringBuilder { DataSource = Path.Combine(folder, FileName) }.ConnectionString;

    /// <summary>The bytes that the database takes.</summary>
    public static async Task<long> SizeAsync(ServiceContext db, ServiceOptions options, CancellationToken cancellation)
    {
        if (db.Database.IsSqlite())
        {
            string[] files = [FileName, $"{FileName}-wal"];
            return files.Select(name => new FileInfo(Path.Combine(options.DataFolder, name))).Sum(file => file.Exists ? file.Length : 0);
        }
        return await db.Database.SqlQueryRaw<long>("SELECT pg_database_size(current_database()) AS \"Value\"").SingleAsync(cancellation);
    }

    /// <summary>Makes the tables, or changes those of an earlier version.</summary>
    /// <exception cref="PromptADException">The database cannot be reached, or belongs to a newer version of this program.</exception>
    public static async Task MigrateAsync(ServiceContext db, CancellationToken cancellation)
    {
        try
        {
            await using NpgsqlConnection? turn = db.Database.IsNpgsql() ? await TakeTurnAsync(db, cancellation) : null;
            string[] known = [.. db.Database.GetMigrations()];
            if (await db.GetService<IHistoryRepository>().ExistsAsync(cancellation)
                && (await db.Database.GetAppliedMigrationsAsync(cancellation)).FirstOrDefault(name => !known.Contains(name)) is { } newer)
            {
                throw new PromptADException(
                    Problem.Unsupported, $"The database was changed by a newer version of this program ({newer}); start that one.");
            }
            await db.Database.MigrateAsync(cancellation);
            // Readers and the writer do not wait for each other. A commit is on the disk when it returns (synchronous is FULL by default).
            if (db.Database.IsSqlite()) await db.Database.ExecuteSqlRawAsync("PRAGMA journal_mode = WAL", cancellation);
        }
        catch (Exception e) when (e is NpgsqlException or SqliteException)
        {
            throw Unusable(e);
        }
    }

    /// <summary>
    /// Makes the database where it is not there, and waits until no other node changes tables; none does until this is disposed.
    /// </summary>
    private static async Task<NpgsqlConnection> TakeTurnAsync(ServiceContext db, CancellationToken cancellation)
    {
        var creator = (RelationalDatabaseCreator)db.GetService<IDatabaseCreator>();
        try
        {
            if (!await creator.ExistsAsync(cancellation)) await creator.CreateAsync(cancellation);
        }
        catch (PostgresException e) when (e.SqlState is PostgresErrorCodes.DuplicateDatabase or PostgresErrorCodes.UniqueViolation)
        {
            // Another node was faster.
        }
        var turn = new NpgsqlConnection(
            new NpgsqlConnectionStringBuilder(db.Database.GetConnectionString()) { Pooling = false }.ConnectionString);
        try
        {
            await turn.OpenAsync(cancellation);
            await using var command = new NpgsqlCommand($"SELECT pg_advisory_lock({MigrationLock})", turn)
            {
                CommandTimeout = (int)LongestWait.TotalSeconds,
            };
            await command.ExecuteNonQueryAsync(cancellation);
            return turn;
        }
        catch (NpgsqlException e) when (e.InnerException is TimeoutException)
        {
            await turn.DisposeAsync();
            throw new PromptADException(
                Problem.Conflict,
                $"Another node has been changing the tables of the database for {LongestWait.TotalMinutes} minutes; look at that one "
                + "first.",
                e);
        }
        catch
        {
            await turn.DisposeAsync();
            throw;
        }
    }

    /// <summary>The database cannot be used.</summary>
    public static PromptADException Unusable(Exception error)
    {
        string reason = error.Message.ReplaceLineEndings("\n").Split('\n')[0];
        return new PromptADException(
            Problem.Environment, $"The database cannot be used: {reason} Check Service:Database or the data folder.", error);
    }
}
