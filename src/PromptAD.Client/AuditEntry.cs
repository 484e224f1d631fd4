namespace PromptAD.Client;

/// <summary>Who changed what, and when.</summary>
public sealed record AuditEntry
{
    /// <summary>Its number, from 1 on without gaps.</summary>
    public long Number { get; init; }

    /// <summary>When, UTC.</summary>
    public DateTimeOffset Time { get; init; }

    /// <summary>Who.</summary>
    public string Actor { get; init; } = "";

    /// <summary>What was done, such as "version.activated".</summary>
    public string Action { get; init; } = "";

    /// <summary>To what.</summary>
    public string Subject { get; init; } = "";

    /// <summary>What it was, as JSON; null where there was nothing.</summary>
    public string? Before { get; init; }

    /// <summary>What it is, as JSON; null where there is nothing.</summary>
    public string? After { get; init; }

    /// <summary>The hash of the entry before.</summary>
    public string PreviousHash { get; init; } = "";

    /// <summary>SHA-256 over the entry and the hash of the one before.</summary>
    public string Hash { get; init; } = "";
}

/// <summary>Whether the audit trail is whole.</summary>
/// <param name="Entries">How many entries it has.</param>
/// <param name="Head">The hash of the latest entry; noted elsewhere, it proves that none was cut off.</param>
/// <param name="Problem">What is wrong, one line; null where nothing is.</param>
public sealed record AuditCheck(long Entries, string Head, string? Problem);
