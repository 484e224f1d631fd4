namespace PromptAD.Client;

/// <summary>The first administrator.</summary>
/// <param name="Token">From the link that the service prints at its first start.</param>
/// <param name="Name">The name to sign in with: letters, digits and <c>-_.@</c>, at most 64.</param>
/// <param name="Password">The password, 10 to 200 characters.</param>
public sealed record FirstAdministrator(string Token, string Name, string Password);

/// <summary>A sign-in.</summary>
/// <param name="Name">The user.</param>
/// <param name="Password">The password.</param>
public sealed record SignIn(string Name, string Password);

/// <summary>A person, or a station with its key.</summary>
/// <param name="Name">The name.</param>
/// <param name="Role">What it may do.</param>
/// <param name="Disabled">Whether it may not sign in.</param>
public sealed record UserInfo(string Name, Role Role, bool Disabled)
{
    /// <summary>Until when sign-ins are refused after too many wrong passwords, UTC; null where they are not.</summary>
    public DateTimeOffset? LockedUntil { get; init; }
}

/// <summary>A person to be let in.</summary>
/// <param name="Name">The name to sign in with: letters, digits and <c>-_.@</c>, at most 64.</param>
/// <param name="Password">The first password, 10 to 200 characters.</param>
/// <param name="Role">What it may do; not <see cref="Role.Station"/>.</param>
public sealed record NewUser(string Name, string Password, Role Role);

/// <summary>What changes about a person. What is null stays.</summary>
/// <param name="Password">A new password.</param>
/// <param name="Role">A new role.</param>
/// <param name="Disabled">Whether it may not sign in.</param>
public sealed record UserChange(string? Password = null, Role? Role = null, bool? Disabled = null);

/// <summary>A password to change by its owner.</summary>
/// <param name="Current">The password so far.</param>
/// <param name="Replacement">The new one, 10 to 200 characters.</param>
public sealed record PasswordChange(string Current, string Replacement);
