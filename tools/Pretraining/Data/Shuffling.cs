namespace PromptAD.Pretraining.Data;

internal static class Shuffling
{
    /// <summary>The items in random order.</summary>
    public static T[] Shuffled<T>(this IEnumerable<T> items, Random random)
    {
        T[] shuffled = [.. items];
        random.Shuffle(shuffled);
        return shuffled;
    }
}
