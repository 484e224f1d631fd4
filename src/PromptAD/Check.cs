namespace PromptAD;

/// <summary>Range checks of options, all with one message.</summary>
internal static class Check
{
    /// <exception cref="PromptADException">The value lies outside the range or is not a number.</exception>
    public static void Range(double value, double lowest, double highest, string name)
    {
        if (!(value >= lowest && value <= highest))
            throw new PromptADException($"{name} is {value}; it must lie between {lowest} and {highest}.");
    }

    /// <exception cref="PromptADException">The value is not between 0 and 1, or is one of them.</exception>
    public static void Inside(double value, string name)
    {
        if (!(value > 0 && value < 1)) throw new PromptADException($"{name} is {value}; it must lie between 0 and 1, without these two.");
    }

    /// <exception cref="PromptADException">The value is none of the enum's.</exception>
    public static void Known<T>(T value, string name) where T : struct, Enum
    {
        if (Enum.IsDefined(value)) return;
        throw new PromptADException($"{name} is {value}; it must be {string.Join(" or ", Enum.GetNames<T>())}.");
    }
}
