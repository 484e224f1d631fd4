namespace PromptAD.Client;

/// <summary>A key of a station or a program, without its secret.</summary>
public sealed record KeyInfo
{
    /// <summary>The part of the key that may be told.</summary>
    public string Id { get; init; } = "";

    /// <summary>The station's name, which inspections have.</summary>
    public string Name { get; init; } = "";

    /// <summary>What it may do.</summary>
    public Role Role { get; init; }

    /// <summary>When it was made, UTC.</summary>
    public DateTimeOffset Created { get; init; }

    /// <summary>From when on it is refused, UTC; null for never.</summary>
    public DateTimeOffset? Expires { get; init; }

    /// <summary>When it was revoked, UTC; null where it was not.</summary>
    public DateTimeOffset? Revoked { get; init; }
}

/// <summary>A key to make.</summary>
/// <param name="Name">The station's name: letters, digits and <c>-_.</c>, at most 64.</param>
/// <param name="Role">What it may do.</param>
/// <param name="Days">After how many days it expires; null for never.</param>
public sealed record NewKey(string Name, Role Role = Role.Station, int? Days = null);

/// <summary>A new key, which is told once.</summary>
/// <param name="Key">What is sent as <c>Authorization: Bearer</c>.</param>
/// <param name="Info">What is kept of it.</param>
public sealed record CreatedKey(string Key, KeyInfo Info);
