using System.Numerics;
using PromptAD.Encoders;
using PromptAD.Memory;
using PromptAD.Scoring;

namespace PromptAD.Decisions;

/// <summary>
/// Left-out scores of a memory that is a subspace. With one picture, blocks of patches are left out in nine parts, each with the patches
/// around them.
/// </summary>
/// <param name="memory">Makes the planes.</param>
/// <param name="pictures">How many pictures there are.</param>
internal sealed class LeftOutSubspaces(SubspaceMemory memory, int pictures) : ILeftOutScores
{
    private const int Block = 3, Apart = 3; // patches along a side of a block, and blocks from one to the next of the same part

    /// <inheritdoc/>
    public bool HasOthers => pictures > 1;

    /// <inheritdoc/>
    public bool KnowsPlaces => memory.HasPlaces;

    /// <inheritdoc/>
    public IEnumerable<PictureScores> Judge(
        int source, PictureFeatures[] queries, PictureScorer scorer, MemoryBank bank, CancellationToken cancellation = default)
    {
        if (!HasOthers) return JudgeAlone(queries, scorer, bank, cancellation);
        MemoryBank others = memory.Without(source, cancellation);
        return queries.Select(query => scorer.Score(query, others.VisualMap(query.Memory, cancellation)));
    }

    /// <inheritdoc/>
    public IEnumerable<PictureScores> JudgeAlone(
        PictureFeatures[] queries, PictureScorer scorer, MemoryBank bank, CancellationToken cancellation = default) =>
        queries.Select(query => scorer.Score(query, Elsewhere(query, bank, cancellation)));

    private float[] Elsewhere(PictureFeatures query, MemoryBank bank, CancellationToken cancellation)
    {
        int patches = query.Memory[0].Length / bank.Widths[0], grid = (int)Math.Round(Math.Sqrt(patches));
        Vector2[] asked =
            query.Spots ?? [.. Enumerable.Range(0, patches).Select(place => new Vector2((place % grid) + 0.5f, (place / grid) + 0.5f))];
        var map = new float[patches];
        for (int part = 0; part < Apart * Apart; part++)
        {
            (int down, int across) = (part / Apart, part % Apart);
            bool IsIn(Vector2 spot, int margin) => IsNear(spot.Y, down, margin) && IsNear(spot.X, across, margin);
            int[] inside = [.. Enumerable.Range(0, patches).Where(i => IsIn(asked[i], 0))];
            if (inside.Length == 0) continue;
            if (memory.WithoutPlaces(part, spot => IsIn(spot, 1), cancellation) is not { } others) continue; // nothing to compare with
            float[] distances = others.VisualMap(Channels.Pick(query.Memory, inside, bank.Widths), cancellation);
            foreach ((int i, int place) in inside.Index()) map[place] = distances[i];
        }
        return map;
    }

    /// <summary>Whether a place along a side lies in a block of a part, or so near to one.</summary>
    private static bool IsNear(float at, int part, int margin)
    {
        float within = at - (part * Block), period = Block * Apart;
        within -= MathF.Floor((within + margin) / period) * period; // from -margin on
        return within < Block + margin;
    }
}
