namespace PromptAD.Cli;

/// <summary>Finds the name that a mistyped word was meant to be.</summary>
internal static class Suggestion
{
    /// <summary>The nearest of the names, if it is near enough to be meant; null otherwise.</summary>
    public static string? For(string word, IEnumerable<string> names)
    {
        int most = word.TrimStart('-').Length switch { <= 2 => 0, <= 5 => 1, _ => 2 };
        (string Name, int Edits)[] near =
            [.. names.Select(name => (name, Edits(word.ToLowerInvariant(), name.ToLowerInvariant()))).Where(one => one.Item2 <= most)];
        return near.Length == 0 ? null : near.MinBy(one => one.Edits).Name;
    }

    /// <summary>How many letters have to be put in, taken out, changed or exchanged with the next.</summary>
    internal static int Edits(string a, string b)
    {
        var table = new int[a.Length + 1, b.Length + 1];
        for (int i = 0; i <= a.Length; i++) table[i, 0] = i;
        for (int j = 0; j <= b.Length; j++) table[0, j] = j;
        for (int i = 1; i <= a.Length; i++)
        {
            for (int j = 1; j <= b.Length; j++)
            {
                int changed = table[i - 1, j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
                table[i, j] = Math.Min(changed, Math.Min(table[i - 1, j], table[i, j - 1]) + 1);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                    table[i, j] = Math.Min(table[i, j], table[i - 2, j - 2] + 1);
            }
        }
        return table[a.Length, b.Length];
    }
}
