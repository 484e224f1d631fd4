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
}
