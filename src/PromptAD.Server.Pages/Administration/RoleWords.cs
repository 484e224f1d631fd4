using PromptAD.Client;

namespace PromptAD.Server.Pages.Administration;

/// <summary>What roles are called.</summary>
public static class RoleWords
{
    /// <summary>Roles of people.</summary>
    public static IReadOnlyList<Role> OfUsers { get; } = [Role.Operator, Role.Engineer, Role.Administrator];

    /// <summary>Roles of keys.</summary>
    public static IReadOnlyList<Role> OfKeys { get; } = [Role.Station, Role.Operator, Role.Engineer];

    /// <summary>The key of a role's name.</summary>
    public static string Of(Role role) => role switch
    {
        Role.Station => "AdminRoleStation",
        Role.Operator => "AdminRoleOperator",
        Role.Engineer => "AdminRoleEngineer",
        _ => "AdminRoleAdministrator",
    };
}
