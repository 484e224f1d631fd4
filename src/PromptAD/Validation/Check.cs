namespace PromptAD.Validation;

/// <summary>Range checks of options, all with one message.</summary>
public static class Check
{
    /// <exception cref="PromptADException">The value lies outside the range or is not a number.</exception>
    public static void Range(double value, double lowest, double highest, string name)
    {
        if (!(value >= lowest && value <= highest))
            throw Refused(name, value, $"lie between {lowest} and {highest}");
    }

    /// <exception cref="PromptADException">The value is not between 0 and 1, or is one of them.</exception>
    public static void Inside(double value, string name)
    {
        if (!(value > 0 && value < 1)) throw Refused(name, value, "lie between 0 and 1, without these two");
    }

    /// <exception cref="PromptADException">The value is none of the enum's.</exception>
    public static void Known<T>(T value, string name) where T : struct, Enum
    {
        if (Enum.IsDefined(value)) return;
        throw Refused(name, value, $"be {string.Join(" or ", Enum.GetNames<T>())}");
    }

    private static PromptADException Refused(string name, object value, string allowed) =>
        new(Diagnostic.OutOfRange(name, value, allowed));
}
