using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using PromptAD.Client;
using PromptAD.Server.Inspections;
using PromptAD.Server.Operations;
using PromptAD.Server.Products;
using PromptAD.Server.Storage;
using PromptAD.Server.Tests.Fixtures;

namespace PromptAD.Server.Tests.Storage;

public sealed class DatabaseTests(PostgresCluster cluster) : TemporaryFolder
{
    private static readonly DateTime Moment = new(2026, 2, 3, 4, 5, 6, 789, 123, DateTimeKind.Utc);

    [Theory]
    [InlineData("SQLite")]
    [InlineData("PostgreSQL")]
    public async Task The_migrations_make_what_the_model_has(string kind)
    {
        TestDatabase database = await TestDatabase.CreateAsync(kind, Folder, cluster);
        await using ServiceContext db = database.CreateDbContext();

        Assert.False(db.Database.HasPendingModelChanges());
        Assert.Empty(await db.Database.GetPendingMigrationsAsync());
    }

    [Theory]
    [InlineData("SQLite")]
    [InlineData("PostgreSQL")]
    public async Task A_database_of_an_earlier_version_is_brought_up_to_date(string kind)
    {
        TestDatabase database = await TestDatabase.CreateAsync(kind, Folder, cluster, "20260101000000_Initial");
        await using (ServiceContext db = database.CreateDbContext())
        {
            Assert.NotEmpty(await db.Database.GetPendingMigrationsAsync());
            db.Products.Add(new ProductRow { Id = "plate", Name = "plate", Created = Moment });
            db.Versions.Add(new VersionRow
            {
                ProductId = "plate",
                Number = 1,
                Origin = VersionOrigin.Trained,
                FileHash = FileStore.HashOf([1]),
                FileLength = 1,
                Description = "{}",
                CreatedBy = "anna",
                Created = Moment,
            });
            await db.SaveChangesAsync();
            string insert = """
                INSERT INTO inspections ("ProductId", "Version", "Station", "Received", "PictureHash", "MediaType", "State", "Verdict", "Score")
                VALUES ('plate', 1, 'line-1', {0}, 'x', 'image/png', 'Done', 'NG', 0.5)
                """;
            await db.Database.ExecuteSqlRawAsync(insert, Moment);
        }

        await using ServiceContext later = database.CreateDbContext();
        await DatabaseSetup.MigrateAsync(later, CancellationToken.None);

        InspectionRow kept = await later.Inspections.SingleAsync();
        Assert.Equal((InspectionVerdict.NG, Moment, null), (kept.Verdict, kept.Received, kept.PictureRemoved));
        Assert.Empty(await later.Stations.ToListAsync());
        Assert.Empty(await later.Database.GetPendingMigrationsAsync());
    }

    [Theory]
    [InlineData("SQLite")]
    [InlineData("PostgreSQL")]
    public async Task Rows_come_back_as_they_were_written(string kind)
    {
        TestDatabase database = await TestDatabase.CreateAsync(kind, Folder, cluster);
        await using (ServiceContext db = database.CreateDbContext())
        {
            db.Products.Add(new ProductRow { Id = "plate", Name = "chequer plate, 格子", Created = Moment });
            for (int i = 0; i < 3; i++) db.Pictures.Add(Picture($"{i}"));
            await db.SaveChangesAsync();
        }

        await using ServiceContext again = database.CreateDbContext();
        ProductRow product = await again.Products.SingleAsync();
        Assert.Equal(("plate", "chequer plate, 格子", 1), (product.Id, product.Name, product.Revision));
        Assert.Equal((Moment, DateTimeKind.Utc), (product.Created, product.Created.Kind));
        Assert.Equal((long[])[1, 2, 3], await again.Pictures.OrderBy(row => row.Id).Select(row => row.Id).ToArrayAsync());
        Assert.Equal(PictureUse.Calibration, (await again.Pictures.FirstAsync()).Use);
    }

    [Theory]
    [InlineData("SQLite")]
    [InlineData("PostgreSQL")]
    public async Task The_later_of_two_changes_of_one_product_is_refused(string kind)
    {
        TestDatabase database = await TestDatabase.CreateAsync(kind, Folder, cluster);
        await using ServiceContext first = database.CreateDbContext(), second = database.CreateDbContext();
        first.Products.Add(new ProductRow { Id = "plate", Name = "a", Created = Moment });
        await first.SaveChangesAsync();
        ProductRow mine = await first.Products.SingleAsync(), yours = await second.Products.SingleAsync();
        (mine.Name, mine.Revision) = ("b", 2);
        (yours.Name, yours.Revision) = ("c", 2);

        await first.SaveChangesAsync();

        await Assert.ThrowsAsync<DbUpdateConcurrencyException>(() => second.SaveChangesAsync());
    }

    [Theory]
    [InlineData("SQLite")]
    [InlineData("PostgreSQL")]
    public async Task A_database_of_a_newer_version_is_refused(string kind)
    {
        TestDatabase database = await TestDatabase.CreateAsync(kind, Folder, cluster);
        await using ServiceContext db = database.CreateDbContext();
        var history = db.GetService<IHistoryRepository>();
        await db.Database.ExecuteSqlRawAsync(history.GetInsertScript(new HistoryRow("29991231000000_Later", "99.0")));

        PromptADException error = await Assert.ThrowsAsync<PromptADException>(() => DatabaseSetup.MigrateAsync(db, CancellationToken.None));

        Assert.Equal(Problem.Unsupported, error.Problem);
        Assert.Contains("29991231000000_Later", error.Message);
    }

    [Fact]
    public async Task SQLite_writes_ahead_and_keeps_what_it_acknowledged()
    {
        TestDatabase database = await TestDatabase.CreateAsync("SQLite", Folder, cluster);
        await using ServiceContext db = database.CreateDbContext();

        Assert.Equal("wal", await db.Database.SqlQueryRaw<string>("SELECT journal_mode AS Value FROM pragma_journal_mode").SingleAsync());
        Assert.Equal(2, await db.Database.SqlQueryRaw<int>("SELECT synchronous AS Value FROM pragma_synchronous").SingleAsync());
    }

    [Fact]
    public void What_is_no_connection_string_is_refused_in_one_line()
    {
        var options = new ServiceOptions { Database = "not a database" };

        PromptADException error = Assert.Throws<PromptADException>(
            () => DatabaseSetup.Configure(new DbContextOptionsBuilder<ServiceContext>(), options));

        Assert.Equal(Problem.InvalidArgument, error.Problem);
        Assert.DoesNotContain('\n', error.Message);
    }

    private static PictureRow Picture(string name) => new()
    {
        ProductId = "plate",
        Use = PictureUse.Calibration,
        Hash = FileStore.HashOf([(byte)name[0]]),
        MediaType = "image/png",
        Length = 1,
        Name = name,
        AddedBy = "anna",
        Added = Moment,
    };
}
