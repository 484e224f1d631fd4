using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;

namespace PromptAD.Server.Storage;

/// <summary>
/// For <c>Migrations=true dotnet ef migrations add Name -o Storage/Migrations</c>. Column types are to be taken out of what it writes, so
/// that one migration serves both databases; a test says where some are left.
/// </summary>
internal sealed class DesignTimeContext : IDesignTimeDbContextFactory<ServiceContext>
{
    public ServiceContext CreateDbContext(string[] args) =>
        new(new DbContextOptionsBuilder<ServiceContext>().UseSqlite("Data Source=unused").Options);
}
