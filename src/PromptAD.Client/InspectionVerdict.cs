using System.Text.Json.Serialization;

namespace PromptAD.Client;

/// <summary>What is said of a part. A line takes everything but <see cref="OK"/> for not good.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<InspectionVerdict>))]
public enum InspectionVerdict
{
    /// <summary>The part is as good ones are.</summary>
    OK,

    /// <summary>A person should look at the part.</summary>
    [JsonStringEnumMemberName("REVIEW")]
    Review,

    /// <summary>The part is not good.</summary>
    NG,
}
