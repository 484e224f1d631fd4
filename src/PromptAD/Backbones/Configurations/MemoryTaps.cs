namespace PromptAD.Backbones;

/// <summary>
/// Which patch features of the image encoder make the memory bank (Q1). In <c>vision_cfg</c>:
/// <c>"memory_taps": {"blocks": [3, 8], "point": "attention"}</c>.
/// </summary>
/// <param name="Blocks">The transformer blocks, counted from 0, ascending; at least one.</param>
/// <param name="Point">Where in each of these blocks.</param>
internal sealed record MemoryTaps(IReadOnlyList<int> Blocks, MemoryTapPoint Point)
{
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

    /// <summary>Compares the blocks, not the list that holds them.</summary>
    public bool Equals(MemoryTaps? other) => other is not null && Point == other.Point && Blocks.SequenceEqual(other.Blocks);

    /// <inheritdoc/>
    public override int GetHashCode() => Blocks.Aggregate((int)Point, HashCode.Combine);
}
