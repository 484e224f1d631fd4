using System.Text.Json.Serialization;

namespace PromptAD.Client;

/// <summary>How the scores and the false rejects of a product went in a period.</summary>
public sealed record QualityInfo
{
    /// <summary>The product.</summary>
    public string Product { get; init; } = "";

    /// <summary>The version in force, whose scores are shown; those of versions that have only other limits are the same.</summary>
    public int Version { get; init; }

    /// <summary>The station; null for all.</summary>
    public string? Station { get; init; }

    /// <summary>Where the period begins, UTC.</summary>
    public DateTimeOffset From { get; init; }

    /// <summary>Where it ends, UTC.</summary>
    public DateTimeOffset To { get; init; }

    /// <summary>How many inspections of the product the period has, by verdict, of all versions.</summary>
    public InspectionCounts Counts { get; init; } = new(0, 0, 0, 0, 0, 0);

    /// <summary>The limits of the version in force; null where it has none.</summary>
    public LimitScores? Limits { get; init; }

    /// <summary>What scores are compared with; null where there are too few to say.</summary>
    public QualityBaseline? Baseline { get; init; }

    /// <summary>Whether the latest scores lie where they should, whatever the period is.</summary>
    public DriftInfo Drift { get; init; } = new();

    /// <summary>How many inspections, one after the other, make a point of the chart.</summary>
    public int GroupSize { get; init; }

    /// <summary>The control chart, the earliest point first.</summary>
    public IReadOnlyList<QualityPoint> Points { get; init; } = [];

    /// <summary>The days of the period that have inspections, the earliest first.</summary>
    public IReadOnlyList<QualityDay> Days { get; init; } = [];

    /// <summary>The share of false rejects among the rejects that were reviewed in the period; null where none was.</summary>
    public double? FalseRejectShare { get; init; }
}

/// <summary>What scores are compared with.</summary>
/// <param name="From">Where it comes from.</param>
/// <param name="Scores">How many scores it was found from.</param>
/// <param name="Centre">Where scores lie: their median.</param>
/// <param name="Spread">How far they scatter: 1.4826 times the median distance from the centre.</param>
public sealed record QualityBaseline(BaselineOrigin From, int Scores, double Centre, double Spread);

/// <summary>Where the scores come from that others are compared with.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<BaselineOrigin>))]
public enum BaselineOrigin
{
    /// <summary>The good pictures that the version was calibrated with.</summary>
    [JsonStringEnumMemberName("calibration")]
    Calibration,

    /// <summary>The first inspections that the version has judged, since it was calibrated with too few pictures.</summary>
    [JsonStringEnumMemberName("first_inspections")]
    FirstInspections,
}

/// <summary>A point of the control chart.</summary>
/// <param name="First">The number of the first inspection that it stands for.</param>
/// <param name="Last">The number of the last one.</param>
/// <param name="Time">When the last one was received, UTC.</param>
/// <param name="Score">The median of their scores.</param>
/// <param name="Smoothed">The exponentially weighted mean of these medians.</param>
/// <param name="Lower">The lower limit of that mean.</param>
/// <param name="Upper">The upper limit of that mean.</param>
/// <param name="IsOut">Whether the mean lies outside its limits.</param>
public sealed record QualityPoint(
    long First, long Last, DateTimeOffset Time, double Score, double Smoothed, double Lower, double Upper, bool IsOut);

/// <summary>The inspections of one day.</summary>
public sealed record QualityDay
{
    /// <summary>When the day begins in the zone that was asked for.</summary>
    public DateTimeOffset Day { get; init; }

    /// <summary>Good parts.</summary>
    [JsonPropertyName("ok")]
    public long OK { get; init; }

    /// <summary>Parts that a person should look at.</summary>
    public long Review { get; init; }

    /// <summary>Parts that are not good.</summary>
    [JsonPropertyName("ng")]
    public long NG { get; init; }

    /// <summary>Triggers that brought no picture that could be judged.</summary>
    public long Failed { get; init; }

    /// <summary>REVIEW and NG parts that were reviewed.</summary>
    public long Reviewed { get; init; }

    /// <summary>Those of them that are good: false rejects.</summary>
    public long FalseRejects { get; init; }

    /// <summary>The share of false rejects among the reviewed ones; null where none was reviewed.</summary>
    public double? Share { get; init; }

    /// <summary>The limit that the share stays below by chance alone; null where none was reviewed.</summary>
    public double? Upper { get; init; }

    /// <summary>Whether the share lies above its limit.</summary>
    public bool IsOut { get; init; }
}

/// <summary>Whether a product drifts from what it was calibrated with.</summary>
public sealed record DriftInfo
{
    /// <summary>What is said.</summary>
    public DriftState State { get; init; }

    /// <summary>How many of the latest inspections were looked at.</summary>
    public int Inspections { get; init; }

    /// <summary>The exponentially weighted mean now; null where it is not known.</summary>
    public double? Smoothed { get; init; }

    /// <summary>Its lower limit; null where it is not known.</summary>
    public double? Lower { get; init; }

    /// <summary>Its upper limit; null where it is not known.</summary>
    public double? Upper { get; init; }

    /// <summary>The first inspection of those that lie outside without a break until now; null where none does.</summary>
    public long? Since { get; init; }

    /// <summary>When that one was received, UTC; null where none lies outside.</summary>
    public DateTimeOffset? SinceTime { get; init; }
}

/// <summary>Whether scores lie where they should.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<DriftState>))]
public enum DriftState
{
    /// <summary>There are too few scores to say.</summary>
    [JsonStringEnumMemberName("unknown")]
    Unknown,

    /// <summary>They lie where they should.</summary>
    [JsonStringEnumMemberName("steady")]
    Steady,

    /// <summary>They lie higher: parts look less like those it was taught with.</summary>
    [JsonStringEnumMemberName("higher")]
    Higher,

    /// <summary>They lie lower: pictures show less than they should, such as out of focus.</summary>
    [JsonStringEnumMemberName("lower")]
    Lower,
}
