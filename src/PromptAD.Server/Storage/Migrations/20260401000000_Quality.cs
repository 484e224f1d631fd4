using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace PromptAD.Server.Storage.Migrations;

/// <inheritdoc/>
internal sealed partial class Quality : Migration
{
    /// <inheritdoc/>
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.CreateIndex(
            name: "IX_inspections_ProductId_Received",
            table: "inspections",
            columns: new[] { "ProductId", "Received" });

        migrationBuilder.CreateIndex(
            name: "IX_inspections_Score",
            table: "inspections",
            column: "Score");
    }

    /// <inheritdoc/>
    protected override void Down(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.DropIndex(
            name: "IX_inspections_ProductId_Received",
            table: "inspections");

        migrationBuilder.DropIndex(
            name: "IX_inspections_Score",
            table: "inspections");
    }
}
