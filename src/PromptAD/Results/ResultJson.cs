using System.Numerics;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using PromptAD.Wording;

namespace PromptAD.Results;

/// <summary>
/// Writes results as JSON for programs: names in snake case, scores from 0 to 1, places in pixels of the picture, verdicts as OK, REVIEW
/// and NG.
/// </summary>
public static class ResultJson
{
    // Not for a web page, so only what JSON itself asks for is escaped.
    private static readonly ResultContext Context = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        WriteIndented = true,
        Converters = { new VerdictConverter(), new CornerConverter(), new JsonStringEnumConverter<LimitBasis>() },
    });

    /// <summary>Writes the results of pictures as an array, in their order, to a stream from its position on.</summary>
    public static void Write(Stream stream, IReadOnlyList<PictureResult> results) =>
        JsonSerializer.Serialize(stream, results, Context.IReadOnlyListPictureResult);

    /// <summary>Writes the result of one picture.</summary>
    public static void Write(Stream stream, PictureResult result) => JsonSerializer.Serialize(stream, result, Context.PictureResult);

    /// <summary>Writes what a detector file says of itself.</summary>
    public static void Write(Stream stream, DetectorDescription detector) =>
        JsonSerializer.Serialize(stream, detector, Context.DetectorDescription);

    /// <summary>A verdict as people write it.</summary>
    private sealed class VerdictConverter : JsonConverter<Verdict>
    {
        public override Verdict Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            Enum.TryParse(reader.GetString(), ignoreCase: true, out Verdict verdict) ? verdict : throw new JsonException();

        public override void Write(Utf8JsonWriter writer, Verdict value, JsonSerializerOptions options) =>
            writer.WriteStringValue(VerdictText.Of(value));
    }

    /// <summary>A corner as [x, y].</summary>
    private sealed class CornerConverter : JsonConverter<Vector2>
    {
        public override Vector2 Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            float[] both = new float[2];
            for (int i = 0; i < 2; i++)
            {
                reader.Read();
                both[i] = reader.GetSingle();
            }
            reader.Read(); // the end of the array
            return new Vector2(both[0], both[1]);
        }

        public override void Write(Utf8JsonWriter writer, Vector2 value, JsonSerializerOptions options)
        {
            writer.WriteStartArray();
            writer.WriteNumberValue(value.X);
            writer.WriteNumberValue(value.Y);
            writer.WriteEndArray();
        }
    }
}

[JsonSourceGenerationOptions(UseStringEnumConverter = true)]
[JsonSerializable(typeof(IReadOnlyList<PictureResult>))]
[JsonSerializable(typeof(DetectorDescription))]
internal sealed partial class ResultContext : JsonSerializerContext;
