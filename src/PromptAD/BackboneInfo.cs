namespace PromptAD;

/// <summary>What the store knows of a backbone.</summary>
/// <param name="Id">Its name in the store.</param>
/// <param name="Hash">
/// SHA-256 over configuration, vocabulary, weights and precision, in hexadecimal. A detector works only with the backbone of the same hash.
/// </param>
/// <param name="Folder">Where its files are.</param>
/// <param name="Source">Where the weights came from.</param>
/// <param name="IsGenerated">True for weights made by rule, which know nothing of pictures.</param>
/// <param name="ImageSize">Side of the encoder's square input in pixels.</param>
/// <param name="PatchSize">Side of a patch in pixels.</param>
/// <param name="ParameterCount">The number of weights, both towers.</param>
/// <param name="Size">Bytes on the disk.</param>
/// <param name="Created">When it was imported.</param>
/// <param name="Configuration">open_clip's configuration as JSON, with our <c>memory_taps</c>.</param>
public sealed record BackboneInfo(
    string Id,
    string Hash,
    string Folder,
    string Source,
    bool IsGenerated,
    int ImageSize,
    int PatchSize,
    long ParameterCount,
    long Size,
    DateTimeOffset Created,
    string Configuration)
{
    /// <summary>How the vision weights are stored and computed with.</summary>
    public BackbonePrecision Precision { get; init; }
}
