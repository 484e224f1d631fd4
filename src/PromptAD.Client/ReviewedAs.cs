using System.Text.Json.Serialization;

namespace PromptAD.Client;

/// <summary>What a person says of a part.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ReviewedAs>))]
public enum ReviewedAs
{
    /// <summary>The part is good.</summary>
    [JsonStringEnumMemberName("good")]
    Good,

    /// <summary>The part has a defect.</summary>
    [JsonStringEnumMemberName("defect")]
    Defect,
}
