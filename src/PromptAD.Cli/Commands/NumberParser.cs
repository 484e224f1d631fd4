using System.CommandLine.Parsing;
using System.Globalization;
using System.Numerics;

namespace PromptAD.Cli.Commands;

/// <summary>
/// Reads the number of an option, alike for all of them. .NET's own reading takes a decimal comma for a separator of thousands, so that
/// 1,5 became 15.
/// </summary>
internal static class NumberParser
{
    /// <summary>For an option that has a usual value.</summary>
    /// <param name="range">What numbers are taken, as it follows "a number".</param>
    public static Func<ArgumentResult, T> Of<T>(string range)
        where T : struct, INumber<T> => result => Read<T>(result, range) ?? default;

    /// <summary>For an option that is null where it is not given.</summary>
    /// <param name="range">What numbers are taken, as it follows "a number".</param>
    public static Func<ArgumentResult, T?> OfOptional<T>(string range)
        where T : struct, INumber<T> => result => Read<T>(result, range);

    /// <summary>The number that a text is; whole ones in digits alone.</summary>
    public static bool TryRead<T>(string text, out T value)
        where T : struct, INumber<T> =>
        T.TryParse(text, IsWhole<T>() ? NumberStyles.Integer : NumberStyles.Float, CultureInfo.InvariantCulture, out value);

    private static T? Read<T>(ArgumentResult result, string range)
        where T : struct, INumber<T>
    {
        string text = result.Tokens[0].Value;
        if (TryRead(text, out T value)) return value;
        string wanted = IsWhole<T>() ? $"a whole number {range}" : $"a number {range}, with a point for decimals";
        result.AddError($"{(result.Parent as OptionResult)?.Option.Name} is '{text}'; give {wanted}.");
        return null;
    }

    private static bool IsWhole<T>()
        where T : struct, INumber<T> => T.One / (T.One + T.One) == T.Zero;
}
