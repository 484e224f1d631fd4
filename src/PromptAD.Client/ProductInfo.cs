namespace PromptAD.Client;

/// <summary>A product: what is inspected, and which version of its detector is in force.</summary>
public sealed record ProductInfo
{
    /// <summary>Its name in addresses: lower-case letters, digits and '-', at most 64.</summary>
    public string Id { get; init; } = "";

    /// <summary>What people call it, such as "chequer plate".</summary>
    public string Name { get; init; } = "";

    /// <summary>The version in force; null until there is one.</summary>
    public int? ActiveVersion { get; init; }

    /// <summary>How many versions there are.</summary>
    public int Versions { get; init; }

    /// <summary>Pictures of good parts to learn from.</summary>
    public int GoodPictures { get; init; }

    /// <summary>Pictures of good parts to find limits with.</summary>
    public int CalibrationPictures { get; init; }

    /// <summary>Pictures of defects that have to stay rejected.</summary>
    public int DefectPictures { get; init; }

    /// <summary>Counts its changes; the same as its ETag.</summary>
    public int Revision { get; init; }

    /// <summary>When it was made, UTC.</summary>
    public DateTimeOffset Created { get; init; }
}

/// <summary>A product to make.</summary>
/// <param name="Id">As <see cref="ProductInfo.Id"/>.</param>
/// <param name="Name">As <see cref="ProductInfo.Name"/>; null for the same as its id.</param>
public sealed record NewProduct(string Id, string? Name = null);

/// <summary>What changes about a product.</summary>
/// <param name="Name">Its new name.</param>
public sealed record ProductChange(string Name);

/// <summary>A version to put in force.</summary>
/// <param name="Version">Its number; an earlier one rolls back.</param>
public sealed record Activation(int Version);
