namespace PromptAD.Imaging;

/// <summary>What stands beyond the border of a picture or a map.</summary>
internal static class Border
{
    /// <summary>The pixel that stands at a place beyond the border, which is reflected with its edge repeated.</summary>
    /// <param name="index">The place, any number.</param>
    /// <param name="size">Pixels along the side.</param>
    /// <returns>0 to <paramref name="size"/> - 1.</returns>
    public static int Reflect(int index, int size)
    {
        int period = 2 * size, folded = ((index % period) + period) % period;
        return folded < size ? folded : period - 1 - folded;
    }
}
