using System.Text.Json.Serialization;

namespace PromptAD.Client;

/// <summary>What a job does.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<JobKind>))]
public enum JobKind
{
    /// <summary>Trains on the product's good pictures.</summary>
    [JsonStringEnumMemberName("train")]
    Train,

    /// <summary>Finds the limits with the product's calibration pictures.</summary>
    [JsonStringEnumMemberName("calibrate")]
    Calibrate,

    /// <summary>
    /// Learns from inspections that were reviewed: good parts that were rejected, and defects that have to stay rejected.
    /// </summary>
    [JsonStringEnumMemberName("feedback")]
    Feedback,
}

/// <summary>How far a job is.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<JobState>))]
public enum JobState
{
    /// <summary>It waits for its turn.</summary>
    [JsonStringEnumMemberName("pending")]
    Pending,

    /// <summary>It is under way.</summary>
    [JsonStringEnumMemberName("running")]
    Running,

    /// <summary>It has made a version.</summary>
    [JsonStringEnumMemberName("completed")]
    Completed,

    /// <summary>It could not be done; <see cref="JobInfo.Error"/> says why.</summary>
    [JsonStringEnumMemberName("failed")]
    Failed,

    /// <summary>It was cancelled.</summary>
    [JsonStringEnumMemberName("canceled")]
    Canceled,

    /// <summary>The service ended while it was running. Nothing has changed; it can be tried again.</summary>
    [JsonStringEnumMemberName("interrupted")]
    Interrupted,
}

/// <summary>A job: what makes a version and takes long.</summary>
public sealed record JobInfo
{
    /// <summary>Its number.</summary>
    public long Id { get; init; }

    /// <summary>The product.</summary>
    public string Product { get; init; } = "";

    /// <summary>What it does.</summary>
    public JobKind Kind { get; init; }

    /// <summary>How far it is.</summary>
    public JobState State { get; init; }

    /// <summary>The part that is done, 0 to 1.</summary>
    public double Progress { get; init; }

    /// <summary>What it is doing; null where it does not run.</summary>
    public string? Step { get; init; }

    /// <summary>Why it failed, one line; null where it did not.</summary>
    public string? Error { get; init; }

    /// <summary>What should be known about the outcome, a line each.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>The version that it has made; null for none.</summary>
    public int? Version { get; init; }

    /// <summary>Who asked for it.</summary>
    public string CreatedBy { get; init; } = "";

    /// <summary>When it was asked for, UTC.</summary>
    public DateTimeOffset Created { get; init; }

    /// <summary>When it began, UTC; null where it has not.</summary>
    public DateTimeOffset? Started { get; init; }

    /// <summary>When it ended, UTC; null where it has not.</summary>
    public DateTimeOffset? Ended { get; init; }
}

/// <summary>A job to do.</summary>
public sealed record NewJob
{
    /// <summary>What it does.</summary>
    public JobKind Kind { get; init; }

    /// <summary>Whether the version that it makes is put in force; null to do so only where none is in force.</summary>
    public bool? Activate { get; init; }

    /// <summary>The version to calibrate or to teach; null for the one in force. Not for training.</summary>
    public int? Version { get; init; }

    /// <summary>The inspections to learn from; null for all that were reviewed since the version was made. For feedback alone.</summary>
    public IReadOnlyList<long>? Inspections { get; init; }

    /// <summary>Where the limits are to lie; null for what the version has, or the usual ones. Not for feedback.</summary>
    public LimitRates? Limits { get; init; }

    /// <summary>
    /// Defects in words, such as "scratch"; null to learn no words. For training alone; needs the program <c>promptad</c>.
    /// </summary>
    public IReadOnlyList<string>? Defects { get; init; }

    /// <summary>Into how many rows and columns pictures are cut, such as "2x2"; null for none. For training alone.</summary>
    public string? Tiles { get; init; }

    /// <summary>The part of pictures that is inspected; null for all. For training alone, and not with tiles.</summary>
    public TrainingRegion? Region { get; init; }

    /// <summary>Learn even where a kept defect would turn OK or the picture looks like another product. For feedback alone.</summary>
    public bool Force { get; init; }
}

/// <summary>Where limits are to lie. What is null stays as it is.</summary>
public sealed record LimitRates
{
    /// <summary>The part of good parts that may be above the review limit, 0.0001 to 0.5.</summary>
    public double? ReviewRate { get; init; }

    /// <summary>The part of good parts that may be above the NG limit, 0.0001 to 0.5.</summary>
    [JsonPropertyName("ng_rate")]
    public double? NGRate { get; init; }

    /// <summary>The part of good parts that may have a region, 0.0001 to 0.5.</summary>
    public double? PixelRate { get; init; }

    /// <summary>The review limit itself, in place of a rate.</summary>
    public float? ReviewScore { get; init; }

    /// <summary>The NG limit itself, in place of a rate.</summary>
    [JsonPropertyName("ng_score")]
    public float? NGScore { get; init; }

    /// <summary>The limit of regions itself, in place of a rate.</summary>
    public float? PixelScore { get; init; }

    /// <summary>Regions of a smaller area are passed over, in square pixels.</summary>
    public double? MinimumArea { get; init; }
}
