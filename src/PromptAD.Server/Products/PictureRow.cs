using PromptAD.Client;

namespace PromptAD.Server.Products;

/// <summary>A picture that a product is taught with; its file is in the store.</summary>
internal sealed class PictureRow
{
    public const int LongestName = 200;

    public long Id { get; init; }

    public required string ProductId { get; init; }

    public required PictureUse Use { get; init; }

    public required string Hash { get; init; }

    public required string MediaType { get; init; }

    public required long Length { get; init; }

    public string? Name { get; init; }

    public required string AddedBy { get; init; }

    public required DateTime Added { get; init; }
}
