using Microsoft.EntityFrameworkCore;
using PromptAD.Server.Audit;
using PromptAD.Server.Inspections;
using PromptAD.Server.Products;
using PromptAD.Server.Storage;
using PromptAD.Server.Tests.Fixtures;

namespace PromptAD.Server.Tests.Audit;

public sealed class AuditTests(PostgresCluster cluster) : TemporaryFolder
{
    [Theory]
    [InlineData("SQLite")]
    [InlineData("PostgreSQL")]
    public async Task A_change_and_its_entry_are_written_together(string kind)
    {
        TestDatabase database = await TestDatabase.CreateAsync(kind, Folder, cluster);
        using var changes = new Changes(database, new LiveResults(), TimeProvider.System);

        await Create(changes, "a");
        await Create(changes, "b");

        await using ServiceContext db = database.CreateDbContext();
        AuditRow[] rows = await db.Audit.OrderBy(row => row.Number).ToArrayAsync();
        Assert.Equal(["product a", "product b"], rows.Select(row => row.Subject));
        Assert.Equal((AuditChain.Start, rows[0].Hash), (rows[0].PreviousHash, rows[1].PreviousHash));
        Assert.Equal("""{"name":"a"}""", rows[0].After);
        Assert.Equal((2, null), await AuditChain.VerifyAsync(db, CancellationToken.None));
    }

    [Theory]
    [InlineData("SQLite")]
    [InlineData("PostgreSQL")]
    public async Task A_change_that_fails_leaves_nothing(string kind)
    {
        TestDatabase database = await TestDatabase.CreateAsync(kind, Folder, cluster);
        using var changes = new Changes(database, new LiveResults(), TimeProvider.System);

        await Assert.ThrowsAsync<InvalidOperationException>(() => changes.MakeAsync("anna", async (db, notes) =>
        {
            db.Products.Add(Product("a"));
            await db.SaveChangesAsync();
            notes.Add("product.created", "product a", null, null);
            throw new InvalidOperationException();
        }));

        await using ServiceContext db = database.CreateDbContext();
        Assert.Equal((0, 0), (await db.Products.CountAsync(), await db.Audit.CountAsync()));
    }

    [Theory]
    [InlineData("SQLite")]
    [InlineData("PostgreSQL")]
    public async Task Changes_at_the_same_time_make_one_chain(string kind)
    {
        TestDatabase database = await TestDatabase.CreateAsync(kind, Folder, cluster);
        using var changes = new Changes(database, new LiveResults(), TimeProvider.System);

        await Task.WhenAll(Enumerable.Range(0, 20).Select(i => Task.Run(() => Create(changes, $"p{i}"))));

        await using ServiceContext db = database.CreateDbContext();
        Assert.Equal((20, null), await AuditChain.VerifyAsync(db, CancellationToken.None));
    }

    [Theory]
    [InlineData("UPDATE audit SET \"Actor\" = 'eve' WHERE \"Number\" = 2", "Entry 2 of the audit trail was changed.")]
    [InlineData("UPDATE audit SET \"Before\" = '' WHERE \"Number\" = 1", "Entry 1 of the audit trail was changed.")]
    [InlineData("DELETE FROM audit WHERE \"Number\" = 2", "Entry 2 of the audit trail is missing; the next one is 3.")]
    [InlineData("UPDATE audit SET \"PreviousHash\" = \"Hash\" WHERE \"Number\" = 3", "Entry 3 of the audit trail does not follow the one before.")]
    public async Task What_was_done_to_the_trail_is_found(string harm, string found)
    {
        TestDatabase database = await TestDatabase.CreateAsync("SQLite", Folder, cluster);
        using var changes = new Changes(database, new LiveResults(), TimeProvider.System);
        foreach (string id in (string[])["a", "b", "c"]) await Create(changes, id);
        await using ServiceContext db = database.CreateDbContext();
        await db.Database.ExecuteSqlRawAsync(harm);

        Assert.Equal(found, (await AuditChain.VerifyAsync(db, CancellationToken.None)).Problem);
    }

    private static Task Create(Changes changes, string id) => changes.MakeAsync("anna", (db, notes) =>
    {
        db.Products.Add(Product(id));
        notes.Add("product.created", $"product {id}", null, new { Name = id });
        return Task.CompletedTask;
    });

    private static ProductRow Product(string id) => new() { Id = id, Name = id, Created = new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc) };
}
