namespace PromptAD.Evaluation.Features;

/// <summary>
/// All square windows of one scale over a square grid of patches, with stride 1: WinCLIP's small and mid windows are 2 and 3 patches
/// wide.
/// </summary>
internal sealed class WindowGrid
{
    private readonly int patches;

    /// <param name="grid">Patches along a side.</param>
    /// <param name="side">Patches along a window's side; at most <paramref name="grid"/>.</param>
    public WindowGrid(int grid, int side)
    {
        patches = grid * grid;
        Windows =
        [
            .. from top in Enumerable.Range(0, grid - side + 1)
               from left in Enumerable.Range(0, grid - side + 1)
               select (from y in Enumerable.Range(top, side) from x in Enumerable.Range(left, side) select (y * grid) + x).ToArray(),
        ];
    }

    /// <summary>The scales that fit a grid.</summary>
    public static IReadOnlyList<WindowGrid> All(int grid) =>
        [.. ((int[])[2, 3]).Where(side => side <= grid).Select(side => new WindowGrid(grid, side))];

    /// <summary>The patches of each window, counted from 0.</summary>
    public IReadOnlyList<int[]> Windows { get; }

    /// <summary>
    /// From windows to patches: the harmonic mean of the windows that a patch lies in, which leans to the normal ones, (patches).
    /// </summary>
    /// <param name="scores">One score for each window, 0 or more.</param>
    public float[] ToPatches(IReadOnlyList<float> scores)
    {
        var inverse = new float[patches];
        var count = new int[patches];
        for (int window = 0; window < Windows.Count; window++)
        {
            foreach (int patch in Windows[window])
            {
                inverse[patch] += 1 / scores[window];
                count[patch]++;
            }
        }
        return [.. inverse.Select((sum, patch) => count[patch] / sum)];
    }
}
