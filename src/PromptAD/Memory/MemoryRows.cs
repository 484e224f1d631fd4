using System.Numerics;

namespace PromptAD.Memory;

/// <summary>Where the rows of a bounded memory bank come from.</summary>
/// <param name="Sources">The picture of each row, counted from 0.</param>
/// <param name="Spots">The place of each row in its picture, in patches from the top left.</param>
internal sealed record MemoryRows(IReadOnlyList<int> Sources, IReadOnlyList<Vector2> Spots)
{
    /// <summary>The rows of all pictures but one.</summary>
    public int[] Without(int source) => [.. Enumerable.Range(0, Sources.Count).Where(row => Sources[row] != source)];
}
