using PromptAD.Encoders;
using PromptAD.Memory;

namespace PromptAD.Decisions;

/// <summary>
/// Finds what is new in a picture: again and again the patch that is farthest from the memory and from the patches chosen before, until
/// none is farther than a limit. What looks alike is so remembered once.
/// </summary>
internal static class NewPatches
{
    /// <summary>Chooses patches.</summary>
    /// <param name="bank">The memory.</param>
    /// <param name="patches">The picture's patches at each layer, (patches, width).</param>
    /// <param name="among">The patches that count; null for all.</param>
    /// <param name="limit">The distance beyond which a patch is new.</param>
    /// <param name="cancellation">Stops between two choices.</param>
    /// <returns>The patches in the order of choosing.</returns>
    public static IReadOnlyList<int> Choose(
        MemoryBank bank,
        IReadOnlyList<float[]> patches,
        IReadOnlyList<int>? among,
        float limit,
        CancellationToken cancellation = default)
    {
        float[][] nearest = [.. patches.Select((rows, layer) => bank.LayerMap(layer, rows, cancellation))];
        among ??= [.. Enumerable.Range(0, nearest[0].Length)];
        var chosen = new List<int>();
        while (chosen.Count < among.Count)
        {
            float[] distances = bank.MeanOf(nearest);
            int farthest = among.MaxBy(patch => distances[patch]);
            // Rounding may leave a chosen patch a little way from itself.
            if (!(distances[farthest] > limit) || chosen.Contains(farthest)) break;
            chosen.Add(farthest);
            MemoryBank one = bank.Of(Channels.Pick(patches, [farthest], bank.Widths), cancellation);
            for (int layer = 0; layer < nearest.Length; layer++)
            {
                float[] toIt = one.LayerMap(layer, patches[layer], cancellation);
                for (int patch = 0; patch < toIt.Length; patch++) nearest[layer][patch] = Math.Min(nearest[layer][patch], toIt[patch]);
            }
        }
        return chosen;
    }
}
