namespace PromptAD;

/// <summary>What the store knows of a backbone.</summary>
/// <param name="Id">Its name in the store.</param>
/// <param name="Hash">
/// SHA-256 over configuration, weights, precision and the vocabulary if there is one, in hexadecimal. A detector works only with the
/// backbone of the same hash.
/// </param>
/// <param name="Folder">Where its files are.</param>
/// <param name="Source">Where the weights came from.</param>
/// <param name="IsGenerated">True for weights made by rule, which know nothing of pictures.</param>
/// <param name="ImageSize">Side of the encoder's square input in pixels.</param>
/// <param name="PatchSize">Side of a patch in pixels.</param>
/// <param name="ParameterCount">The number of weights, of both towers where there are two.</param>
/// <param name="Size">Bytes on the disk.</param>
/// <param name="Created">When it was imported.</param>
/// <param name="Configuration">
/// The configuration as JSON: open_clip's with our <c>memory_taps</c>, or that of a DINOv2, whose <c>kind</c> is "dinov2".
/// </param>
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

    /// <summary>Whether it knows words. DINOv2 does not, so prompts cannot be learned with it.</summary>
    public bool HasTextTower { get; init; } = true;
}
