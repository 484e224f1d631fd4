using System.Text.Json.Serialization;

namespace PromptAD.Client;

/// <summary>The state of a station, as OPC 40100-1 names the states of a vision system in automatic mode.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<StationState>))]
public enum StationState
{
    /// <summary>No recipe is prepared.</summary>
    Initialized,

    /// <summary>A part may come.</summary>
    Ready,

    /// <summary>A picture is taken or judged.</summary>
    SingleExecution,

    /// <summary>Something is wrong. For a line this means NG.</summary>
    Error,
}
