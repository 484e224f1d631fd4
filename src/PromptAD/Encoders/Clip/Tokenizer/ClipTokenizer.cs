using System.Net;
using System.Text.RegularExpressions;
using Microsoft.ML.Tokenizers;
using PromptAD.Files;

namespace PromptAD.Encoders.Clip.Tokenizer;

/// <summary>
/// CLIP's tokenizer: text is cleaned, lower-cased and split into words, and the bytes of each word are merged in the order of a vocabulary.
/// Ids: 256 bytes, 256 bytes that end a word, one id per merge, start of text, end of text. Safe to use from several threads.
/// </summary>
public sealed partial class ClipTokenizer
{
    internal const int ByteTokens = 512, MarkerTokens = 2;
    internal const string EndOfWord = "</w>";
    private const string PublishedMerges = "clip-merges.txt.gz";

    private readonly BpeTokenizer bpe;
    private readonly IReadOnlyList<string> merges;

    private ClipTokenizer(IReadOnlyList<string> merges)
    {
        this.merges = merges;
        var vocabulary = new Dictionary<string, int>(ByteTokens + merges.Count);
        foreach (string name in ByteTokenNames()) vocabulary.Add(name, vocabulary.Count);
        for (int i = 0; i < merges.Count; i++) vocabulary[Merged(merges[i])] = ByteTokens + i;
        var markers = new Dictionary<string, int> { ["<start_of_text>"] = StartOfText, ["<end_of_text>"] = EndOfText };
        foreach ((string marker, int id) in markers) vocabulary[marker] = id;
        bpe = BpeTokenizer.Create(new BpeOptions(vocabulary)
        {
            Merges = merges,
            EndOfWordSuffix = EndOfWord,
            ByteLevel = true,
            SpecialTokens = markers,
            PreTokenizer = new ClipWords(markers.Keys),
        });
    }

    /// <summary>The id that starts every text: the size of the vocabulary - 2.</summary>
    public int StartOfText => ByteTokens + merges.Count;

    /// <summary>The id that ends every text and the largest of all: the size of the vocabulary - 1.</summary>
    public int EndOfText => StartOfText + 1;

    /// <summary>
    /// Reads a vocabulary of any kind: the published merges file (plain or gzip), <c>merges.txt</c> or <c>tokenizer.json</c>.
    /// </summary>
    /// <param name="path">The vocabulary file.</param>
    /// <param name="vocabularySize">The number of token ids the backbone knows; it says how many of the file's merges are used.</param>
    /// <exception cref="PromptADException">The file cannot be read, is no CLIP vocabulary or has too few merges.</exception>
    internal static ClipTokenizer Load(string path, int vocabularySize)
    {
        try
        {
            using FileStream stream = File.OpenRead(path);
            return Read(stream, $"'{path}'", vocabularySize);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new PromptADException(
                Problem.Unreadable,
                $"Cannot read the vocabulary '{path}': {AtomicFile.Reason(e)}. Give CLIP's merges file, merges.txt or tokenizer.json.", e);
        }
    }

    /// <summary>The vocabulary that OpenAI published with CLIP and that open_clip's plain models share.</summary>
    internal static ClipTokenizer Published(int vocabularySize)
    {
        using Stream stream = typeof(ClipTokenizer).Assembly.GetManifestResourceStream(PublishedMerges)!;
        return Read(stream, "of CLIP", vocabularySize);
    }

    /// <summary>The ids of a text of any length, without the markers for its start and end.</summary>
    public int[] Encode(string text) => [.. bpe.EncodeToIds(Clean(text))];

    /// <summary>Writes the merges as CLIP published them: a header, then one merge per line.</summary>
    internal void Save(Stream stream)
    {
        using var writer = new StreamWriter(stream, leaveOpen: true) { NewLine = "\n" };
        writer.WriteLine("#version: 0.2");
        foreach (string merge in merges) writer.WriteLine(merge);
    }

    private static ClipTokenizer Read(Stream stream, string source, int vocabularySize)
    {
        if (vocabularySize < ByteTokens + MarkerTokens)
            throw new PromptADException(
                Problem.OutOfRange,
                $"vocab_size is {vocabularySize}; CLIP's tokenizer needs at least 514. Mend the configuration.");
        return new ClipTokenizer(MergesReader.Read(stream, source, vocabularySize - ByteTokens - MarkerTokens));
    }

    /// <summary>The first tokens in the order of their ids: a printable character for each byte, then each at the end of a word.</summary>
    internal static IEnumerable<string> ByteTokenNames()
    {
        IEnumerable<char> printable = Range('!', '~').Concat(Range('¡', '¬')).Concat(Range('®', 'ÿ'));
        char[] symbols = [.. printable, .. Range('\u0100', '\u0143')]; // the last stand for the spaces and control characters
        return symbols.Select(symbol => $"{symbol}").Concat(symbols.Select(symbol => symbol + EndOfWord));
    }

    /// <summary>The token that a merge makes.</summary>
    internal static string Merged(string merge) => merge.Replace(" ", "", StringComparison.Ordinal);

    private static IEnumerable<char> Range(char first, char last) => Enumerable.Range(first, last - first + 1).Select(code => (char)code);

    // Entities are decoded twice, as CLIP does, for text that went through two web pages.
    private static string Clean(string text) => LowerCase(Spaces().Replace(WebUtility.HtmlDecode(WebUtility.HtmlDecode(text)), " ").Trim());

    // The two letters whose lower case is not one letter for one letter: the Turkish İ, and the Greek Σ that ends a word.
    private static string LowerCase(string text) =>
        FinalSigma().Replace(text.Replace("İ", "i\u0307", StringComparison.Ordinal), "ς").ToLowerInvariant();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();

    [GeneratedRegex(@"(?<=\p{L})Σ(?!\p{L})")]
    private static partial Regex FinalSigma();
}
