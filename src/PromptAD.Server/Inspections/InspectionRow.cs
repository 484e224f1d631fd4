using PromptAD.Client;

namespace PromptAD.Server.Inspections;

/// <summary>One inspection. Its picture is in the store before the row is written.</summary>
internal sealed class InspectionRow
{
    public const int LongestKey = 200, LongestPart = 200;

    public long Id { get; init; }

    public required string ProductId { get; init; }

    public required int Version { get; init; }

    public required string Station { get; init; }

    public string? Part { get; init; }

    public string? IdempotencyKey { get; init; }

    public required DateTime Received { get; init; }

    public required string PictureHash { get; init; }

    public required string MediaType { get; init; }

    public InspectionState State { get; set; }

    public InspectionVerdict? Verdict { get; set; }

    public float? Score { get; set; }

    public string? Error { get; set; }

    /// <summary>What else is known once it is judged, as JSON (<see cref="Finding"/>).</summary>
    public string? Finding { get; set; }

    public ReviewedAs? Review { get; set; }

    public string? ReviewedBy { get; set; }

    public DateTime? Reviewed { get; set; }

    /// <summary>Where the reviewer has seen defects, as JSON (<see cref="MarkedPlaces"/>); null for nowhere.</summary>
    public string? Where { get; set; }

    /// <summary>When its picture left the store because of its age or for want of room; null while it is there.</summary>
    public DateTime? PictureRemoved { get; set; }
}
