using PromptAD.Evaluation;

namespace PromptAD.Cli;

/// <summary>Writes the command that trains what was recommended, to be copied into a shell.</summary>
/// <param name="ObjectName">What the product is called.</param>
/// <param name="Seed">Seed of the first prompts.</param>
/// <param name="MaxPicturePixels">The most pixels a picture may have; null for the usual limit.</param>
/// <param name="Bits">How many bits of 16-bit pictures are used; null where it was not said.</param>
/// <param name="Backbone">The backbone that was asked for; null for the usual one.</param>
/// <param name="Store">The store that was asked for; null for the usual one.</param>
internal sealed record TrainCommandLine(string ObjectName, int Seed, long? MaxPicturePixels, int? Bits, string? Backbone, string? Store)
{
    public string Of(AdviceVariant variant, IReadOnlyList<string> pictures)
    {
        List<string> words = ["promptad", "train", "--good", .. pictures, "--object", ObjectName];
        words.AddRange(OptionsOf(variant));
        if (Seed != 0) words.AddRange(["--seed", $"{Seed}"]);
        if (MaxPicturePixels is { } limit) words.AddRange(["--pixel-limit", $"{limit}"]);
        if (Bits is { } bits) words.AddRange(["--bits", $"{bits}"]);
        if (Backbone is not null) words.AddRange(["--backbone", Backbone]);
        if (Store is not null) words.AddRange(["--store", Store]);
        words.AddRange(["--output", "part.promptad"]);
        return string.Join(' ', words.Select(Quote));
    }

    /// <summary>The options of <c>train</c> that a variant means.</summary>
    public static IEnumerable<string> OptionsOf(AdviceVariant variant) =>
    [
        .. variant.Poses is null ? (string[])[] : ["--poses", "quarter"],
        .. variant.Tiles is { } tiles ? (string[])["--tiles", $"{tiles.Rows}x{tiles.Columns}"] : [],
        .. variant.MemoryShifts is { } shifts ? (string[])["--memory-shifts", $"{shifts}"] : [],
    ];

    /// <summary>As a shell takes it for one word.</summary>
    private static string Quote(string word)
    {
        if (word.Length > 0 && word.All(sign => char.IsAsciiLetterOrDigit(sign) || "-_./,:+=@%".Contains(sign))) return word;
        return OperatingSystem.IsWindows()
            ? $"\"{word.Replace("\"", "\\\"", StringComparison.Ordinal)}\""
            : $"'{word.Replace("'", "'\\''", StringComparison.Ordinal)}'";
    }
}
