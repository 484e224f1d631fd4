using System.IO.Compression;
using System.Text;
using System.Text.Json;
using PromptAD.Files;

namespace PromptAD.Encoders.Clip.Tokenizer;

/// <summary>Reads the merges of a byte-pair vocabulary, "a b" each and by rank, from any of the files they are published in.</summary>
internal sealed class MergesReader
{
    private const int MaximumBytes = 64 << 20; // twenty times the published file
    private readonly string source;
    private readonly int count;

    private MergesReader(string source, int count)
    {
        this.source = source;
        this.count = count;
    }

    /// <summary>Reads the first <paramref name="count"/> merges of a merges file or <c>tokenizer.json</c>, gzip or not.</summary>
    /// <param name="stream">The file's content.</param>
    /// <param name="source">The file as messages call it, after "the vocabulary".</param>
    /// <param name="count">The number of merges that are used.</param>
    /// <exception cref="PromptADException">The stream holds something else, or too few merges.</exception>
    public static IReadOnlyList<string> Read(Stream stream, string source, int count)
    {
        var reader = new MergesReader(source, count);
        try
        {
            byte[] content = ReadContent(stream);
            bool json = content.AsSpan().TrimStart(" \t\r\n\uFEFF"u8) is [(byte)'{', ..];
            List<string> merges = json ? reader.ReadJson(content) : reader.ReadLines(content);
            reader.Check(merges);
            return merges;
        }
        catch (Exception e) when (e is JsonException or InvalidDataException or InvalidOperationException or DecoderFallbackException)
        {
            throw reader.Unusable("it is damaged", e);
        }
    }

    private static byte[] ReadContent(Stream stream)
    {
        byte[] content = ReadAll(stream);
        if (content is not [0x1F, 0x8B, ..]) return content;
        using var unzipped = new GZipStream(new MemoryStream(content), CompressionMode.Decompress);
        return ReadAll(unzipped);
    }

    private static byte[] ReadAll(Stream stream)
    {
        using var content = new MemoryStream();
        var buffer = new byte[1 << 16];
        for (int read; (read = stream.Read(buffer)) > 0;)
        {
            if (content.Length + read > MaximumBytes) throw new InvalidDataException("too large");
            content.Write(buffer, 0, read);
        }
        return content.ToArray();
    }

    private List<string> ReadLines(byte[] content)
    {
        string[] lines = new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(content).TrimStart('\uFEFF').Split('\n', count + 2);
        // Both the published file and merges.txt begin with a header that names a version.
        bool header = lines[0].Contains("#version", StringComparison.Ordinal) || !IsMerge(lines[0].TrimEnd());
        var merges = lines.Skip(header ? 1 : 0).Take(count).Select(line => line.TrimEnd()).ToList();
        while (merges.Count > 0 && merges[^1].Length == 0) merges.RemoveAt(merges.Count - 1);
        return merges;
    }

    private List<string> ReadJson(byte[] content)
    {
        using JsonDocument document = JsonDocument.Parse(content.AsMemory(content.AsSpan().IndexOf((byte)'{')));
        if (!document.RootElement.TryGetProperty("model", out JsonElement model) || !model.TryGetProperty("merges", out JsonElement list))
            throw Unusable("this JSON has no model.merges");
        var merges = list.EnumerateArray().Take(count).Select(MergeText).ToList();
        if (model.TryGetProperty("vocab", out JsonElement vocabulary)) CheckIds(vocabulary, merges);
        return merges;
    }

    // Older tokenizer.json files hold "a b", newer ones ["a", "b"].
    private static string MergeText(JsonElement merge) => merge.ValueKind == JsonValueKind.Array
        ? string.Join(' ', merge.EnumerateArray().Select(part => part.GetString()))
        : merge.GetString() ?? "";

    // Ids are made from the order of the merges, so a file whose ids differ belongs to another tokenizer.
    private void CheckIds(JsonElement vocabulary, List<string> merges)
    {
        var ids = new Dictionary<string, int>();
        foreach (JsonProperty token in vocabulary.EnumerateObject()) ids[token.Name] = token.Value.TryGetInt32(out int id) ? id : -1;
        for (int i = 0; i < merges.Count; i++)
        {
            string token = ClipTokenizer.Merged(merges[i]);
            if (ids.GetValueOrDefault(token, -1) != ClipTokenizer.ByteTokens + i)
                throw Unusable($"its id of '{Printable.Line(token)}' is not the {ClipTokenizer.ByteTokens + i} that CLIP's order gives");
        }
    }

    private void Check(List<string> merges)
    {
        if (merges.Count < count)
        {
            int size = count + ClipTokenizer.ByteTokens + ClipTokenizer.MarkerTokens;
            throw new PromptADException(
                Problem.Mismatch,
                $"The vocabulary {source} has {merges.Count} merges, but a vocab_size of {size} needs {count}: "
                + "give the vocabulary that belongs to the backbone.");
        }
        var seen = new HashSet<string>();
        HashSet<string> known = [.. ClipTokenizer.ByteTokenNames()];
        foreach (string merge in merges)
        {
            if (!IsMerge(merge)) throw Unusable($"'{Printable.Line(merge)}' is not a merge of two tokens");
            if (!seen.Add(merge)) throw Unusable($"it lists the merge '{Printable.Line(merge)}' twice");
            string? stranger = merge.Split(' ').FirstOrDefault(part => !known.Contains(part));
            if (stranger is not null) throw Unusable($"the merge '{Printable.Line(merge)}' uses '{Printable.Line(stranger)}' too early");
            known.Add(ClipTokenizer.Merged(merge));
        }
        if (count > 0 && !merges.Exists(merge => merge.EndsWith(ClipTokenizer.EndOfWord, StringComparison.Ordinal)))
            throw Unusable($"no token ends a word with {ClipTokenizer.EndOfWord}");
    }

    private static bool IsMerge(string line)
    {
        int space = line.IndexOf(' ', StringComparison.Ordinal);
        return space > 0 && space < line.Length - 1 && space == line.LastIndexOf(' ');
    }

    private PromptADException Unusable(string what, Exception? inner = null) =>
        new(Problem.Damaged, $"Cannot use the vocabulary {source}: {what}. Give CLIP's merges file, merges.txt or tokenizer.json.", inner!);
}
