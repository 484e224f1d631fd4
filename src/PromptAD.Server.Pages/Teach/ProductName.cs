using System.Text;

namespace PromptAD.Server.Pages.Teach;

/// <summary>What a product is called, and how that becomes an id.</summary>
public static class ProductName
{
    private const int Longest = 64;

    private static readonly (string From, string To)[] Spelt = [("ä", "ae"), ("ö", "oe"), ("ü", "ue"), ("ß", "ss")];

    /// <summary>An id made of a name: lower-case letters, digits and '-'. Empty where nothing of the name can be one.</summary>
    public static string IdOf(string name)
    {
        var id = new StringBuilder();
        string spelt = Spelt.Aggregate(name.ToLowerInvariant(), (text, one) => text.Replace(one.From, one.To, StringComparison.Ordinal));
        foreach (char sign in spelt)
        {
            if (char.IsAsciiLetterLower(sign) || char.IsAsciiDigit(sign)) id.Append(sign);
            else if (id.Length > 0 && id[^1] != '-') id.Append('-');
        }
        string text = $"{id}".Trim('-');
        return text.Length > Longest ? text[..Longest].TrimEnd('-') : text;
    }

    /// <summary>Words for defects out of one line, each once.</summary>
    public static IReadOnlyList<string> WordsOf(string text) =>
        [.. text.Split([',', ';', '\n', '、', '，'], StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Distinct()];
}
