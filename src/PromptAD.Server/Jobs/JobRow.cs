using PromptAD.Client;

namespace PromptAD.Server.Jobs;

/// <summary>A job: what makes a version and takes long.</summary>
internal sealed class JobRow
{
    public long Id { get; init; }

    public required string ProductId { get; init; }

    public required JobKind Kind { get; init; }

    /// <summary>What was asked for, as JSON (<see cref="NewJob"/>).</summary>
    public required string Request { get; init; }

    public JobState State { get; set; }

    public string? Error { get; set; }

    /// <summary>A JSON array of lines.</summary>
    public string Warnings { get; set; } = "[]";

    public int? Version { get; set; }

    public required string CreatedBy { get; init; }

    public required DateTime Created { get; init; }

    public DateTime? Started { get; set; }

    public DateTime? Ended { get; set; }
}
