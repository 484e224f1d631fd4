using Microsoft.Data.Sqlite;
using Npgsql;

namespace PromptAD.Server.Storage;

/// <summary>Whether an error says that the database is away or busy for now, and not that what was asked for is wrong.</summary>
internal static class DatabaseAway
{
    private const int Busy = 5, Locked = 6; // SQLite's

    public static bool Is(Exception? error) => error switch
    {
        null => false,
        PostgresException told => told.IsTransient,
        NpgsqlException => true, // the connection itself
        SqliteException { SqliteErrorCode: Busy or Locked } => true,
        _ => Is(error.InnerException),
    };
}
