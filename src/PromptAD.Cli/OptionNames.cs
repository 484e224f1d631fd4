using System.Text.RegularExpressions;

namespace PromptAD.Cli;

/// <summary>What the command line calls the properties and methods that the library's refusals name.</summary>
internal static partial class OptionNames
{
    private static readonly Dictionary<string, string> OfProperties = new()
    {
        ["ReviewRate"] = "--review-rate",
        ["NGRate"] = "--ng-rate",
        ["PixelRate"] = "--pixel-rate",
        ["ReviewScore"] = "--review-score",
        ["NGScore"] = "--ng-score",
        ["PixelScore"] = "--pixel-score",
        ["MinimumArea"] = "--min-area",
        ["Novelty"] = "--novelty",
        ["Epochs"] = "--epochs",
        ["TopPatches"] = "--top-patches",
        ["TextWeight"] = "--text-weight",
        ["MemoryShifts"] = "--memory-shifts",
        ["Poses.Turn"] = "The turn of --poses",
        ["Poses.MostRows"] = "--pose-rows",
        ["Tiles.Rows"] = "The number of rows of --tiles",
        ["Tiles.Columns"] = "The number of columns of --tiles",
        ["Shots"] = "--shots",
        ["Seeds"] = "--seeds",
        ["Most"] = "--most",
    };

    // What stands in brackets at the end of a sentence.
    private static readonly Dictionary<string, string> OfBrackets = new()
    {
        ["MaxPicturePixels"] = "--pixel-limit",
        ["SignificantBits"] = "--bits",
        ["Force"] = "--force",
        ["Replace"] = "--force",
        ["NGScore"] = "--ng-score",
        ["ReviewScore"] = "--review-score",
        ["BackboneStore.Open"] = "--backbone",
        ["ResizeMode.Direct"] = "--resize direct",
        ["WithoutReferenceDefect"] = "'promptad feedback <detector> --forget <picture>'",
    };

    /// <summary>The message with options for what it names in brackets.</summary>
    public static string PutIntoBrackets(string message) => Bracket().Replace(
        message, match => OfBrackets.TryGetValue(match.Groups[1].Value, out string? option) ? $" ({option})" : match.Value);

    /// <summary>
    /// The message with options for properties, where it begins with a property and its value, and with a command for the method that a
    /// failed download advises.
    /// </summary>
    public static string PutInto(string message)
    {
        if (message.StartsWith("Cannot download '", StringComparison.Ordinal))
            return Import().Replace(message, "'promptad backbone import <file> --config $1'");
        // Other messages may hold such a word as a file's or a product's name.
        if (Beginning().Match(message) is not { Success: true } match || !OfProperties.ContainsKey(match.Groups[1].Value)) return message;
        return Word().Replace(message, word => OfProperties.GetValueOrDefault(word.Value, word.Value));
    }

    // Not in the name of a file, such as "a (Force).png".
    [GeneratedRegex(@" \(([A-Z][A-Za-z.]*)\)(?=[.,:;]?( |$))")]
    private static partial Regex Bracket();

    [GeneratedRegex("""\bBackboneStore[.]Import[(]file, "([^"]+)"[)]""")]
    private static partial Regex Import();

    [GeneratedRegex(@"^([A-Z][A-Za-z.]*) is \S")]
    private static partial Regex Beginning();

    [GeneratedRegex(@"\b[A-Z][A-Za-z]*(\.[A-Z][A-Za-z]*)?\b")]
    private static partial Regex Word();
}
