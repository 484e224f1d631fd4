namespace PromptAD.Server.Audit;

/// <summary>Who changed what, and when. Its hash covers the entry and the hash of the one before.</summary>
internal sealed class AuditRow
{
    /// <summary>From 1 on, without gaps.</summary>
    public required long Number { get; init; }

    public required DateTime Time { get; init; }

    public required string Actor { get; init; }

    public required string Action { get; init; }

    public required string Subject { get; init; }

    /// <summary>As JSON; null where there was nothing.</summary>
    public string? Before { get; init; }

    /// <summary>As JSON; null where there is nothing.</summary>
    public string? After { get; init; }

    public required string PreviousHash { get; init; }

    public required string Hash { get; init; }
}
