using System.Text.Json.Serialization;

namespace PromptAD.Client;

/// <summary>What somebody may do; each may do what those before it may.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<Role>))]
public enum Role
{
    /// <summary>Sends pictures and reads inspections.</summary>
    [JsonStringEnumMemberName("station")]
    Station,

    /// <summary>Reviews inspections, too.</summary>
    [JsonStringEnumMemberName("operator")]
    Operator,

    /// <summary>Teaches products and puts versions in force, too.</summary>
    [JsonStringEnumMemberName("engineer")]
    Engineer,

    /// <summary>Keeps users and keys and reads the audit trail, too.</summary>
    [JsonStringEnumMemberName("administrator")]
    Administrator,
}
