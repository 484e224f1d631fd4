using PromptAD.Decisions;
using PromptAD.Scoring;

namespace PromptAD.Training;

/// <summary>
/// What a detector would say of the good pictures it learned from, had it not remembered them: each picture and its gentle variations are
/// scored against a memory that leaves the picture out. With one picture, each of its places is compared with the other places.
/// </summary>
/// <param name="good">The pictures as they are.</param>
/// <param name="moved">Other views of them, equally many for each picture, picture after picture.</param>
/// <param name="width">The length of a row of the memory.</param>
/// <param name="inspected">The patches that are remembered; null for all.</param>
internal sealed class LeftOutScores(
    IReadOnlyList<PictureFeatures> good, IReadOnlyList<PictureFeatures> moved, int width, InspectedPatches? inspected = null)
{
    /// <summary>The most pictures that are left out in turn; more say little more and cost a memory each.</summary>
    public const int MostSources = 16;

    private const int Block = 3; // patches along a side of what is compared with the rest

    /// <summary>Scores the sources and their variations.</summary>
    /// <param name="queries">For each source, in the order of the pictures, itself and its variations as they would be judged.</param>
    /// <param name="scorer">Reads scores and maps.</param>
    /// <param name="bank">The memory of all pictures.</param>
    public IReadOnlyList<GoodScore> Of(IReadOnlyList<PictureFeatures[]> queries, PictureScorer scorer, MemoryBank bank)
    {
        var scores = new List<GoodScore>();
        for (int source = 0; source < queries.Count; source++)
        {
            MemoryBank? others = good.Count > 1 ? Without(source, bank) : null;
            foreach (PictureFeatures query in queries[source])
            {
                PictureScores found = scorer.Score(query, others?.VisualMap(query.Memory) ?? Elsewhere(query, bank));
                scores.Add(new GoodScore(source, found.Image, scorer.Map(found).Max()));
            }
        }
        return scores;
    }

    private MemoryBank Without(int source, MemoryBank bank)
    {
        int each = moved.Count / good.Count;
        return MemoryFitting.Fit(
            good.Where((_, i) => i != source), moved.Where((_, i) => each == 0 || i / each != source), width, bank.Whitenings, bank.Weights);
    }

    /// <summary>
    /// The visual map of a picture against a memory of the same picture, (patches): for each block of patches, what is remembered of it and
    /// of the patches around it is left out.
    /// </summary>
    internal float[] Elsewhere(PictureFeatures query, MemoryBank bank)
    {
        int patches = query.Memory[0].Length / width, grid = (int)Math.Round(Math.Sqrt(patches));
        var map = new float[patches];
        int[] places = inspected?.Places ?? [.. Enumerable.Range(0, patches)]; // of the remembered rows of a picture
        int blocks = (grid + Block - 1) / Block;
        for (int block = 0; block < blocks * blocks; block++)
        {
            int top = block / blocks * Block, left = block % blocks * Block;
            bool IsIn(int place, int margin) => Lies(place / grid, top, margin) && Lies(place % grid, left, margin);
            int[] asked = [.. Enumerable.Range(0, patches).Where(place => IsIn(place, 0))];
            int[] known = [.. Enumerable.Range(0, bank.Layers[0].Length / width).Where(row => !IsIn(places[row % places.Length], 1))];
            if (known.Length == 0) continue; // of a picture of few patches, nothing is left to compare with
            var rest = new MemoryBank([.. bank.Layers.Select(layer => Rows(layer, known))], width, bank.Whitenings, bank.Weights);
            float[] distances = rest.VisualMap([.. query.Memory.Select(layer => Rows(layer, asked))]);
            foreach ((int i, int place) in asked.Index()) map[place] = distances[i];
        }
        return map;

        static bool Lies(int at, int start, int margin) => at >= start - margin && at < start + Block + margin;
    }

    private float[] Rows(float[] layer, int[] rows)
    {
        var taken = new float[rows.Length * width];
        foreach ((int i, int row) in rows.Index()) layer.AsSpan(row * width, width).CopyTo(taken.AsSpan(i * width));
        return taken;
    }
}
