using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using PromptAD.Server.Operations;
using PromptAD.Server.Storage;

namespace PromptAD.Server.Tests.Fixtures;

/// <summary>A migrated database of either kind, and contexts on it.</summary>
internal sealed class TestDatabase : IDbContextFactory<ServiceContext>
{
    private readonly DbContextOptions<ServiceContext> options;

    private TestDatabase(ServiceOptions service)
    {
        var builder = new DbContextOptionsBuilder<ServiceContext>();
        DatabaseSetup.Configure(builder, service);
        options = builder.Options;
    }

    /// <param name="kind">"SQLite" or "PostgreSQL".</param>
    /// <param name="folder">The data folder.</param>
    /// <param name="cluster">PostgreSQL.</param>
    /// <param name="upTo">The last migration; null for all.</param>
    public static async Task<TestDatabase> CreateAsync(string kind, string folder, PostgresCluster cluster, string? upTo = null)
    {
        if (kind == "PostgreSQL") PostgresCluster.Demand();
        var database = new TestDatabase(new ServiceOptions
        {
            DataFolder = folder,
            Database = kind == "PostgreSQL" ? await cluster.NewDatabaseAsync() : null,
        });
        await using ServiceContext db = database.CreateDbContext();
        if (upTo is null) await DatabaseSetup.MigrateAsync(db, CancellationToken.None);
        else await db.GetService<IMigrator>().MigrateAsync(upTo);
        return database;
    }

    public ServiceContext CreateDbContext() => new(options);
}
