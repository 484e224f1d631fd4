using System.Text.Json;
using System.Text.Json.Serialization;

namespace PromptAD.Client;

/// <summary>Where a version comes from.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<VersionOrigin>))]
public enum VersionOrigin
{
    /// <summary>It was trained.</summary>
    [JsonStringEnumMemberName("trained")]
    Trained,

    /// <summary>Its limits were found with further pictures.</summary>
    [JsonStringEnumMemberName("calibrated")]
    Calibrated,

    /// <summary>It has learned from reviewed pictures.</summary>
    [JsonStringEnumMemberName("feedback")]
    Feedback,

    /// <summary>Its limits were moved.</summary>
    [JsonStringEnumMemberName("limits")]
    Limits,

    /// <summary>It came in a recipe.</summary>
    [JsonStringEnumMemberName("imported")]
    Imported,
}

/// <summary>A version of a product's detector. It never changes.</summary>
public sealed record VersionInfo
{
    /// <summary>Its number, from 1 on.</summary>
    public int Number { get; init; }

    /// <summary>Whether it is in force.</summary>
    public bool Active { get; init; }

    /// <summary>Where it comes from.</summary>
    public VersionOrigin Origin { get; init; }

    /// <summary>The version that it was made from; null for none.</summary>
    public int? From { get; init; }

    /// <summary>The job that made it; null where none did.</summary>
    public long? Job { get; init; }

    /// <summary>SHA-256 of the detector's file, in hexadecimal.</summary>
    public string FileHash { get; init; } = "";

    /// <summary>The length of the detector's file in bytes.</summary>
    public long FileLength { get; init; }

    /// <summary>The limits of verdicts; null where it has none.</summary>
    public LimitScores? Limits { get; init; }

    /// <summary>All that the detector says of itself, as <c>promptad info --json</c> writes it.</summary>
    public JsonElement Detector { get; init; }

    /// <summary>Who made it.</summary>
    public string CreatedBy { get; init; } = "";

    /// <summary>When it was made, UTC.</summary>
    public DateTimeOffset Created { get; init; }
}

/// <summary>What differs between two versions.</summary>
/// <param name="Value">The name, as in <see cref="VersionInfo.Detector"/>, with dots.</param>
/// <param name="Before">In the earlier version, as JSON; null where it has none.</param>
/// <param name="After">In the later version, as JSON; null where it has none.</param>
public sealed record VersionDifference(string Value, string? Before, string? After);
