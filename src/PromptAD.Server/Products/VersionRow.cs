using PromptAD.Client;

namespace PromptAD.Server.Products;

/// <summary>A version of a product's detector. It never changes; its file is in the store.</summary>
internal sealed class VersionRow
{
    public required string ProductId { get; init; }

    public required int Number { get; init; }

    public required VersionOrigin Origin { get; init; }

    public int? From { get; init; }

    public long? Job { get; init; }

    public required string FileHash { get; init; }

    public required long FileLength { get; init; }

    /// <summary>What the file says of itself, as JSON.</summary>
    public required string Description { get; init; }

    public required string CreatedBy { get; init; }

    public required DateTime Created { get; init; }
}
