namespace PromptAD.Encoders.Clip;

/// <summary>
/// Which patch features of the image encoder make the memory bank (Q1). In <c>vision_cfg</c>:
/// <c>"memory_taps": {"blocks": [3, 8], "point": "attention"}</c>.
/// </summary>
/// <param name="Blocks">
/// The transformer blocks, counted from 0, ascending; at least one, or none behind a trunk, whose stages come first.
/// <see cref="Embedding"/> is what <c>conv1</c> makes of the patches,
/// before their places are added, which only a whitened memory can read well.
/// </param>
/// <param name="Point">Where in each of these blocks.</param>
/// <param name="Weights">What each stage's and block's distances count in their mean; null for all alike, as published.</param>
internal sealed record MemoryTaps(IReadOnlyList<int> Blocks, MemoryTapPoint Point, IReadOnlyList<float>? Weights = null)
{
    /// <summary>Stands for the patch embedding among the blocks.</summary>
    public const int Embedding = -1;

    /// <summary>
    /// The published choice at the same fractions of any depth. Twelve blocks give mid_3 and mid_8 with
    /// <see cref="MemoryTapPoint.Attention"/>, and with <see cref="MemoryTapPoint.Block"/> the outputs of blocks 2 and 7, which is what the
    /// attention of 3 and 8 starts from. A depth at which the two coincide gives one tap.
    /// </summary>
    public static MemoryTaps Default(int layers, MemoryTapPoint point = MemoryTapPoint.Attention)
    {
        int back = point == MemoryTapPoint.Block ? 1 : 0;
        int[] blocks = [Math.Max(0, layers * 3 / 12 - back), Math.Max(0, layers * 8 / 12 - back)];
        return new([.. blocks.Distinct()], point);
    }

    /// <summary>Compares what the lists hold, not the lists.</summary>
    public bool Equals(MemoryTaps? other) => other is not null && Point == other.Point && Blocks.SequenceEqual(other.Blocks)
        && (Weights ?? []).SequenceEqual(other.Weights ?? []);

    /// <inheritdoc/>
    public override int GetHashCode() => Blocks.Aggregate((int)Point, HashCode.Combine);
}
