using System.Security.Claims;
using PromptAD.Client;

namespace PromptAD.Server.Security;

/// <summary>Who makes a request.</summary>
internal static class Identity
{
    private const string StampClaim = "stamp", KeyClaim = "key";

    /// <summary>A person who has signed in.</summary>
    public static ClaimsIdentity Of(UserRow user, string scheme) => new(
        [new(ClaimTypes.Name, user.Name), new(ClaimTypes.Role, $"{user.Role}"), new(StampClaim, user.Stamp)], scheme);

    /// <summary>A station or a program with a key.</summary>
    public static ClaimsIdentity Of(KeyRow key, string scheme) => new(
        [new(ClaimTypes.Name, key.Name), new(ClaimTypes.Role, $"{key.Role}"), new(KeyClaim, key.Id)], scheme);

    /// <summary>What it may do; null for nobody.</summary>
    public static Role? RoleOf(this ClaimsPrincipal who) => Enum.TryParse(who.FindFirstValue(ClaimTypes.Role), out Role role) ? role : null;

    /// <summary>As the audit trail names it.</summary>
    public static string Actor(this ClaimsPrincipal who) =>
        who.FindFirstValue(KeyClaim) is { } key ? $"key {who.Identity?.Name} ({key})" : $"user {who.Identity?.Name}";

    /// <summary>The name of the person or the station.</summary>
    public static string NameOf(this ClaimsPrincipal who) => who.Identity?.Name ?? "";

    /// <summary>The stamp of the user at the sign-in; null for a key.</summary>
    public static string? Stamp(this ClaimsPrincipal who) => who.FindFirstValue(StampClaim);
}
