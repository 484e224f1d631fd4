using System.Text.Json.Serialization;

namespace PromptAD.Results;

/// <summary>
/// What became of one picture, for programs: by itself a picture that could not be judged, else a <see cref="JudgedPicture"/>.
/// <see cref="ResultJson"/> writes it.
/// </summary>
/// <param name="Path">The picture.</param>
[JsonDerivedType(typeof(JudgedPicture))]
public record PictureResult([property: JsonPropertyOrder(-3)] string Path)
{
    /// <summary>Why it could not be judged, or why a file of its results could not be written; null where all went well.</summary>
    [JsonPropertyOrder(-2)]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Error { get; init; }

    /// <summary>As <see cref="Prediction.Warnings"/>; null for none.</summary>
    [JsonPropertyOrder(-1)]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<string>? Warnings { get; init; }
}
