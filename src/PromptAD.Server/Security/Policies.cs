using Microsoft.AspNetCore.Authorization;
using PromptAD.Client;

namespace PromptAD.Server.Security;

/// <summary>What endpoints ask for: a role, or one that may do more.</summary>
internal static class Policies
{
    public const string Station = nameof(Role.Station), Operator = nameof(Role.Operator);
    public const string Engineer = nameof(Role.Engineer), Administrator = nameof(Role.Administrator);

    /// <summary>One policy a role. An endpoint that asks for none asks for a signed-in user all the same.</summary>
    public static void AddTo(AuthorizationOptions options)
    {
        options.FallbackPolicy = options.DefaultPolicy;
        foreach (Role least in Enum.GetValues<Role>())
            options.AddPolicy($"{least}", policy => policy.RequireAssertion(context => context.User.RoleOf() >= least));
    }
}
