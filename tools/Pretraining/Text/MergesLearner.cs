using PromptAD.Pictures;
using PromptAD.Training;

namespace PromptAD.Pretraining.Text;

/// <summary>
/// Makes a vocabulary in CLIP's format from the words of the caption grammar: pairs of tokens are merged, the most frequent first, until every word is
/// one token. Any other word still falls into known pieces.
/// </summary>
internal static class MergesLearner
{
    /// <summary>The merges for the words of captions and prompts.</summary>
    public static IReadOnlyList<string> Learn()
    {
        IEnumerable<string> published = PublishedPrompts.Categories.SelectMany(PublishedPrompts.StatesOf).Concat(PublishedPrompts.CommonStates)
            .Concat(PublishedPrompts.Categories.Select(PublishedPrompts.ObjectNameOf));
        return Learn(Grammar.Words.Concat(published.Concat(PromptWriter.OtherNouns).SelectMany(text => text.Split(' ', '_'))));
    }

    /// <summary>The merges that make each of these words one token.</summary>
    /// <param name="words">Words of ASCII letters; others are left out.</param>
    public static IReadOnlyList<string> Learn(IEnumerable<string> words)
    {
        List<string[]> tokens = [.. words
            .Select(word => word.ToLowerInvariant())
            .Where(word => word.Length > 0 && word.All(char.IsAsciiLetter))
            .Distinct()
            .Order(StringComparer.Ordinal)
            .Select(word => (string[])[.. word[..^1].Select(letter => $"{letter}"), $"{word[^1]}</w>"])];
        var merges = new List<string>();
        while (MostFrequentPair(tokens) is { } pair)
        {
            merges.Add($"{pair.First} {pair.Second}");
            for (int i = 0; i < tokens.Count; i++) tokens[i] = Merge(tokens[i], pair);
        }
        return merges;
    }

    private static (string First, string Second)? MostFrequentPair(List<string[]> tokens)
    {
        var counts = tokens.SelectMany(word => word.Zip(word.Skip(1))).CountBy(pair => pair).ToList();
        if (counts.Count == 0) return null;
        // Ties go by the alphabet, so that the same words give the same vocabulary.
        return counts.OrderByDescending(count => count.Value)
            .ThenBy(count => count.Key.First, StringComparer.Ordinal).ThenBy(count => count.Key.Second, StringComparer.Ordinal)
            .First().Key;
    }

    private static string[] Merge(string[] word, (string First, string Second) pair)
    {
        var merged = new List<string>();
        for (int i = 0; i < word.Length; i++)
        {
            bool match = i + 1 < word.Length && word[i] == pair.First && word[i + 1] == pair.Second;
            merged.Add(match ? word[i] + word[++i] : word[i]);
        }
        return [.. merged];
    }
}
