using System.Text.Json.Serialization;

namespace PromptAD.Client;

/// <summary>How far an inspection is.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<InspectionState>))]
public enum InspectionState
{
    /// <summary>The picture is kept and waits to be judged.</summary>
    [JsonStringEnumMemberName("queued")]
    Queued,

    /// <summary>The picture is judged.</summary>
    [JsonStringEnumMemberName("done")]
    Done,

    /// <summary>The picture could not be judged; <see cref="InspectionResult.Error"/> says why. For a line this means NG.</summary>
    [JsonStringEnumMemberName("failed")]
    Failed,
}
