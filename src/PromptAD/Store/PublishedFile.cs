namespace PromptAD.Store;

/// <summary>A file that others publish and <c>backbone pull</c> fetches.</summary>
/// <param name="Address">Where it is published.</param>
/// <param name="Sha256">Its SHA-256 in lower-case hex, or as much of the start as is published; null where none is.</param>
internal sealed record PublishedFile(Uri Address, string? Sha256)
{
    /// <summary>The last part of the address.</summary>
    public string FileName => Address.Segments[^1];
}

/// <summary>Published weights of a configuration of the catalog.</summary>
/// <param name="Configuration">The name that <c>backbone pull</c> and <see cref="BackboneCatalog.Find"/> take.</param>
/// <param name="File">The checkpoint.</param>
internal sealed record PublishedWeights(string Configuration, PublishedFile File)
{
    /// <summary>What the float32 weights take, in bytes; the file is a little larger. To say how much is coming before it comes.</summary>
    public long ApproximateSize => BackboneCatalog.Find(Configuration).ParameterCount * sizeof(float);
}
