using PromptAD.Client;

namespace PromptAD.Server.Pages.Quality;

/// <summary>What a report of a period says.</summary>
public sealed record ReportContent
{
    /// <summary>Scores, rejects and drift.</summary>
    public required QualityInfo Info { get; init; }

    /// <summary>What people call the product.</summary>
    public required string Name { get; init; }

    /// <summary>The versions that have judged, the first first.</summary>
    public required IReadOnlyList<UsedVersion> Versions { get; init; }

    /// <summary>What was changed about the product in the period, the latest first.</summary>
    public required IReadOnlyList<AuditEntry> Changes { get; init; }

    /// <summary>Whether there were more changes than these.</summary>
    public required bool HasMoreChanges { get; init; }

    /// <summary>The parts with the highest scores.</summary>
    public required IReadOnlyList<ReportPicture> Worst { get; init; }

    /// <summary>Who has asked for it.</summary>
    public required string By { get; init; }

    /// <summary>When it was made.</summary>
    public required DateTimeOffset Made { get; init; }
}

/// <summary>A version that has judged in the period.</summary>
/// <param name="Number">Its number.</param>
/// <param name="Inspections">How many inspections.</param>
/// <param name="First">The first of them.</param>
/// <param name="Last">The last of them.</param>
/// <param name="FileHash">SHA-256 of the detector's file.</param>
public sealed record UsedVersion(int Number, long Inspections, DateTimeOffset First, DateTimeOffset Last, string FileHash);

/// <summary>A part with its picture.</summary>
/// <param name="Inspection">The inspection.</param>
/// <param name="Jpeg">A small picture; null where there is none any more.</param>
public sealed record ReportPicture(InspectionResult Inspection, byte[]? Jpeg);
