namespace PromptAD.Client;

/// <summary>Which entries of the audit trail to list. What is null does not restrict.</summary>
public sealed record AuditFilter
{
    /// <summary>Whose name has this in it.</summary>
    public string? Who { get; init; }

    /// <summary>Whose action or subject has this in it, such as "user." or "product plate".</summary>
    public string? What { get; init; }

    /// <summary>Of one subject, by its whole name.</summary>
    public string? Subject { get; init; }

    /// <summary>At that time or later.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>Before that time.</summary>
    public DateTimeOffset? To { get; init; }

    /// <summary>With a lower number; for the next page.</summary>
    public long? Before { get; init; }

    /// <summary>How many at most, 1 to 500; null for 50.</summary>
    public int? Limit { get; init; }
}
