using System.Numerics;

namespace PromptAD.Memory;

/// <summary>Where the rows of a bounded memory bank come from.</summary>
/// <param name="Sources">The picture of each row, counted from 0.</param>
/// <param name="Spots">The place of each row in its picture, in patches from the top left.</param>
internal sealed record MemoryRows(IReadOnlyList<int> Sources, IReadOnlyList<Vector2> Spots)
{
    /// <summary>The rows of all pictures but one.</summary>
    public int[] Without(int source) => [.. Enumerable.Range(0, Sources.Count).Where(row => Sources[row] != source)];

    /// <summary>These rows, and all rows of further pictures after them.</summary>
    public MemoryRows With(IEnumerable<(int Source, Vector2[] Spots)> pictures)
    {
        (List<int> sources, List<Vector2> spots) = ([.. Sources], [.. Spots]);
        foreach ((int source, Vector2[] places) in pictures)
        {
            sources.AddRange(Enumerable.Repeat(source, places.Length));
            spots.AddRange(places);
        }
        return new MemoryRows(sources, spots);
    }

    /// <summary>Some of these rows.</summary>
    public MemoryRows Pick(IReadOnlyList<int> rows) =>
        new([.. rows.Select(row => Sources[row])], [.. rows.Select(row => Spots[row])]);
}
