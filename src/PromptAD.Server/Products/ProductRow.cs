namespace PromptAD.Server.Products;

/// <summary>A product: what is inspected, and which version of its detector is in force.</summary>
internal sealed class ProductRow
{
    public const int LongestId = 64, LongestName = 200;

    public required string Id { get; init; }

    public required string Name { get; set; }

    public int? ActiveVersion { get; set; }

    /// <summary>Counts the changes; two engineers who change the same one are told apart by it.</summary>
    public int Revision { get; set; } = 1;

    public required DateTime Created { get; init; }
}
