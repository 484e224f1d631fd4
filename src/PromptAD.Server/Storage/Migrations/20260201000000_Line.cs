using Microsoft.EntityFrameworkCore.Migrations;
using Npgsql.EntityFrameworkCore.PostgreSQL.Metadata;

#nullable disable

namespace PromptAD.Server.Storage.Migrations;

/// <inheritdoc/>
internal sealed partial class Line : Migration
{
    /// <inheritdoc/>
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.AddColumn<DateTime>(
            name: "PictureRemoved",
            table: "inspections",
            nullable: true);

        migrationBuilder.CreateTable(
            name: "folder_files",
            columns: table => new
            {
                Folder = table.Column<string>(maxLength: 64, nullable: false),
                Path = table.Column<string>(maxLength: 1000, nullable: false),
                Hash = table.Column<string>(maxLength: 64, nullable: false),
                Length = table.Column<long>(nullable: false),
                Modified = table.Column<long>(nullable: false),
                Inspection = table.Column<long>(nullable: true)
            },
            constraints: table =>
            {
                table.PrimaryKey("PK_folder_files", x => new { x.Folder, x.Path, x.Hash });
            });

        migrationBuilder.CreateTable(
            name: "outbox",
            columns: table => new
            {
                Id = table.Column<long>(nullable: false)
                    .Annotation("Sqlite:Autoincrement", true)
                    .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                Sink = table.Column<string>(maxLength: 64, nullable: false),
                InspectionId = table.Column<long>(nullable: false)
            },
            constraints: table =>
            {
                table.PrimaryKey("PK_outbox", x => x.Id);
                table.ForeignKey(
                    name: "FK_outbox_inspections_InspectionId",
                    column: x => x.InspectionId,
                    principalTable: "inspections",
                    principalColumn: "Id",
                    onDelete: ReferentialAction.Restrict);
            });

        migrationBuilder.CreateTable(
            name: "stations",
            columns: table => new
            {
                Name = table.Column<string>(maxLength: 64, nullable: false),
                Recipe = table.Column<string>(nullable: true),
                InTurn = table.Column<bool>(nullable: false),
                Acknowledged = table.Column<long>(nullable: false)
            },
            constraints: table =>
            {
                table.PrimaryKey("PK_stations", x => x.Name);
            });

        migrationBuilder.CreateIndex(
            name: "IX_inspections_Station_Id",
            table: "inspections",
            columns: new[] { "Station", "Id" });

        migrationBuilder.CreateIndex(
            name: "IX_outbox_InspectionId",
            table: "outbox",
            column: "InspectionId");

        migrationBuilder.CreateIndex(
            name: "IX_outbox_Sink_Id",
            table: "outbox",
            columns: new[] { "Sink", "Id" });
    }

    /// <inheritdoc/>
    protected override void Down(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.DropTable(
            name: "folder_files");

        migrationBuilder.DropTable(
            name: "outbox");

        migrationBuilder.DropTable(
            name: "stations");

        migrationBuilder.DropIndex(
            name: "IX_inspections_Station_Id",
            table: "inspections");

        migrationBuilder.DropColumn(
            name: "PictureRemoved",
            table: "inspections");
    }
}
