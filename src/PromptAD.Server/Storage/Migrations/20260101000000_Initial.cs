using Microsoft.EntityFrameworkCore.Migrations;
using Npgsql.EntityFrameworkCore.PostgreSQL.Metadata;

#nullable disable

namespace PromptAD.Server.Storage.Migrations;

/// <inheritdoc/>
internal sealed partial class Initial : Migration
{
    /// <inheritdoc/>
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.CreateTable(
            name: "audit",
            columns: table => new
            {
                Number = table.Column<long>(nullable: false),
                Time = table.Column<DateTime>(nullable: false),
                Actor = table.Column<string>(nullable: false),
                Action = table.Column<string>(nullable: false),
                Subject = table.Column<string>(nullable: false),
                Before = table.Column<string>(nullable: true),
                After = table.Column<string>(nullable: true),
                PreviousHash = table.Column<string>(maxLength: 64, nullable: false),
                Hash = table.Column<string>(maxLength: 64, nullable: false)
            },
            constraints: table =>
            {
                table.PrimaryKey("PK_audit", x => x.Number);
            });

        migrationBuilder.CreateTable(
            name: "keys",
            columns: table => new
            {
                Id = table.Column<string>(maxLength: 12, nullable: false),
                Name = table.Column<string>(maxLength: 64, nullable: false),
                Role = table.Column<string>(maxLength: 16, nullable: false),
                SecretHash = table.Column<string>(maxLength: 64, nullable: false),
                Created = table.Column<DateTime>(nullable: false),
                CreatedBy = table.Column<string>(nullable: false),
                Expires = table.Column<DateTime>(nullable: true),
                Revoked = table.Column<DateTime>(nullable: true)
            },
            constraints: table =>
            {
                table.PrimaryKey("PK_keys", x => x.Id);
            });

        migrationBuilder.CreateTable(
            name: "products",
            columns: table => new
            {
                Id = table.Column<string>(maxLength: 64, nullable: false),
                Name = table.Column<string>(maxLength: 200, nullable: false),
                ActiveVersion = table.Column<int>(nullable: true),
                Revision = table.Column<int>(nullable: false),
                Created = table.Column<DateTime>(nullable: false)
            },
            constraints: table =>
            {
                table.PrimaryKey("PK_products", x => x.Id);
            });

        migrationBuilder.CreateTable(
            name: "users",
            columns: table => new
            {
                Name = table.Column<string>(maxLength: 64, nullable: false),
                PasswordHash = table.Column<string>(nullable: false),
                Role = table.Column<string>(maxLength: 16, nullable: false),
                Disabled = table.Column<bool>(nullable: false),
                Failures = table.Column<int>(nullable: false),
                LockedUntil = table.Column<DateTime>(nullable: true),
                Stamp = table.Column<string>(nullable: false),
                Created = table.Column<DateTime>(nullable: false)
            },
            constraints: table =>
            {
                table.PrimaryKey("PK_users", x => x.Name);
            });

        migrationBuilder.CreateTable(
            name: "jobs",
            columns: table => new
            {
                Id = table.Column<long>(nullable: false)
                    .Annotation("Sqlite:Autoincrement", true)
                    .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                ProductId = table.Column<string>(nullable: false),
                Kind = table.Column<string>(maxLength: 16, nullable: false),
                Request = table.Column<string>(nullable: false),
                State = table.Column<string>(maxLength: 16, nullable: false),
                Error = table.Column<string>(nullable: true),
                Warnings = table.Column<string>(nullable: false),
                Version = table.Column<int>(nullable: true),
                CreatedBy = table.Column<string>(nullable: false),
                Created = table.Column<DateTime>(nullable: false),
                Started = table.Column<DateTime>(nullable: true),
                Ended = table.Column<DateTime>(nullable: true)
            },
            constraints: table =>
            {
                table.PrimaryKey("PK_jobs", x => x.Id);
                table.ForeignKey(
                    name: "FK_jobs_products_ProductId",
                    column: x => x.ProductId,
                    principalTable: "products",
                    principalColumn: "Id",
                    onDelete: ReferentialAction.Restrict);
            });

        migrationBuilder.CreateTable(
            name: "pictures",
            columns: table => new
            {
                Id = table.Column<long>(nullable: false)
                    .Annotation("Sqlite:Autoincrement", true)
                    .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                ProductId = table.Column<string>(nullable: false),
                Use = table.Column<string>(maxLength: 16, nullable: false),
                Hash = table.Column<string>(maxLength: 64, nullable: false),
                MediaType = table.Column<string>(nullable: false),
                Length = table.Column<long>(nullable: false),
                Name = table.Column<string>(nullable: true),
                AddedBy = table.Column<string>(nullable: false),
                Added = table.Column<DateTime>(nullable: false)
            },
            constraints: table =>
            {
                table.PrimaryKey("PK_pictures", x => x.Id);
                table.ForeignKey(
                    name: "FK_pictures_products_ProductId",
                    column: x => x.ProductId,
                    principalTable: "products",
                    principalColumn: "Id",
                    onDelete: ReferentialAction.Restrict);
            });

        migrationBuilder.CreateTable(
            name: "versions",
            columns: table => new
            {
                ProductId = table.Column<string>(nullable: false),
                Number = table.Column<int>(nullable: false),
                Origin = table.Column<string>(maxLength: 16, nullable: false),
                From = table.Column<int>(nullable: true),
                Job = table.Column<long>(nullable: true),
                FileHash = table.Column<string>(maxLength: 64, nullable: false),
                FileLength = table.Column<long>(nullable: false),
                Description = table.Column<string>(nullable: false),
                CreatedBy = table.Column<string>(nullable: false),
                Created = table.Column<DateTime>(nullable: false)
            },
            constraints: table =>
            {
                table.PrimaryKey("PK_versions", x => new { x.ProductId, x.Number });
                table.ForeignKey(
                    name: "FK_versions_products_ProductId",
                    column: x => x.ProductId,
                    principalTable: "products",
                    principalColumn: "Id",
                    onDelete: ReferentialAction.Restrict);
            });

        migrationBuilder.CreateTable(
            name: "inspections",
            columns: table => new
            {
                Id = table.Column<long>(nullable: false)
                    .Annotation("Sqlite:Autoincrement", true)
                    .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                ProductId = table.Column<string>(nullable: false),
                Version = table.Column<int>(nullable: false),
                Station = table.Column<string>(nullable: false),
                Part = table.Column<string>(nullable: true),
                IdempotencyKey = table.Column<string>(maxLength: 200, nullable: true),
                Received = table.Column<DateTime>(nullable: false),
                PictureHash = table.Column<string>(maxLength: 64, nullable: false),
                MediaType = table.Column<string>(nullable: false),
                State = table.Column<string>(maxLength: 16, nullable: false),
                Verdict = table.Column<string>(maxLength: 16, nullable: true),
                Score = table.Column<float>(nullable: true),
                Error = table.Column<string>(nullable: true),
                Finding = table.Column<string>(nullable: true),
                Review = table.Column<string>(maxLength: 16, nullable: true),
                ReviewedBy = table.Column<string>(nullable: true),
                Reviewed = table.Column<DateTime>(nullable: true)
            },
            constraints: table =>
            {
                table.PrimaryKey("PK_inspections", x => x.Id);
                table.ForeignKey(
                    name: "FK_inspections_versions_ProductId_Version",
                    columns: x => new { x.ProductId, x.Version },
                    principalTable: "versions",
                    principalColumns: new[] { "ProductId", "Number" },
                    onDelete: ReferentialAction.Restrict);
            });

        migrationBuilder.CreateIndex(
            name: "IX_inspections_ProductId_Id",
            table: "inspections",
            columns: new[] { "ProductId", "Id" });

        migrationBuilder.CreateIndex(
            name: "IX_inspections_ProductId_Version",
            table: "inspections",
            columns: new[] { "ProductId", "Version" });

        migrationBuilder.CreateIndex(
            name: "IX_inspections_State",
            table: "inspections",
            column: "State");

        migrationBuilder.CreateIndex(
            name: "IX_inspections_Station_IdempotencyKey",
            table: "inspections",
            columns: new[] { "Station", "IdempotencyKey" },
            unique: true);

        migrationBuilder.CreateIndex(
            name: "IX_inspections_Verdict_Id",
            table: "inspections",
            columns: new[] { "Verdict", "Id" });

        migrationBuilder.CreateIndex(
            name: "IX_jobs_ProductId",
            table: "jobs",
            column: "ProductId");

        migrationBuilder.CreateIndex(
            name: "IX_jobs_State",
            table: "jobs",
            column: "State");

        migrationBuilder.CreateIndex(
            name: "IX_pictures_ProductId_Use_Hash",
            table: "pictures",
            columns: new[] { "ProductId", "Use", "Hash" },
            unique: true);

        migrationBuilder.CreateIndex(
            name: "IX_versions_FileHash",
            table: "versions",
            column: "FileHash");
    }

    /// <inheritdoc/>
    protected override void Down(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.DropTable(
            name: "audit");

        migrationBuilder.DropTable(
            name: "inspections");

        migrationBuilder.DropTable(
            name: "jobs");

        migrationBuilder.DropTable(
            name: "keys");

        migrationBuilder.DropTable(
            name: "pictures");

        migrationBuilder.DropTable(
            name: "users");

        migrationBuilder.DropTable(
            name: "versions");

        migrationBuilder.DropTable(
            name: "products");
    }
}
