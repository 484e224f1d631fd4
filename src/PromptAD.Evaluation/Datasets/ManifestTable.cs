using System.Text.Json;
using Microsoft.VisualBasic.FileIO;

namespace PromptAD.Evaluation.Datasets;

/// <summary>One row of a manifest.</summary>
/// <param name="Where">The row as a message names it.</param>
/// <param name="Fields">Its values by column, names without regard to case.</param>
/// <param name="Columns">The columns that the file names.</param>
/// <param name="Encoding">How the file's text was read.</param>
internal sealed record ManifestRow(string Where, IReadOnlyDictionary<string, string> Fields, IEnumerable<string> Columns, string Encoding)
{
    /// <summary>The columns and the encoding that were found, for a message.</summary>
    public string ColumnsFound => $"found the columns {string.Join(", ", Columns)}, read as {Encoding}";
}

/// <summary>Reads the rows of a CSV or JSON manifest, all values as text.</summary>
internal static class ManifestTable
{
    /// <summary>Stands between several masks of one picture.</summary>
    public const char Separator = '|';

    private const long MostBytes = 256L << 20;

    /// <exception cref="PromptADException">The file is too large, malformed, or neither .csv nor .json.</exception>
    public static (string? Name, List<ManifestRow> Rows) Read(string file)
    {
        try
        {
            if (new FileInfo(file).Length > MostBytes)
                throw new PromptADException(
                    Problem.OutOfRange,
                    $"The manifest '{file}' is larger than {MostBytes >> 20} MB. Split it into several.");
            return Path.GetExtension(file).ToLowerInvariant() switch
            {
                ".csv" or ".tsv" => (null, ReadCsv(file)),
                ".json" => ReadJson(file),
                _ => throw new PromptADException(
                    Problem.InvalidArgument,
                    $"'{file}' is no manifest; its name must end with .csv or .json."),
            };
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new PromptADException(Problem.Unreadable, $"Cannot read the manifest '{file}'. Check that it may be read.", e);
        }
        // InvalidOperationException: text in JSON that is no Unicode, such as half of a surrogate pair.
        catch (Exception e) when (e is MalformedLineException or JsonException or InvalidOperationException)
        {
            throw new PromptADException(
                Problem.Damaged,
                $"The manifest '{file}' is malformed: {e.Message.ReplaceLineEndings(" ")} Mend it there.", e);
        }
    }

    private static List<ManifestRow> ReadCsv(string file)
    {
        (string text, string encoding) = ManifestText.Read(file);
        (text, string? declared) = TakeSeparatorLine(text);
        using var parser = new TextFieldParser(new StringReader(text)) { TrimWhiteSpace = true, HasFieldsEnclosedInQuotes = true };
        string delimiter = declared ?? DelimiterOf(text);
        parser.SetDelimiters(delimiter);
        string[] columns = parser.ReadFields()
            ?? throw new PromptADException(Problem.Damaged, $"The manifest '{file}' is empty. Its first line must name the columns.");

        int header = declared is null ? 1 : 2;
        var rows = new List<ManifestRow>();
        while (parser.ReadFields() is { } values)
        {
            string where = $"row {rows.Count + header + 1} of '{file}'"; // as a spreadsheet counts, which has the header in row 1
            if (values.Length > columns.Length)
            {
                throw new PromptADException(Problem.Damaged, $"In {where} there are {values.Length} values for {columns.Length} columns. "
                    + $"Put quotes around a value with a '{(delimiter == "\t" ? "tab" : delimiter)}'.");
            }
            var fields = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
            for (int c = 0; c < values.Length; c++) fields[columns[c]] = values[c];
            rows.Add(new ManifestRow(where, fields, columns, encoding));
        }
        return rows;
    }

    /// <summary>Takes off the line with which Excel tells the separator, <c>sep=;</c>.</summary>
    private static (string Text, string? Delimiter) TakeSeparatorLine(string text)
    {
        string first = FirstLine(text);
        string line = first.Trim().Trim('"');
        if (!line.StartsWith("sep=", StringComparison.OrdinalIgnoreCase) || line.Length > 5) return (text, null);
        string rest = text[first.Length..];
        rest = rest.StartsWith("\r\n", StringComparison.Ordinal) ? rest[2..] : rest.Length > 0 ? rest[1..] : rest;
        return (rest, line.Length == 5 ? line[4..] : null);
    }

    /// <summary>What stands most often in the header: spreadsheets of many countries export semicolons, databases tabs.</summary>
    private static string DelimiterOf(string text)
    {
        string header = FirstLine(text);
        return ((string[])[",", ";", "\t"]).MaxBy(delimiter => header.Count(c => c == delimiter[0]))!;
    }

    private static string FirstLine(string text)
    {
        int end = text.AsSpan().IndexOfAny('\r', '\n');
        return end < 0 ? text : text[..end];
    }

    private static (string? Name, List<ManifestRow> Rows) ReadJson(string file)
    {
        (string text, string encoding) = ManifestText.Read(file);
        using JsonDocument document = JsonDocument.Parse(text, new JsonDocumentOptions { AllowTrailingCommas = true });
        JsonElement items = document.RootElement;
        string? name = null;
        if (items.ValueKind == JsonValueKind.Object)
        {
            if (items.TryGetProperty("name", out JsonElement named)) name = Text(named);
            if (!items.TryGetProperty("items", out items)) items = default;
        }
        if (items.ValueKind != JsonValueKind.Array)
            throw new PromptADException(
                Problem.Damaged,
                $"The manifest '{file}' must be a JSON array of objects, or an object with 'items' that is one.");

        var rows = new List<ManifestRow>();
        foreach (JsonElement item in items.EnumerateArray())
        {
            string where = $"item {rows.Count} of '{file}'";
            if (item.ValueKind != JsonValueKind.Object)
                throw new PromptADException(Problem.Damaged, $"In {where} there is no JSON object. Write {{\"path\": …, \"label\": …}}.");
            var fields = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
            foreach (JsonProperty property in item.EnumerateObject()) fields[property.Name] = Text(property.Value);
            rows.Add(new ManifestRow(where, fields, fields.Keys, encoding));
        }
        return (name, rows);
    }

    private static string Text(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Null => "",
        JsonValueKind.Array => string.Join(Separator, value.EnumerateArray().Select(v => v.ToString())),
        _ => value.ToString(),
    };
}
