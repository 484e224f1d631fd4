using System.Globalization;
using System.Text;
using Microsoft.ML.Tokenizers;

namespace PromptAD.Encoders.Clip.Tokenizer;

/// <summary>
/// Splits clean text into CLIP's words: a marker, the end of an English contraction, a run of letters, one digit or a run of the rest.
/// </summary>
/// <remarks>The same pattern as a .NET regex would break letters and digits beyond 16 bits, which it takes for two symbols.</remarks>
internal sealed class ClipWords(IReadOnlyCollection<string> markers) : PreTokenizer
{
    private readonly string[] prefixes = [.. markers, "'s", "'t", "'re", "'ve", "'m", "'ll", "'d"];

    private enum Kind { Space, Letter, Number, Other }

    public override IEnumerable<(int Offset, int Length)> PreTokenize(string text) => PreTokenize(text.AsSpan());

    public override IEnumerable<(int Offset, int Length)> PreTokenize(ReadOnlySpan<char> text)
    {
        var words = new List<(int, int)>();
        for (int start = 0; start < text.Length;)
        {
            Kind kind = KindAt(text[start..], out int length);
            string? prefix = StartOf(text[start..]);
            if (prefix is not null) length = prefix.Length;
            else if (kind is Kind.Letter or Kind.Other) length = RunLength(text[start..], kind);
            if (kind != Kind.Space) words.Add((start, length));
            start += length;
        }
        return words;
    }

    private string? StartOf(ReadOnlySpan<char> text)
    {
        foreach (string prefix in prefixes)
        {
            if (text.StartsWith(prefix, StringComparison.Ordinal)) return prefix;
        }
        return null;
    }

    private static int RunLength(ReadOnlySpan<char> text, Kind kind)
    {
        int end = 0;
        while (end < text.Length && KindAt(text[end..], out int length) == kind) end += length;
        return end;
    }

    private static Kind KindAt(ReadOnlySpan<char> text, out int length)
    {
        Rune.DecodeFromUtf16(text, out Rune rune, out length);
        if (Rune.IsWhiteSpace(rune)) return Kind.Space;
        return Rune.GetUnicodeCategory(rune) switch
        {
            <= UnicodeCategory.OtherLetter => Kind.Letter,
            UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber => Kind.Number,
            _ => Kind.Other,
        };
    }
}
