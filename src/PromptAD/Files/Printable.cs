namespace PromptAD.Files;

/// <summary>Makes text that comes from a file fit for an error's one line, whatever it holds.</summary>
internal static class Printable
{
    /// <summary>The start of the text without line breaks, terminal codes and halves of characters.</summary>
    public static string Line(string text, int longest = 100)
    {
        IEnumerable<char> safe = text.Take(longest).Select(letter => char.IsControl(letter) || char.IsSurrogate(letter) ? '?' : letter);
        return text.Length > longest ? string.Concat(safe) + "…" : string.Concat(safe);
    }
}
