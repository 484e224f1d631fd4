using PromptAD.Client;

namespace PromptAD.Server.Security;

/// <summary>A person who may sign in.</summary>
internal sealed class UserRow
{
    public const int LongestName = 64;

    public required string Name { get; init; }

    public required string PasswordHash { get; set; }

    public required Role Role { get; set; }

    public bool Disabled { get; set; }

    /// <summary>Wrong passwords since the last right one.</summary>
    public int Failures { get; set; }

    public DateTime? LockedUntil { get; set; }

    /// <summary>Changes with password and role, so that earlier sign-ins end.</summary>
    public required string Stamp { get; set; }

    public required DateTime Created { get; init; }
}
