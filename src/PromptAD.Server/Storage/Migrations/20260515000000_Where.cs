using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace PromptAD.Server.Storage.Migrations;

/// <inheritdoc/>
internal sealed partial class Where : Migration
{
    /// <inheritdoc/>
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.AddColumn<string>(
            name: "Where",
            table: "inspections",
            nullable: true);
    }

    /// <inheritdoc/>
    protected override void Down(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.DropColumn(
            name: "Where",
            table: "inspections");
    }
}
