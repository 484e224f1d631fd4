using PromptAD.Client;

namespace PromptAD.Server.Security;

/// <summary>A key of a station or a program. Its secret is known to its owner alone.</summary>
internal sealed class KeyRow
{
    public const int IdLength = 12, LongestName = 64;

    public required string Id { get; init; }

    /// <summary>The station's name.</summary>
    public required string Name { get; init; }

    public required Role Role { get; init; }

    public required string SecretHash { get; init; }

    public required DateTime Created { get; init; }

    public required string CreatedBy { get; init; }

    public DateTime? Expires { get; init; }

    public DateTime? Revoked { get; set; }
}
