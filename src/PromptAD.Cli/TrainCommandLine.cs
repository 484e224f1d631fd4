using PromptAD.Evaluation;

namespace PromptAD.Cli;

/// <summary>Writes the command that trains what was recommended, to be copied into a shell.</summary>
/// <param name="ObjectName">What the product is called.</param>
/// <param name="Backbone">The backbone that was asked for; null for the usual one.</param>
/// <param name="Store">The store that was asked for; null for the usual one.</param>
internal sealed record TrainCommandLine(string ObjectName, string? Backbone, string? Store)
{
    private const int UsualShots = 4; // of more pictures, train draws so many unless told

    public string Of(AdviceVariant variant, IReadOnlyList<string> pictures)
    {
        List<string> words = ["promptad", "train", "--good", .. pictures, "--object", ObjectName];
        if (pictures.Count > UsualShots) words.AddRange(["--shots", $"{pictures.Count}"]);
        words.AddRange(OptionsOf(variant));
        if (Backbone is not null) words.AddRange(["--backbone", Backbone]);
        if (Store is not null) words.AddRange(["--store", Store]);
        words.AddRange(["--output", "part.promptad"]);
        return string.Join(' ', words.Select(Quote));
    }

    /// <summary>The options of <c>train</c> that a variant means.</summary>
    public static IEnumerable<string> OptionsOf(AdviceVariant variant)
    {
        if (variant.Poses is not null) foreach (string word in (string[])["--poses", "quarter"]) yield return word;
        if (variant.Tiles is { } tiles) foreach (string word in (string[])["--tiles", $"{tiles.Rows}x{tiles.Columns}"]) yield return word;
        if (variant.MemoryShifts is { } shifts) foreach (string word in (string[])["--memory-shifts", $"{shifts}"]) yield return word;
    }

    /// <summary>As a shell takes it for one word.</summary>
    private static string Quote(string word)
    {
        if (word.Length > 0 && word.All(sign => char.IsAsciiLetterOrDigit(sign) || "-_./,:+=@%".Contains(sign))) return word;
        return OperatingSystem.IsWindows()
            ? $"\"{word.Replace("\"", "\\\"", StringComparison.Ordinal)}\""
            : $"'{word.Replace("'", "'\\''", StringComparison.Ordinal)}'";
    }
}
