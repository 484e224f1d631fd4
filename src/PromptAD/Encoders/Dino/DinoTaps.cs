namespace PromptAD.Encoders.Dino;

/// <summary>
/// Which patch tokens make the memory bank, each block a layer of its own. In a configuration:
/// <c>"memory_taps": {"blocks": [11], "normed": true}</c>.
/// </summary>
/// <param name="Blocks">The transformer blocks after which they are taken, counted from 0, ascending; at least one.</param>
/// <param name="AreNormed">Whether the model's final normalisation is applied to them.</param>
/// <param name="Weights">What each block's distances count in their mean, above 0 and up to 1; null for all alike.</param>
internal sealed record DinoTaps(IReadOnlyList<int> Blocks, bool AreNormed, IReadOnlyList<float>? Weights = null)
{
    private const int Shallow = 12; // the depth of the small and the base model

    /// <summary>
    /// The final normalised tokens of models of up to 12 blocks. The last blocks of deeper ones turn from places in the picture to the
    /// picture as a whole, so that two blocks at 55 and 70 % of the depth are taken there.
    /// </summary>
    public static DinoTaps Default(int layers) =>
        new(layers <= Shallow ? [layers - 1] : [layers * 11 / 20, layers * 14 / 20], AreNormed: true);

    /// <summary>Compares what the lists hold, not the lists.</summary>
    public bool Equals(DinoTaps? other) => other is not null && AreNormed == other.AreNormed && Blocks.SequenceEqual(other.Blocks)
        && (Weights is null) == (other.Weights is null) && (Weights ?? []).SequenceEqual(other.Weights ?? []);

    /// <inheritdoc/>
    public override int GetHashCode() => Blocks.Aggregate(AreNormed ? 1 : 0, HashCode.Combine);
}
