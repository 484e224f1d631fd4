using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace PromptAD.Server.Storage.Migrations;

/// <inheritdoc/>
internal sealed partial class PictureNames : Migration
{
    /// <inheritdoc/>
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.CreateIndex(
            name: "IX_inspections_PictureHash",
            table: "inspections",
            column: "PictureHash");
    }

    /// <inheritdoc/>
    protected override void Down(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.DropIndex(
            name: "IX_inspections_PictureHash",
            table: "inspections");
    }
}
