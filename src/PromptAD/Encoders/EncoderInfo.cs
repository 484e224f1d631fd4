namespace PromptAD.Encoders;

/// <summary>What an encoder takes and what it gives.</summary>
/// <param name="Id">Its name in the store.</param>
/// <param name="Hash">SHA-256 over all that its features depend on, in hexadecimal.</param>
/// <param name="InputSize">The side of the square that it reads, in pixels.</param>
/// <param name="PatchSize">The side of what one patch stands for in it, in pixels.</param>
/// <param name="Layers">Where the memory bank's features are taken, the first layer first.</param>
/// <param name="EmbeddingSize">The width that pictures and words share; 0 for an encoder without words.</param>
/// <param name="FillLevels">The level of red, green and blue that says least to it: what is not to be seen is painted so.</param>
public sealed record EncoderInfo(
    string Id,
    string Hash,
    int InputSize,
    int PatchSize,
    IReadOnlyList<LayerShape> Layers,
    int EmbeddingSize,
    IReadOnlyList<byte> FillLevels)
{
    /// <summary>The number of values of one picture, 3 · size · size.</summary>
    public int InputLength => 3 * InputSize * InputSize;

    /// <summary>Where the patches of anomaly maps lie: the finest grid of all layers.</summary>
    public PatchGrid Grid => Layers.MaxBy(layer => layer.Grid.Side)!.Grid;

    /// <summary>The number of patches of anomaly maps.</summary>
    public int Patches => Grid.Side * Grid.Side;

    /// <summary>The width of each layer.</summary>
    public IReadOnlyList<int> Widths => [.. Layers.Select(layer => layer.Width)];

    /// <summary>What each layer counts in a mean over them; null where all count alike.</summary>
    public IReadOnlyList<float>? Weights =>
        Layers.All(layer => layer.Weight is null) ? null : [.. Layers.Select(layer => layer.Weight ?? 1)];
}

/// <summary>One layer of an encoder.</summary>
/// <param name="Width">Values of a patch.</param>
/// <param name="Grid">Where its patches lie.</param>
/// <param name="Weight">What it counts in a mean over the layers; null for 1.</param>
public sealed record LayerShape(int Width, PatchGrid Grid, float? Weight = null);
