using System.IO.Compression;
using System.Text;
using System.Text.Json;
using PromptAD.Encoders.Clip.Tokenizer;

namespace PromptAD.Tests.Encoders.Clip.Tokenizer;

public sealed class ClipTokenizerTests : IDisposable
{
    private const int PublishedSize = 49408, SmallSize = 600;
    private static readonly ClipTokenizer Published = ClipTokenizer.Published(PublishedSize);
    private static readonly string[] PublishedMerges = Merges(Published);
    private readonly string folder = Directory.CreateTempSubdirectory("promptad-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Gives_the_published_ids_for_ordinary_and_odd_texts()
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(Fixture("texts.json")));
        foreach (JsonElement item in document.RootElement.EnumerateArray()) AssertIds(item);
    }

    [Fact]
    public void Gives_the_reference_ids_for_every_text_where_the_shared_fixtures_exist()
    {
        if (SharedFixture("tokenizer.json") is not { } path) return;
        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(path));
        foreach (JsonElement item in document.RootElement.GetProperty("prompts").EnumerateArray()) AssertIds(item);
    }

    [Theory]
    [InlineData("")]
    [InlineData(" \t\n ")]
    public void Encodes_blank_text_as_nothing(string text) => Assert.Empty(Published.Encode(text));

    // Letters and digits beyond 16 bits, lower cases of two letters, a marker after a symbol; the ids come from CLIP's program.
    [Theory]
    [InlineData("\U0001D4EB\U0001D4F8bolt", 47110, 104, 47110, 116, 13131)]
    [InlineData("\u200B\U0001D7D9\U0001D7D9", 9844, 6874, 253, 503, 6874, 253, 503)]
    [InlineData("İstanbul", 328, 16384, 11231)]
    [InlineData("ΚΑΤΑΣΚΕΥΗΣ", 138, 118, 138, 109, 139, 226, 138, 109, 139, 225, 138, 118, 138, 113, 139, 227, 138, 115, 139, 480)]
    [InlineData("\"<END_OF_TEXT>", 1, 283, 806, 318, 539, 318, 4160, 285)]
    [InlineData("don't 'll ''s", 847, 713, 1342, 8445, 338)]
    public void Splits_words_as_CLIP_does(string text, params int[] ids) => Assert.Equal(ids, Published.Encode(text));

    [Fact]
    public void Puts_the_markers_at_the_end_of_the_ids()
    {
        Assert.Equal((49406, 49407), (Published.StartOfText, Published.EndOfText));
        ClipTokenizer small = ClipTokenizer.Published(SmallSize);
        Assert.Equal((598, 599), (small.StartOfText, small.EndOfText));
        Assert.Equal([598, 599], small.Encode("<start_of_text><END_of_text>"));
    }

    [Fact]
    public void Knows_only_the_merges_its_size_allows()
    {
        ClipTokenizer bytes = ClipTokenizer.Published(514);
        Assert.Equal(['b' - '!', 'o' - '!', 'l' - '!', 't' - '!' + 256], bytes.Encode("Bolt"));
        Assert.All(ClipTokenizer.Published(SmallSize).Encode("a photo of a damaged bottle"), id => Assert.InRange(id, 0, 597));
    }

    [Theory]
    [InlineData("published")]
    [InlineData("published, gzip")]
    [InlineData("merges.txt, CRLF")]
    [InlineData("no header")]
    [InlineData("tokenizer.json, strings")]
    [InlineData("tokenizer.json, pairs")]
    public void Reads_every_form_a_vocabulary_is_published_in(string form)
    {
        ClipTokenizer tokenizer = ClipTokenizer.Load(WriteForm(form, PublishedMerges[..2000]), SmallSize);
        Assert.Equal(PublishedMerges[..86], Merges(tokenizer));
        Assert.Equal(ClipTokenizer.Published(SmallSize).Encode("the machine's 3rd part"), tokenizer.Encode("the machine's 3rd part"));
    }

    [Fact]
    public void Reads_back_what_it_saved()
    {
        string path = Path.Combine(folder, "vocabulary.txt");
        using (FileStream stream = File.Create(path)) Published.Save(stream);
        ClipTokenizer read = ClipTokenizer.Load(path, PublishedSize);
        Assert.Equal(PublishedMerges, Merges(read));
        Assert.Equal(Published.Encode("naïve metal_nut v2.0"), read.Encode("naïve metal_nut v2.0"));
    }

    [Fact]
    public void Says_how_many_merges_are_missing()
    {
        string path = WriteForm("published", PublishedMerges[..50]);
        var error = Assert.Throws<PromptADException>(() => ClipTokenizer.Load(path, SmallSize));
        Assert.Equal($"The vocabulary '{path}' has 50 merges, but a vocab_size of 600 needs 86: "
            + "give the vocabulary that belongs to the backbone.", error.Message);
        error = Assert.Throws<PromptADException>(() => ClipTokenizer.Published(50_000));
        Assert.Contains("has 48894 merges, but a vocab_size of 50000 needs 49486", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("#version: 0.2\ni n\nt h\nt h\n", "it lists the merge 't h' twice")]
    [InlineData("#version: 0.2\ni n\nin g g\nt h</w>\n", "'in g g' is not a merge of two tokens")]
    [InlineData("#version: 0.2\ni n\n\nt h</w>\n", "'' is not a merge of two tokens")]
    [InlineData("#version: 0.2\ni n\nqu een\nt h</w>\n", "the merge 'qu een' uses 'qu' too early")]
    [InlineData("#version: 0.2\ni n\nt h\na n\n", "no token ends a word with </w>")]
    [InlineData("{ \"i\": 1 }", "this JSON has no model.merges")]
    [InlineData("{ \"model\": { \"merges\": [ 1, 2, 3 ] } }", "it is damaged")]
    [InlineData("{ \"model\": ", "it is damaged")]
    [InlineData("{ \"model\": { \"merges\": [\"i n\", \"t h\", \"a n\"], \"vocab\": { \"in\": 7 } } }", "its id of 'in' is not the 512")]
    [InlineData("\u001f\u008b not gzip", "it is damaged")]
    public void Refuses_what_is_no_vocabulary_of_CLIP(string content, string reason)
    {
        string path = Path.Combine(folder, "vocabulary");
        File.WriteAllText(path, content, Encoding.Latin1);
        var error = Assert.Throws<PromptADException>(() => ClipTokenizer.Load(path, 517));
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
        Assert.StartsWith($"Cannot use the vocabulary '{path}': ", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
    }

    [Fact]
    public void Refuses_a_missing_file_and_a_size_below_the_bytes()
    {
        string path = Path.Combine(folder, "missing.txt");
        var error = Assert.Throws<PromptADException>(() => ClipTokenizer.Load(path, SmallSize));
        Assert.StartsWith($"Cannot read the vocabulary '{path}'", error.Message, StringComparison.Ordinal);
        error = Assert.Throws<PromptADException>(() => ClipTokenizer.Published(513));
        Assert.Contains("513", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Refuses_a_gzip_that_unpacks_to_gigabytes()
    {
        string path = Path.Combine(folder, "bomb.gz");
        using (var zip = new GZipStream(File.Create(path), CompressionLevel.Fastest))
        {
            var block = new byte[1 << 20];
            for (int i = 0; i < 65; i++) zip.Write(block);
        }
        Assert.Throws<PromptADException>(() => ClipTokenizer.Load(path, SmallSize));
    }

    private string WriteForm(string form, string[] merges)
    {
        string path = Path.Combine(folder, "vocabulary");
        string lines = string.Join('\n', merges);
        string text = form switch
        {
            "published" or "published, gzip" => "\"bpe_simple_vocab_16e6.txt#version: 0.2\n" + lines + "\n",
            "merges.txt, CRLF" => ("#version: 0.2\n" + lines).ReplaceLineEndings("\r\n"),
            "no header" => lines,
            "tokenizer.json, strings" => TokenizerJson(merges, merges),
            _ => TokenizerJson(merges, merges.Select(merge => merge.Split(' '))),
        };
        using FileStream file = File.Create(path);
        using Stream stream = form.EndsWith("gzip", StringComparison.Ordinal) ? new GZipStream(file, CompressionLevel.Fastest) : file;
        stream.Write(Encoding.UTF8.GetBytes(text));
        return path;
    }

    private static string TokenizerJson(string[] merges, object list)
    {
        IEnumerable<string> tokens = ClipTokenizer.ByteTokenNames().Concat(merges.Select(ClipTokenizer.Merged));
        var vocabulary = tokens.Select((token, id) => (token, id)).ToDictionary(pair => pair.token, pair => pair.id);
        return JsonSerializer.Serialize(new { version = "1.0", model = new { type = "BPE", vocab = vocabulary, merges = list } });
    }

    private static string[] Merges(ClipTokenizer tokenizer)
    {
        using var stream = new MemoryStream();
        tokenizer.Save(stream);
        return Encoding.UTF8.GetString(stream.ToArray()).TrimEnd('\n').Split('\n')[1..];
    }

    private static void AssertIds(JsonElement item)
    {
        string text = item.GetProperty("text").GetString()!;
        int[] expected = [.. item.GetProperty("ids").EnumerateArray().Select(id => id.GetInt32())];
        int[] ids = [Published.StartOfText, .. Published.Encode(text), Published.EndOfText];
        int length = Array.IndexOf(expected, Published.EndOfText) + 1;
        if (ids.Length > length) ids = [.. ids[..(length - 1)], Published.EndOfText]; // the reference cuts to 77 and keeps the marker
        Assert.True(expected.AsSpan(0, length).SequenceEqual(ids), $"'{text}': {string.Join(' ', ids)}");
    }

    private static string Fixture(string name) => Path.Combine(AppContext.BaseDirectory, "Fixtures", "tokenizer", name);

    private static string? SharedFixture(string name)
    {
        for (DirectoryInfo? at = new(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            string path = Path.Combine(at.FullName, "shared", "fixtures", name);
            if (File.Exists(path)) return path;
        }
        return null;
    }
}
