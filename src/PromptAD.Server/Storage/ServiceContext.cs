using Microsoft.EntityFrameworkCore;
using PromptAD.Client;
using PromptAD.Server.Audit;
using PromptAD.Server.Inspections;
using PromptAD.Server.Jobs;
using PromptAD.Server.Products;
using PromptAD.Server.Security;
using PromptAD.Server.Sinks;
using PromptAD.Server.Sources;
using PromptAD.Server.Stations;

namespace PromptAD.Server.Storage;

/// <summary>The service's tables, the same in SQLite and PostgreSQL.</summary>
internal sealed class ServiceContext(DbContextOptions<ServiceContext> options) : DbContext(options)
{
    public DbSet<ProductRow> Products => Set<ProductRow>();

    public DbSet<VersionRow> Versions => Set<VersionRow>();

    public DbSet<PictureRow> Pictures => Set<PictureRow>();

    public DbSet<InspectionRow> Inspections => Set<InspectionRow>();

    public DbSet<JobRow> Jobs => Set<JobRow>();

    public DbSet<AuditRow> Audit => Set<AuditRow>();

    public DbSet<UserRow> Users => Set<UserRow>();

    public DbSet<KeyRow> Keys => Set<KeyRow>();

    public DbSet<StationRow> Stations => Set<StationRow>();

    public DbSet<FolderFileRow> FolderFiles => Set<FolderFileRow>();

    public DbSet<OutboxRow> Outbox => Set<OutboxRow>();

    public DbSet<SinkRow> Sinks => Set<SinkRow>();

    public DbSet<SourceRow> Sources => Set<SourceRow>();

    protected override void ConfigureConventions(ModelConfigurationBuilder configuration)
    {
        configuration.Properties<DateTime>().HaveConversion<UtcConverter>();
        configuration.Properties<VersionOrigin>().HaveConversion<string>().HaveMaxLength(16);
        configuration.Properties<PictureUse>().HaveConversion<string>().HaveMaxLength(16);
        configuration.Properties<InspectionState>().HaveConversion<string>().HaveMaxLength(16);
        configuration.Properties<InspectionVerdict>().HaveConversion<string>().HaveMaxLength(16);
        configuration.Properties<ReviewedAs>().HaveConversion<string>().HaveMaxLength(16);
        configuration.Properties<JobKind>().HaveConversion<string>().HaveMaxLength(16);
        configuration.Properties<JobState>().HaveConversion<string>().HaveMaxLength(16);
        configuration.Properties<Role>().HaveConversion<string>().HaveMaxLength(16);
    }

    protected override void OnModelCreating(ModelBuilder model)
    {
        model.Entity<ProductRow>(product =>
        {
            product.ToTable("products").HasKey(row => row.Id);
            product.Property(row => row.Id).HasMaxLength(ProductRow.LongestId);
            product.Property(row => row.Name).HasMaxLength(ProductRow.LongestName);
            product.Property(row => row.Revision).IsConcurrencyToken();
        });
        model.Entity<VersionRow>(version =>
        {
            version.ToTable("versions").HasKey(row => new { row.ProductId, row.Number });
            version.HasOne<ProductRow>().WithMany().HasForeignKey(row => row.ProductId).OnDelete(DeleteBehavior.Restrict);
            version.Property(row => row.FileHash).HasMaxLength(FileStore.HashLength);
            version.HasIndex(row => row.FileHash);
        });
        model.Entity<PictureRow>(picture =>
        {
            picture.ToTable("pictures").HasKey(row => row.Id);
            picture.HasOne<ProductRow>().WithMany().HasForeignKey(row => row.ProductId).OnDelete(DeleteBehavior.Restrict);
            picture.Property(row => row.Hash).HasMaxLength(FileStore.HashLength);
            picture.HasIndex(row => new { row.ProductId, row.Use, row.Hash }).IsUnique();
        });
        model.Entity<InspectionRow>(inspection =>
        {
            inspection.ToTable("inspections").HasKey(row => row.Id);
            inspection.HasOne<VersionRow>().WithMany().HasForeignKey(row => new { row.ProductId, row.Version })
                .OnDelete(DeleteBehavior.Restrict);
            inspection.Property(row => row.PictureHash).HasMaxLength(FileStore.HashLength);
            inspection.Property(row => row.IdempotencyKey).HasMaxLength(InspectionRow.LongestKey);
            inspection.HasIndex(row => new { row.Station, row.IdempotencyKey }).IsUnique();
            inspection.HasIndex(row => new { row.ProductId, row.Id });
            inspection.HasIndex(row => new { row.Verdict, row.Id });
            inspection.HasIndex(row => row.State);
            inspection.HasIndex(row => new { row.Station, row.Id });
            inspection.HasIndex(row => new { row.ProductId, row.Received });
            inspection.HasIndex(row => row.Score);
            inspection.HasIndex(row => row.PictureHash);
        });
        model.Entity<JobRow>(job =>
        {
            job.ToTable("jobs").HasKey(row => row.Id);
            job.HasOne<ProductRow>().WithMany().HasForeignKey(row => row.ProductId).OnDelete(DeleteBehavior.Restrict);
            job.HasIndex(row => row.State);
        });
        model.Entity<AuditRow>(entry =>
        {
            entry.ToTable("audit").HasKey(row => row.Number);
            entry.Property(row => row.Number).ValueGeneratedNever();
            entry.Property(row => row.PreviousHash).HasMaxLength(FileStore.HashLength);
            entry.Property(row => row.Hash).HasMaxLength(FileStore.HashLength);
        });
        model.Entity<UserRow>(user =>
        {
            user.ToTable("users").HasKey(row => row.Name);
            user.Property(row => row.Name).HasMaxLength(UserRow.LongestName);
            user.Property(row => row.Stamp).IsConcurrencyToken();
        });
        model.Entity<KeyRow>(key =>
        {
            key.ToTable("keys").HasKey(row => row.Id);
            key.Property(row => row.Id).HasMaxLength(KeyRow.IdLength);
            key.Property(row => row.Name).HasMaxLength(KeyRow.LongestName);
            key.Property(row => row.SecretHash).HasMaxLength(FileStore.HashLength);
        });
        AddLine(model);
    }

    private static void AddLine(ModelBuilder model)
    {
        model.Entity<StationRow>(station =>
        {
            station.ToTable("stations").HasKey(row => row.Name);
            station.Property(row => row.Name).HasMaxLength(StationRow.LongestName);
        });
        model.Entity<FolderFileRow>(file =>
        {
            file.ToTable("folder_files").HasKey(row => new { row.Folder, row.Path, row.Hash });
            file.Property(row => row.Folder).HasMaxLength(FolderFileRow.LongestFolder);
            file.Property(row => row.Path).HasMaxLength(FolderFileRow.LongestPath);
            file.Property(row => row.Hash).HasMaxLength(FileStore.HashLength);
        });
        model.Entity<OutboxRow>(waiting =>
        {
            waiting.ToTable("outbox").HasKey(row => row.Id);
            waiting.Property(row => row.Sink).HasMaxLength(OutboxRow.LongestSink);
            waiting.HasOne(row => row.Inspection).WithMany().HasForeignKey(row => row.InspectionId).OnDelete(DeleteBehavior.Restrict);
            waiting.Property(row => row.Reason).HasMaxLength(OutboxRow.LongestReason);
            waiting.HasIndex(row => new { row.Sink, row.SetAside, row.Id });
        });
        model.Entity<SinkRow>(sink =>
        {
            sink.ToTable("sinks").HasKey(row => row.Name);
            sink.Property(row => row.Name).HasMaxLength(OutboxRow.LongestSink);
            sink.Property(row => row.Kind).HasMaxLength(SinkRow.LongestKind);
            sink.Property(row => row.Revision).IsConcurrencyToken();
        });
        model.Entity<SourceRow>(source =>
        {
            source.ToTable("sources").HasKey(row => row.Name);
            source.Property(row => row.Name).HasMaxLength(FolderFileRow.LongestFolder);
            source.Property(row => row.Revision).IsConcurrencyToken();
        });
    }
}
