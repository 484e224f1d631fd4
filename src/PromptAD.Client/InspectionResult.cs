namespace PromptAD.Client;

/// <summary>One inspection: which part, judged by which version, with what verdict, against which limits.</summary>
public sealed record InspectionResult
{
    /// <summary>Its number, higher than that of every earlier inspection.</summary>
    public long Id { get; init; }

    /// <summary>The product.</summary>
    public string Product { get; init; } = "";

    /// <summary>The version of the product's detector that judged; the one that was in force when the picture came.</summary>
    public int Version { get; init; }

    /// <summary>Who sent the picture: the name of a station's key, or of a user.</summary>
    public string Station { get; init; } = "";

    /// <summary>What the sender calls the part, such as a serial or lot number; null where it was not told.</summary>
    public string? Part { get; init; }

    /// <summary>When the picture came, UTC.</summary>
    public DateTimeOffset Received { get; init; }

    /// <summary>How far it is.</summary>
    public InspectionState State { get; init; }

    /// <summary>The verdict; null while it is queued, where it failed, and where the version has no limits.</summary>
    public InspectionVerdict? Verdict { get; init; }

    /// <summary>Why it failed, one line; null where it did not.</summary>
    public string? Error { get; init; }

    /// <summary>The score that the limits are compared with; null until it is judged.</summary>
    public float? Score { get; init; }

    /// <summary>The score on a scale where 0.5 is the NG limit; null where there are no limits.</summary>
    public float? NormalizedScore { get; init; }

    /// <summary>The limits that were in force; null where the version has none.</summary>
    public LimitScores? Limits { get; init; }

    /// <summary>Whether the picture looks like another product.</summary>
    public bool Unfamiliar { get; init; }

    /// <summary>The picture's width in pixels; 0 until it is judged.</summary>
    public int Width { get; init; }

    /// <summary>The picture's height in pixels; 0 until it is judged.</summary>
    public int Height { get; init; }

    /// <summary>Where it differs from good parts, the strongest first.</summary>
    public IReadOnlyList<DefectRegion> Regions { get; init; } = [];

    /// <summary>What should be known about the result, a line each.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>How long each stage took; null until it is judged.</summary>
    public StageTimes? Milliseconds { get; init; }

    /// <summary>SHA-256 of the picture as it was sent, in hexadecimal.</summary>
    public string PictureHash { get; init; } = "";

    /// <summary>The media type of the picture as it was sent.</summary>
    public string MediaType { get; init; } = "";

    /// <summary>What a person says of the part; null where nobody has looked.</summary>
    public ReviewedAs? Review { get; init; }

    /// <summary>Who reviewed it; null where nobody has.</summary>
    public string? ReviewedBy { get; init; }

    /// <summary>When it was reviewed, UTC; null where it was not.</summary>
    public DateTimeOffset? Reviewed { get; init; }

    /// <summary>Where a person has seen defects; empty where that was not told.</summary>
    public IReadOnlyList<MarkedPlace> Where { get; init; } = [];

    /// <summary>When its picture went, because of its age or for want of room, UTC; null while it is there.</summary>
    public DateTimeOffset? PictureRemoved { get; init; }
}
