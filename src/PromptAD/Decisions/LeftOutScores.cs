using System.Numerics;
using PromptAD.Encoders;
using PromptAD.Memory;
using PromptAD.Scoring;

namespace PromptAD.Decisions;

/// <summary>Left-out scores of a memory bank. With one picture, each of its places is compared with the other places.</summary>
/// <param name="good">The pictures as they are.</param>
/// <param name="moved">
/// What is remembered of them beside, such as the same moved by parts of a patch: equally many for each picture, picture after picture.
/// </param>
/// <param name="inspected">The patches that are remembered; null for all.</param>
/// <param name="rows">Where the rows of a bounded memory come from; null for one that holds all of every picture.</param>
internal sealed class LeftOutScores(
    IReadOnlyList<PictureFeatures> good,
    IReadOnlyList<PictureFeatures> moved,
    InspectedPatches? inspected = null,
    MemoryRows? rows = null) : ILeftOutScores
{
    private const int Block = 3; // patches along a side of what is compared with the rest

    /// <inheritdoc/>
    public bool HasOthers => good.Count > 1;

    /// <inheritdoc/>
    public bool KnowsPlaces => true;

    /// <inheritdoc/>
    public IEnumerable<PictureScores> Judge(
        int source, PictureFeatures[] queries, PictureScorer scorer, MemoryBank bank, CancellationToken cancellation = default)
    {
        if (!HasOthers) return JudgeAlone(queries, scorer, bank, cancellation);
        MemoryBank others = Without(source, bank, cancellation);
        return queries.Select(query => scorer.Score(query, others.VisualMap(query.Memory, cancellation)));
    }

    /// <inheritdoc/>
    public IEnumerable<PictureScores> JudgeAlone(
        PictureFeatures[] queries, PictureScorer scorer, MemoryBank bank, CancellationToken cancellation = default) =>
        queries.Select(query => scorer.Score(query, Elsewhere(query, bank, cancellation)));

    private MemoryBank Without(int source, MemoryBank bank, CancellationToken cancellation)
    {
        if (rows is not null) return bank.Pick(rows.Without(source));
        int each = moved.Count / good.Count;
        return MemoryFitting.With(
            bank,
            [.. good.Where((_, i) => i != source), .. moved.Where((_, i) => each == 0 || i / each != source)],
            cancellation);
    }

    /// <summary>
    /// The visual map of a picture against a memory of the same picture, (patches): for each block of patches, what is remembered of it and
    /// of the patches around it is left out.
    /// </summary>
    internal float[] Elsewhere(PictureFeatures query, MemoryBank bank, CancellationToken cancellation = default)
    {
        int patches = query.Memory[0].Length / bank.Widths[0], grid = (int)Math.Round(Math.Sqrt(patches));
        var map = new float[patches];
        Vector2[] asked = query.Spots ?? Places(Enumerable.Range(0, patches), grid);
        Vector2[] unturned = inspected is null ? Places(Enumerable.Range(0, patches), grid) : Places(inspected.Places, grid);
        IReadOnlyList<Vector2> known =
            rows?.Spots ?? [.. good.Concat(moved).SelectMany(picture => picture.Spots ?? unturned)]; // of the remembered rows
        int blocks = (grid + Block - 1) / Block;
        for (int block = 0; block < blocks * blocks; block++)
        {
            cancellation.ThrowIfCancellationRequested();
            int top = block / blocks * Block, left = block % blocks * Block;
            bool IsIn(Vector2 spot, int margin) => Lies(spot.Y, top, margin) && Lies(spot.X, left, margin);
            int[] inside = [.. Enumerable.Range(0, asked.Length).Where(i => IsIn(asked[i], 0))];
            int[] outside = [.. Enumerable.Range(0, known.Count).Where(i => !IsIn(known[i], 1))];
            if (inside.Length == 0 || outside.Length == 0) continue; // of a picture of few patches, nothing is left to compare with
            float[] distances = bank.Pick(outside).VisualMap(Channels.Pick(query.Memory, inside, bank.Widths), cancellation);
            foreach ((int i, int place) in inside.Index()) map[place] = distances[i];
        }
        return map;

        static bool Lies(float at, int start, int margin) => at >= start - margin && at < start + Block + margin;
    }

    /// <summary>The middles of patches, in patches from the top left.</summary>
    private static Vector2[] Places(IEnumerable<int> places, int grid) =>
        [.. places.Select(place => new Vector2((place % grid) + 0.5f, (place / grid) + 0.5f))];
}
