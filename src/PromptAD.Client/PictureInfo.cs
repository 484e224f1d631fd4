using System.Text.Json.Serialization;

namespace PromptAD.Client;

/// <summary>What a picture of a product is for.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<PictureUse>))]
public enum PictureUse
{
    /// <summary>A good part, to learn from.</summary>
    [JsonStringEnumMemberName("good")]
    Good,

    /// <summary>A further good part, to find limits with.</summary>
    [JsonStringEnumMemberName("calibration")]
    Calibration,

    /// <summary>A defect that has to stay rejected.</summary>
    [JsonStringEnumMemberName("defect")]
    Defect,
}

/// <summary>A picture that a product is taught with.</summary>
public sealed record PictureInfo
{
    /// <summary>Its number.</summary>
    public long Id { get; init; }

    /// <summary>What it is for.</summary>
    public PictureUse Use { get; init; }

    /// <summary>What its file was called; null where it was not told.</summary>
    public string? Name { get; init; }

    /// <summary>SHA-256 of its bytes, in hexadecimal.</summary>
    public string Hash { get; init; } = "";

    /// <summary>Its media type.</summary>
    public string MediaType { get; init; } = "";

    /// <summary>Its length in bytes.</summary>
    public long Length { get; init; }

    /// <summary>Who added it.</summary>
    public string AddedBy { get; init; } = "";

    /// <summary>When it was added, UTC.</summary>
    public DateTimeOffset Added { get; init; }
}
