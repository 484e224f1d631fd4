namespace PromptAD.Client;

/// <summary>Which version of a product judges.</summary>
/// <param name="Product">The product.</param>
/// <param name="Version">The version's number.</param>
public sealed record VersionInForce(string Product, int Version);
