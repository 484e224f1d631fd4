using Microsoft.EntityFrameworkCore;
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
    public static async Task<TestDatabase> CreateAsync(string kind, string folder, PostgresCluster cluster)
    {
        if (kind == "PostgreSQL") PostgresCluster.Demand();
        var database = new TestDatabase(new ServiceOptions
        {
            DataFolder = folder,
            Database = kind == "PostgreSQL" ? await cluster.NewDatabaseAsync() : null,
        });
        await using ServiceContext db = database.CreateDbContext();
        await DatabaseSetup.MigrateAsync(db, CancellationToken.None);
        return database;
    }

    public ServiceContext CreateDbContext() => new(options);
}
