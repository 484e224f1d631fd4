namespace PromptAD.Server.Operations;

/// <summary>A word of a query that is one of a few.</summary>
internal static class QueryWord
{
    /// <summary>The value that a word stands for, in capitals or not; null for null.</summary>
    /// <param name="word">The word.</param>
    /// <param name="name">What it says, for the error.</param>
    /// <exception cref="ServiceException">It is none of them.</exception>
    public static T? Parse<T>(string? word, string name)
        where T : struct, Enum
    {
        if (word is null) return null;
        if (Enum.TryParse(word, ignoreCase: true, out T value) && word.All(char.IsAsciiLetter)) return value;
        string known = string.Join(", ", Enum.GetNames<T>()).ToLowerInvariant();
        throw ServiceException.Invalid($"{name} is '{word}'; it must be one of {known}.");
    }
}
