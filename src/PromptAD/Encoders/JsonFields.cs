using System.Text.Json;

namespace PromptAD.Encoders;

/// <summary>The fields of a JSON object that is not trusted: every value is checked as it is read, and errors give its path.</summary>
internal sealed class JsonFields
{
    private readonly JsonElement element;
    private readonly string path;
    private readonly string source;
    private readonly string wanted;

    /// <param name="element">The object.</param>
    /// <param name="path">Its full name; empty for the whole document.</param>
    /// <param name="source">What errors call the document, such as a file's path.</param>
    /// <param name="wanted">What errors ask for instead, such as "a configuration of DINOv2".</param>
    /// <exception cref="PromptADException">It is no object.</exception>
    public JsonFields(JsonElement element, string path, string source, string wanted)
    {
        this.element = element;
        this.path = path;
        this.source = source;
        this.wanted = wanted;
        if (element.ValueKind != JsonValueKind.Object) throw Refuse($"{(path == "" ? "it" : $"'{path}'")} is not a JSON object");
    }

    /// <summary>The field's full name, such as <c>vision_cfg.width</c>.</summary>
    public string Path(string name) => path == "" ? name : $"{path}.{name}";

    public PromptADException Refuse(string what) =>
        new(Problem.Damaged, $"Cannot use {source}: {what}. Give {wanted}.");

    public JsonElement? Find(string name) => element.TryGetProperty(name, out JsonElement value) ? value : null;

    public JsonFields Object(string name) => new(Find(name) ?? throw Missing(name), Path(name), source, wanted);

    /// <summary>A whole number up to <paramref name="maximum"/>; the field must be there unless it has a default.</summary>
    public int Integer(string name, int? defaultValue, int maximum, int minimum = 1) =>
        Find(name) is { } value ? ToInteger(value, name, minimum, maximum) : defaultValue ?? throw Missing(name);

    /// <summary>A list of whole numbers from 0 to <paramref name="maximum"/>.</summary>
    public int[] Integers(string name, int maximum, int minimum = 0)
    {
        JsonElement list = Find(name) ?? throw Missing(name);
        if (list.ValueKind != JsonValueKind.Array) throw Unexpected(name, list, "a list");
        return [.. list.EnumerateArray().Select(value => ToInteger(value, name, minimum, maximum))];
    }

    public float[] Numbers(string name)
    {
        JsonElement list = Find(name) ?? throw Missing(name);
        if (list.ValueKind != JsonValueKind.Array || list.EnumerateArray().Any(value => value.ValueKind != JsonValueKind.Number))
            throw Unexpected(name, list, "a list of numbers");
        return [.. list.EnumerateArray().Select(value => (float)value.GetDouble())];
    }

    public double Number(string name, double defaultValue)
    {
        if (Find(name) is not { } value) return defaultValue;
        return value.ValueKind == JsonValueKind.Number ? value.GetDouble() : throw Unexpected(name, value, "a number");
    }

    /// <summary>True or false.</summary>
    public bool Boolean(string name, bool defaultValue = false)
    {
        if (Find(name) is not { } value) return defaultValue;
        bool valid = value.ValueKind is JsonValueKind.True or JsonValueKind.False;
        return valid ? value.GetBoolean() : throw Unexpected(name, value, "true or false");
    }

    /// <summary>One of the allowed words; the first of them where the field is not there.</summary>
    public string OneOf(string name, params string[] allowed)
    {
        if (Find(name) is not { } value) return allowed[0];
        string? text = value.ValueKind == JsonValueKind.String ? value.GetString() : null;
        return allowed.Contains(text) ? text! : throw Unexpected(name, value, string.Join(" or ", allowed.Select(word => $"\"{word}\"")));
    }

    /// <summary>
    /// Refuses every field that is neither in <paramref name="read"/> nor in <paramref name="neutral"/>, which gives the values (null: any)
    /// with which a field changes nothing.
    /// </summary>
    public void RefuseAllBut(string[] read, Dictionary<string, string[]?> neutral, string reason)
    {
        foreach (JsonProperty property in element.EnumerateObject())
        {
            if (read.Contains(property.Name)) continue;
            if (!neutral.TryGetValue(property.Name, out string[]? values))
                throw Refuse($"the field '{Path(property.Name)}' is not known; {reason}");
            if (values is not null && !values.Contains(property.Value.GetRawText()))
                throw Refuse($"'{Path(property.Name)}' is {Excerpt(property.Value)}; {reason}, with {string.Join(" or ", values)} there");
        }
    }

    public void MustDivide(string divisorName, int divisor, string name, int value)
    {
        if (value % divisor != 0) throw Refuse($"'{Path(divisorName)}' is {divisor} and does not divide '{Path(name)}', which is {value}");
    }

    public void MustBeNear(string name, double[] expected)
    {
        if (Find(name) is not { } value) return;
        bool near = value.ValueKind == JsonValueKind.Array
            && value.GetArrayLength() == expected.Length
            && value.EnumerateArray().Zip(expected).All(
                pair => pair.First.ValueKind == JsonValueKind.Number && Math.Abs(pair.First.GetDouble() - pair.Second) < 1e-4);
        if (!near) throw Unexpected(name, value, $"CLIP's [{string.Join(", ", expected)}]");
    }

    private int ToInteger(JsonElement value, string name, int minimum, int maximum)
    {
        bool valid = value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out int number) && number >= minimum && number <= maximum;
        return valid ? value.GetInt32() : throw Unexpected(name, value, $"a whole number from {minimum} to {maximum}");
    }

    private PromptADException Missing(string name) => Refuse($"the field '{Path(name)}' is missing");

    private PromptADException Unexpected(string name, JsonElement value, string allowed) =>
        Refuse($"'{Path(name)}' is {Excerpt(value)}; it must be {allowed}");

    // A hostile value may be megabytes of lines; the message stays one line.
    private static string Excerpt(JsonElement value)
    {
        string text = value.GetRawText().ReplaceLineEndings(" ");
        return text.Length <= 60 ? text : text[..60] + "…";
    }
}
