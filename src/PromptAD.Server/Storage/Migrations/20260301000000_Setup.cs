using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace PromptAD.Server.Storage.Migrations;

/// <inheritdoc/>
internal sealed partial class Setup : Migration
{
    /// <inheritdoc/>
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.DropIndex(
            name: "IX_outbox_Sink_Id",
            table: "outbox");

        migrationBuilder.AddColumn<string>(
            name: "Reason",
            table: "outbox",
            maxLength: 500,
            nullable: true);

        migrationBuilder.AddColumn<DateTime>(
            name: "SetAside",
            table: "outbox",
            nullable: true);

        migrationBuilder.AddColumn<DateTime>(
            name: "Since",
            table: "outbox",
            nullable: true);

        migrationBuilder.CreateTable(
            name: "sinks",
            columns: table => new
            {
                Name = table.Column<string>(maxLength: 64, nullable: false),
                Kind = table.Column<string>(maxLength: 16, nullable: false),
                Settings = table.Column<string>(nullable: false),
                Secret = table.Column<string>(nullable: true),
                Revision = table.Column<int>(nullable: false)
            },
            constraints: table =>
            {
                table.PrimaryKey("PK_sinks", x => x.Name);
            });

        migrationBuilder.CreateTable(
            name: "sources",
            columns: table => new
            {
                Name = table.Column<string>(maxLength: 64, nullable: false),
                Settings = table.Column<string>(nullable: false),
                Revision = table.Column<int>(nullable: false)
            },
            constraints: table =>
            {
                table.PrimaryKey("PK_sources", x => x.Name);
            });

        migrationBuilder.CreateIndex(
            name: "IX_outbox_Sink_SetAside_Id",
            table: "outbox",
            columns: new[] { "Sink", "SetAside", "Id" });
    }

    /// <inheritdoc/>
    protected override void Down(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.DropTable(
            name: "sinks");

        migrationBuilder.DropTable(
            name: "sources");

        migrationBuilder.DropIndex(
            name: "IX_outbox_Sink_SetAside_Id",
            table: "outbox");

        migrationBuilder.DropColumn(
            name: "Reason",
            table: "outbox");

        migrationBuilder.DropColumn(
            name: "SetAside",
            table: "outbox");

        migrationBuilder.DropColumn(
            name: "Since",
            table: "outbox");

        migrationBuilder.CreateIndex(
            name: "IX_outbox_Sink_Id",
            table: "outbox",
            columns: new[] { "Sink", "Id" });
    }
}
